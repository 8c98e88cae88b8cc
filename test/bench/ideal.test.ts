import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shtrih } from '../../drivers/shtrih/driver.ts'
import { createRegister } from '../fakes/register.ts'
import { exchangesOf, idealBytes, numberedBytes, standardBytes, wireSeconds } from './ideal.ts'
import { backlog } from './wire.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const never = new AbortController().signal

describe('the ideal wire time', () => {
  it('counts a captured v1 exchange byte by byte', () => {
    // i97-10 of captures.json, without its stray FF: 05 · 15 · 8 bytes · 06 · 19 bytes · 06.
    const question = bytes('10 1C 00 00 00')
    const answer = bytes('10 00 1C 90 02 02 00 00 9D D7 D3 01 00 A0 02 00')
    expect(standardBytes({ question, answer })).toBe(1 + 1 + 8 + 1 + 19 + 1)
  })

  it('counts a captured v2 exchange byte by byte', () => {
    // i141-ff3b-1038: 13 bytes to the register, 18 from it.
    const question = bytes('FF 3B 1E 00 00 00')
    const answer = bytes('FF 3B 00 0E 04 04 00 0C 00 00 00')
    expect(numberedBytes({ question, answer }, 0x2e)).toBe(13 + 18)
  })

  it('counts what stuffing adds to v2, in the data and in the number', () => {
    const plain = { question: bytes('10'), answer: bytes('10 00') }
    const stuffed = { question: bytes('10'), answer: bytes('10 8F') }
    // Their checksums hold neither 8F nor 9F.
    expect(numberedBytes(stuffed, 1) - numberedBytes(plain, 1)).toBe(1)
    expect(numberedBytes(plain, 0x8f) - numberedBytes(plain, 1)).toBe(2)
  })

  it('counts the talk of a whole receipt as it was written down', () => {
    const lines = readFileSync(new URL('../fixtures/shtrih/receipt.transcript', import.meta.url), 'utf8')
    const talk = lines
      .split('\n')
      .filter((line) => /^[<>]/.test(line))
      .map((line) => bytes(line.slice(2)))
    // The last 24 exchanges, five lines each: FF0A, FF3A, 21 portions and the end mark.
    const receipt = talk.slice(-24 * 5)
    const exchanges = Array.from({ length: 24 }, (_, i) => ({
      question: receipt[i * 5 + 2]?.slice(2, -1) ?? new Uint8Array(),
      answer: receipt[i * 5 + 3]?.slice(3, -1) ?? new Uint8Array(),
    }))
    expect([...(exchanges[0]?.question ?? [])].slice(0, 2)).toEqual([0xff, 0x0a])
    const counted = receipt.reduce((sum, piece) => sum + piece.length, 0)
    expect(exchanges.reduce((sum, one) => sum + standardBytes(one), 0)).toBe(counted)
  })

  it('takes ten bits for a byte', () => {
    expect(wireSeconds(11_520, 115_200)).toBe(1)
  })

  it('is what the driver needs for a document, byte for byte (v1)', async () => {
    await using machine = createRegister({ frames: 'v1' })
    backlog(machine, 3)
    await using line = machine.openLine()
    const register = await shtrih.connect(line, shtrih.settings.parse({ stillMs: 1 }), never)
    await register.newest(never)
    const before = machine.counters
    await register.state(never)
    await register.readDocument(4, never)
    const after = machine.counters
    const needed = after.bytesIn + after.bytesOut - before.bytesIn - before.bytesOut
    expect(needed).toBe(idealBytes(machine, 4, 4, 'v1'))
  })

  it('is what the driver needs but for one look at the count (v2)', async () => {
    await using machine = createRegister({ frames: 'v2' })
    backlog(machine, 3)
    await using line = machine.openLine()
    const register = await shtrih.connect(line, shtrih.settings.parse({ frames: 'v2', stillMs: 1 }), never)
    const { number } = await register.newest(never)
    const before = machine.counters
    await register.state(never)
    await register.readDocument(number, never)
    const after = machine.counters
    const needed = after.bytesIn + after.bytesOut - before.bytesIn - before.bytesOut
    const more = needed - idealBytes(machine, number, number, 'v2')
    // 5 bytes ask for the count; the answer repeats that of FF01, 33 bytes of data in a frame.
    expect(more).toBeGreaterThanOrEqual(5 + 5)
    expect(more).toBeLessThan(60)
  })

  it('asks each portion once and ends with the end mark', async () => {
    await using machine = createRegister({ frames: 'v1' })
    backlog(machine, 1)
    const exchanges = exchangesOf(machine, 3, 'v1')
    expect([...(exchanges.at(-1)?.answer ?? [])]).toEqual([0xff, 0x3b, 0x08])
    expect(exchanges.filter(({ answer }) => answer[1] === 0x3b && answer[2] === 8)).toHaveLength(1)
    expect(() => exchangesOf(machine, 4, 'v1')).toThrow(/refused/)
  })
})
