/** What the register is, beside its wire: modes, documents, drives, and what it counts. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realDocuments } from '../fakes/register/archive.ts'
import { cashCoreModel, createRegister } from '../fakes/register.ts'
import { ask, bytesOf, hexOf, readDocument, u32 } from './hand.ts'

const shortStatus = '10 01 00 00 00'
const mode = async (line: Parameters<typeof ask>[0]) => (await ask(line, shortStatus)).slice(15, 20)

/** Tag and value of every element, both as hex of their bytes on the wire; nothing of the simulator's is used. */
function walk(body: Uint8Array): [tag: string, value: string][] {
  const found: [string, string][] = []
  for (let at = 0; at < body.length; ) {
    const length = (body[at + 2] ?? 0) + 256 * (body[at + 3] ?? 0)
    expect(at + 4 + length).toBeLessThanOrEqual(body.length)
    found.push([hexOf(body.subarray(at, at + 2)), hexOf(body.subarray(at + 4, at + 4 + length))])
    at += 4 + length
  }
  return found
}

test('mode and submode tell of shift, receipt, stream, print, paper and trouble', async () => {
  let clock = '2026-03-01T10:00:00'
  await using register = createRegister({ clock: () => clock })
  await using line = register.openLine()
  expect(await mode(line)).toBe('04 00')
  const { number } = register.closeReceipt()
  expect(await mode(line)).toBe('02 00')
  register.openReceipt({ operation: 2 })
  expect(await mode(line)).toBe('28 00')
  register.abandonReceipt()
  await ask(line, `FF 3A 1E 00 00 00 ${u32(number)}`)
  expect(await mode(line)).toBe('01 00')
  while ((await ask(line, 'FF 3B 1E 00 00 00')) !== 'FF 3B 08');
  register.print(60_000)
  expect(await mode(line)).toBe('02 05')
  register.paperOut()
  expect(await mode(line)).toBe('02 02')
  register.paperIn()
  expect(await mode(line)).toBe('02 03')
  register.continuePrint()
  register.print(0)
  register.paperOut()
  expect(await mode(line)).toBe('02 01')
  register.paperIn()
  clock = '2026-03-02T10:00:01'
  expect(await mode(line)).toBe('03 00')
  register.closeShift()
  expect(await mode(line)).toBe('04 00')
  register.requireTechReset()
  expect(await mode(line)).toBe('09 00')
  register.requireDate()
  expect(await mode(line)).toBe('06 00')
  register.lockMode()
  expect(await mode(line)).toBe('05 00')
})

test('a cash-core model is never in mode 1', async () => {
  await using register = createRegister({ model: cashCoreModel })
  await using line = register.openLine()
  await ask(line, 'FF 3A 1E 00 00 00 01 00 00 00')
  expect(await mode(line)).toBe('04 00')
})

test('a stream dropped for another one, or left lying, is counted as undrained', async () => {
  let now = 0
  await using register = createRegister({ now: () => now })
  await using line = register.openLine()
  await ask(line, 'FF 3A 1E 00 00 00 01 00 00 00')
  expect(register.counters.undrained).toBe(0)
  await ask(line, 'FF 3A 1E 00 00 00 01 00 00 00')
  expect(register.counters.undrained).toBe(1)
  now += 1001
  expect(register.counters.undrained).toBe(2)
  while ((await ask(line, 'FF 3B 1E 00 00 00')) !== 'FF 3B 08');
  expect(register.counters.undrained).toBe(1)
})

test('a till that meets mode 1 is counted', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  await ask(line, 'FF 3A 1E 00 00 00 01 00 00 00')
  register.closeReceipt()
  expect(register.counters.tillRefused).toBe(1)
})

test('a wrong password is refused with 4F, and an operator is not let at the fiscal drive', async () => {
  await using register = createRegister({ systemPassword: 4711 })
  await using line = register.openLine()
  expect(await ask(line, 'FF 01 1E 00 00 00')).toBe('FF 01 4F')
  expect(await ask(line, 'FF 01 01 00 00 00')).toBe('FF 01 4F')
  expect(await ask(line, '10 63 00 00 00')).toBe('10 4F')
  expect(await ask(line, '10 05 00 00 00')).toMatch(/^10 00 05/)
  expect(await ask(line, 'FF 01 67 12 00 00')).toMatch(/^FF 01 00/)
})

test('states, unknown commands and bad parameters have the error of the table', async () => {
  await using register = createRegister({ model: { unknown: ['FF63'] } })
  await using line = register.openLine()
  expect(await ask(line, 'FF 63 1E 00 00 00')).toBe('FF 63 37')
  expect(await ask(line, 'FF 0A 1E 00 00 00')).toBe('FF 0A 33')
  expect(await ask(line, 'FF 0A 1E 00 00 00 63 00 00 00')).toBe('FF 0A 08')
  expect(await ask(line, 'FF 3A 1E 00 00 00 63 00 00 00')).toBe('FF 3A 08')
  expect(await ask(line, 'FF 3B 1E 00 00 00')).toBe('FF 3B 73')
  expect(await ask(line, '1F 1E 00 00 00 63 01 00 01')).toBe('1F 5D')
  register.openReceipt()
  expect(await ask(line, 'FF 3A 1E 00 00 00 01 00 00 00')).toBe('FF 3A 73')
  expect(register.counters.disturbing).toBe(1)
  register.abandonReceipt()
  register.print(60_000)
  expect(await ask(line, 'FF 3A 1E 00 00 00 01 00 00 00')).toBe('FF 3A 50')
  register.print(0)
  register.requireTechReset()
  expect(await ask(line, 'FF 02 1E 00 00 00')).toBe('FF 02 74')
  register.requireDate()
  expect(await ask(line, 'FF 02 1E 00 00 00')).toBe('FF 02 C0')
  register.requireDate(false)
  register.refuse('FF02', 0x2f)
  expect(await ask(line, 'FF 02 1E 00 00 00')).toBe('FF 02 2F')
  expect(await ask(line, 'FF 02 1E 00 00 00')).toMatch(/^FF 02 00/)
})

test('firmware without two-byte commands answers FF and the error', async () => {
  await using register = createRegister({ model: { oneByteOpcodes: true } })
  await using line = register.openLine()
  expect(await ask(line, 'FF 01 1E 00 00 00')).toBe('FF 37')
})

test('every document comes out by FF3A and FF3B as it was closed, whatever way it is cut', async () => {
  for (const portions of ['elements', 'children', 'fixed'] as const)
    for (const portionBytes of [252, 61]) {
      await using register = createRegister({ stream: { portions, portionBytes }, drive: { receipts: 25 } })
      await using line = register.openLine()
      for (const { number, type, body } of register.documents) {
        const read = await readDocument(line, number)
        expect(read.head).toBe(
          `FF 3A 00 ${hexOf(Uint8Array.of(type, 0, body.length & 255, body.length >> 8))}`,
        )
        expect(read.portions.join(' ')).toBe(hexOf(body))
        expect(Math.max(...read.portions.map((portion) => bytesOf(portion).length))).toBeLessThanOrEqual(
          portionBytes,
        )
      }
    }
})

test('each portion is one top-level element, as captured, as long as it fits a frame', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  const { number, body } = register.closeReceipt({ real: 'tlv-dixy-2020-article-in-1191' })
  const { portions } = await readDocument(line, number)
  expect(portions.flatMap((portion) => walk(bytesOf(portion)))).toEqual(walk(body))
  expect(portions).toHaveLength(walk(body).length)
})

test('the end, the announced length, a repeated header and a short reading can be had as told', async () => {
  await using register = createRegister({
    stream: { end: 'empty', lengthCounts: 'bodyAndHeader', repeatsHeader: true },
  })
  await using line = register.openLine()
  const { body, number } = register.closeReceipt({ real: 'tlv-vkusvill-2018' })
  const { head, portions } = await readDocument(line, number)
  expect(head).toBe('FF 3A 00 03 00 56 01')
  expect(portions[0]).toBe('03 00 52 01')
  expect(await ask(line, 'FF 3B 1E 00 00 00')).toBe('FF 3B 08')
  register.shortenStreams(1)
  const short = await readDocument(line, number)
  expect(short.head).toBe('FF 3A 00 03 00 56 01')
  expect(bytesOf(short.portions.join('')).length).toBeLessThan(body.length)
})

test('a real document takes on this register: number, drive, sign, date, shift and owner, nothing else', async () => {
  await using register = createRegister({ clock: () => '2026-03-01T10:20:30' })
  for (const real of realDocuments().filter(({ type }) => type !== 11)) {
    const closed = register.closeReceipt({ real: real.id })
    const changed = walk(real.bodyHex).flatMap(([tag, value], i) =>
      walk(closed.body)[i]?.[1] === value ? [] : [tag],
    )
    expect(['11 04', '0D 04', 'FA 03', '10 04', 'F4 03', '35 04', '0E 04', '12 04']).toEqual(
      expect.arrayContaining(changed),
    )
    expect(closed.body).toHaveLength(real.bodyHex.length)
    expect(closed).toMatchObject({ total: real.total, lines: real.lines, type: real.type })
    const ours = new Map(walk(closed.body))
    expect(ours.get('10 04')).toBe(u32(closed.number))
    expect(ours.get('F4 03')).toBe(u32(Date.UTC(2026, 2, 1, 10, 20, 30) / 1000))
    expect(ours.get('35 04')?.slice(6).split(' ').reverse().join(' ')).toBe(u32(closed.sign))
  }
})

test('a made-up receipt adds up, and says per line what should move', async () => {
  await using register = createRegister({ owner: { ffd: '1.2' } })
  const bread = { name: 'Хлеб', quantity: '0.876', price: 4999 }
  const sold = register.closeReceipt({ lines: [bread, { ...bread, method: 1 }, { ...bread, subject: 4 }] })
  expect(sold.lines.map(({ sum, move }) => [sum, move])).toEqual([
    [4379, 'out'],
    [4379, 'none'],
    [4379, 'none'],
  ])
  expect(sold.total).toBe(3 * 4379)
  expect(register.closeReceipt({ lines: [bread], operation: 2 }).lines[0]?.move).toBe('in')
  expect(register.closeReceipt({ lines: [bread], operation: 3 }).lines[0]?.move).toBe('none')
  expect(register.closeReceipt({ lines: [bread], type: 31 }).lines[0]?.move).toBe('review')
})

test('numbers rise by one through shifts and reports, and every key is there once', async () => {
  await using register = createRegister()
  for (let shift = 0; shift < 3; shift++) {
    for (let receipt = 0; receipt < 4; receipt++) register.closeReceipt()
    register.closeShift()
  }
  const numbers = register.documents.map(({ number }) => number)
  expect(numbers).toEqual(Array.from({ length: 1 + 3 * 6 }, (_, i) => i + 1))
  expect(register.documents.map(({ type }) => type).join('')).toBe(`1${'233335'.repeat(3)}`)
  expect(register.receipts.map(({ receipt }) => receipt)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])
})

test('expired documents keep their short record only, and a forgotten one not even that', async () => {
  await using register = createRegister({ drive: { receipts: 3 } })
  await using line = register.openLine()
  register.expireTlv(4)
  register.forget(2)
  expect(await ask(line, 'FF 3A 1E 00 00 00 03 00 00 00')).toBe('FF 3A 08')
  expect(await ask(line, 'FF 0A 1E 00 00 00 03 00 00 00')).toMatch(/^FF 0A 00 03/)
  expect(await ask(line, 'FF 0A 1E 00 00 00 02 00 00 00')).toBe('FF 0A 08')
  expect(await ask(line, 'FF 3A 1E 00 00 00 04 00 00 00')).toMatch(/^FF 3A 00/)
})

test('a replaced drive starts at 1 with its own number; a debug drive says so', async () => {
  await using register = createRegister({ drive: { receipts: 2 } })
  register.replaceDrive({ number: '9999078900001234', debug: true })
  await using line = register.openLine()
  expect(await ask(line, 'FF 01 1E 00 00 00')).toMatch(
    /39 39 39 39 30 37 38 39 30 30 30 30 31 32 33 34 01 00 00 00$/,
  )
  expect(await ask(line, 'FF 04 1E 00 00 00')).toMatch(/ 00$/)
  expect(await ask(line, 'FF 0A 1E 00 00 00 01 00 00 00')).toMatch(/^FF 0A 00 0B/)
  register.closeReceipt()
  expect(register.documents.map(({ storage, number }) => `${storage.slice(-4)}-${number}`)).toEqual([
    ...['3456-1', '3456-2', '3456-3', '3456-4'],
    ...['1234-1', '1234-2', '1234-3'],
  ])
})

test('the same seed sells the same receipts', async () => {
  const clock = () => '2026-03-01T10:00:00'
  await using one = createRegister({ seed: 5, clock, drive: { receipts: 20 } })
  await using other = createRegister({ seed: 5, clock, drive: { receipts: 20 } })
  expect(one.documents).toEqual(other.documents)
})

test('a register made again from its state file holds the same drives, even after a torn write', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'register-state-'))
  const state = join(folder, 'state.jsonl')
  try {
    const before = createRegister({ state, drive: { receipts: 3 } })
    before.replaceDrive({ number: '9252440300000002' })
    before.closeReceipt()
    before.expireTlv(2)
    await before[Symbol.asyncDispose]()
    await writeFile(state, `${await readFile(state, 'utf8')}{"document":{"number":9`)
    await using after = createRegister({ state })
    expect(after.documents).toEqual(before.documents)
    expect(after.storage).toBe('9252440300000002')
    expect(after.closeReceipt().number).toBe(4)
    await using third = createRegister({ state })
    expect(third.documents).toEqual(after.documents)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('it sells by itself until the count is reached', async () => {
  const closed: number[] = []
  await new Promise<void>((enough) => {
    const register = createRegister({
      closed: ({ type, number }) => {
        if (type === 3 && closed.push(number) === 5) enough()
      },
    })
    register.startSelling({ rate: 1000, openMs: 1, count: 5 })
  })
  expect(closed).toEqual([3, 4, 5, 6, 7])
})
