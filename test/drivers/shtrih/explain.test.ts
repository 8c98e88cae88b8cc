import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../../drivers/bytes.ts'
import type { TalkPiece } from '../../../drivers/contract.ts'
import { askingNames } from '../../../drivers/shtrih/commands.ts'
import { explain } from '../../../drivers/shtrih/explain.ts'
import { bytesOf, captured, wayOf } from './captures.ts'

const framed = captured.filter(({ layer }) => !['v2-crc-input', 'tlv-value'].includes(layer))

describe('explain', () => {
  it.each(framed.map((one, i) => ({ i, ...one })))(
    'finds $exchange ($i, $layer) and says what it says',
    (capture) => {
      for (const way of [wayOf(capture), null]) {
        const found = explain([{ way, bytes: bytesOf(capture.hex) }])
        const last = found.at(-1)
        expect(found.map(({ frame }) => frame).join('')).toBe(toHex(bytesOf(capture.hex)))
        expect(found.every(({ ok }) => ok)).toBe(true)
        const { cmd, error, ...fields } = capture.decoded
        if (cmd !== undefined) expect(last?.command).toBe(cmd)
        if (error !== undefined) expect(last?.error).toBe(error)
        expect(last?.fields).toMatchObject(fields)
      }
    },
  )

  it('names the commands that the agent never sends and says so', () => {
    const never = framed
      .filter(({ layer }) => layer !== 'v1-byte')
      .flatMap((capture) => explain([{ way: wayOf(capture), bytes: bytesOf(capture.hex) }]))
    for (const { command, name, problem } of never) {
      if (command === null) continue
      expect(name).not.toBeNull()
      if (askingNames.includes(command)) expect(problem).toBeNull()
      else expect(problem).toMatch(/forbidden/)
    }
  })

  const talk: TalkPiece[] = framed
    .filter(({ layer }) => layer === 'v1-frame')
    .map((capture) => ({ way: wayOf(capture), bytes: bytesOf(capture.hex) }))

  it('explains cut and glued v1 frames as it explains whole ones', () => {
    const answers = talk.filter(({ way }) => way === '<')
    const whole = explain(answers)
    const stream = Uint8Array.from(answers.flatMap(({ bytes }) => [...bytes]))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 40 }), (cuts) => {
        const at = [0, ...new Set(cuts), stream.length].sort((a, b) => a - b)
        const pieces = at.slice(1).map((end, i) => ({ way: '<' as const, bytes: stream.slice(at[i], end) }))
        expect(explain(pieces)).toEqual(whole)
      }),
    )
  })

  it('accounts for every byte of any talk and never throws', () => {
    const way = fc.constantFrom('>' as const, '<' as const, null)
    const interesting = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x02, 0x8f, 0x9f, 0xff, 0x10, 0x05),
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(interesting, { maxLength: 40 }).map((all) => Uint8Array.from(all)),
      fc.constantFrom(...talk.map((piece) => piece.bytes)),
    )
    fc.assert(
      fc.property(fc.array(fc.record({ way, bytes }), { maxLength: 8 }), (pieces) => {
        const found = explain(pieces)
        expect(found.map(({ frame }) => frame).join('')).toBe(
          pieces.map((piece) => toHex(piece.bytes)).join(''),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('tells a damaged checksum, a cut frame and noise apart', () => {
    const [damaged] = explain([{ way: '>', bytes: bytesOf('02 06 FF 01 1E 00 00 00 E7') }])
    expect(damaged).toMatchObject({ ok: false, command: 'FF01', problem: 'LRC is E7 and should be E6' })
    const [cut] = explain([{ way: '>', bytes: bytesOf('02 06 FF 01 1E') }])
    expect(cut).toMatchObject({ ok: false, problem: 'cut: 5 of 9 bytes' })
    const noisy = explain([{ way: '<', bytes: bytesOf('A7 33 02 03 FF 3A 73 B5') }])
    expect(noisy.map(({ ok, frame }) => [ok, frame])).toEqual([
      [false, 'a733'],
      [true, '0203ff3a73b5'],
    ])
    const [crc] = explain([{ way: '>', bytes: bytesOf('8F 08 00 2F 00 FF 3B 1E 00 00 00 8B 05') }])
    expect(crc).toMatchObject({ ok: false, problem: 'length, stuffing or CRC16 is wrong' })
  })

  it('takes a whole log in one piece', () => {
    const talk = new Uint8Array(150_000).fill(0x06)
    expect(explain([{ way: '<', bytes: talk }])).toHaveLength(talk.length)
  })

  it('joins a frame whose leading byte the log prints apart', () => {
    const v2 = ['8F', '13 00 26 00', '10 00 01 90 00 02 00 00 33 48 00 00 00 FF FF FF 00 78 C2']
    const found = explain(v2.map((hex) => ({ way: '<' as const, bytes: bytesOf(hex) })))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      ok: true,
      command: '10',
      fields: { mode: 2, lastPrint: 0, frameNumber: 0x26 },
    })
  })

  it('gives the meaning of an error in both languages', () => {
    const [refused] = explain([{ way: '<', bytes: bytesOf('02 03 FF 3A 73 B5') }])
    expect(refused?.fields).toEqual({
      meaning: { ru: 'команда не поддерживается в этом режиме', en: 'command not supported in this mode' },
    })
    expect(fromHex(refused?.frame ?? '')).not.toBeNull()
  })
})
