import { expect, test } from 'vitest'
import { parseConfig } from '../../../agent/config.ts'
import type { InputOf } from '../../../agent/desk/desk.ts'
import type { Premises } from '../../../agent/desk/premises.ts'
import { readRange, Sittings } from '../../../agent/desk/readings.ts'
import { Works } from '../../../agent/progress.ts'
import { text } from '../../../agent/text.ts'
import { Failure } from '../../../agent/usage.ts'
import { drive, opened, receipt, storage, t0 } from '../store/workshop.ts'

const never = new AbortController().signal
const id = '6f9a2c1e-3b7d-4e58-9c40-1a2b3c4d5e6f'

const config = parseConfig(
  JSON.stringify({
    store: 'shop',
    timezone: 'Europe/Moscow',
    registers: [{ name: 'till-1', driver: 'shtrih', address: 'tcp:127.0.0.1:9' }],
    bitrix: { url: 'https://shop.example/sale.php', secretFile: 'x' },
  }),
  'chekpost.yaml',
)

/** A register whose line is lost at `lostAt`, and a desk before it. */
function counter({ lostAt = 1000, inside = drive, from = 1 } = {}) {
  const outbox = opened()
  outbox.beginStorage(storage({ first: from }))
  const works = new Works()
  const seen: { audits: number; works: string[] }[] = []
  const readDocument = (number: number) => {
    seen.push({ audits: outbox.audits(99).length, works: works.list().map(({ what }) => what.en) })
    if (number === lostAt) return Promise.reject(new Failure(text('Нет связи', 'The line is lost')))
    const { type, bytes, summary } = receipt(number)
    return Promise.resolve({ storage: inside, number, type, bytes, summary })
  }
  const premises = {
    ...{ config, outbox, works, allowDebugDrive: true },
    clock: () => t0,
    nudge: () => undefined,
    withRegister: (_: string, work: (device: object, signal: AbortSignal) => unknown) =>
      work({ readDocument }, never),
  } as unknown as Premises
  const sittings = new Sittings()
  const read = (fromNumber: number, toNumber: number, more: Partial<InputOf<'read'>> = {}) =>
    readRange(
      premises,
      sittings,
      { register: 'till-1', fromNumber, toNumber, keep: true, who: 'anna', reason: 'burnt', ...more },
      never,
    )
  const audits = () => outbox.audits(99).map(({ detail }) => JSON.parse(detail))
  return { outbox, works, seen, read, audits }
}

test('a line lost in the middle leaves what was read told, and owed with a row that says who wanted it', async () => {
  const { read, audits, outbox, seen } = counter({ lostAt: 3 })
  const { documents, fault } = await read(1, 5)
  expect(documents.map(({ number, outbox: what }) => [number, what])).toEqual([
    [1, 'kept'],
    [2, 'kept'],
  ])
  expect(fault).toMatchObject({ en: 'The line is lost' })
  expect(outbox.counts().waiting).toBe(2)
  // The row stands before the second document is asked for, so before anything could be lost.
  expect(seen.map((one) => one.audits)).toEqual([0, 1, 1])
  expect(audits()).toEqual([
    { register: 'till-1', kept: [1, 2] },
    { register: 'till-1', numbers: '1-5' },
  ])
  await expect(read(3, 5)).rejects.toThrow('The line is lost')
  expect(audits()).toHaveLength(2)
})

test('the row stands before the first document is kept', async () => {
  const { read, outbox, audits } = counter()
  const keep = outbox.keepDocument.bind(outbox)
  const before: number[] = []
  outbox.keepDocument = (...given) => {
    before.push(outbox.audits(9).length)
    return keep(...given)
  }
  await read(7, 7)
  expect(before).toEqual([1])
  expect(audits()).toEqual([{ register: 'till-1', numbers: '7-7' }])
})

test('pieces of one reading are two rows and one work, which ends with it', async () => {
  const { read, audits, works, seen } = counter()
  const sitting = { id, numbers: '1-40', count: 40, isLast: false }
  for (let at = 1; at <= 36; at += 5) await read(at, at + 4, { sitting: { ...sitting, isLast: at === 36 } })
  expect(seen.every((one) => one.works.join() === 'till-1: reading by number')).toBe(true)
  expect(works.list()).toEqual([])
  expect(audits()).toMatchObject([{ kept: { length: 40 } }, { numbers: '1-40' }])
})

test('a reading that is stopped ends its work', async () => {
  const { read, audits, works } = counter()
  const sitting = { id, numbers: '1-40', count: 40, isLast: false }
  await read(1, 5, { sitting })
  expect(works.list()).toMatchObject([{ done: 5, of: 40 }])
  expect(await read(2, 1, { sitting: { ...sitting, isLast: true } })).toEqual({ documents: [], fault: null })
  expect(works.list()).toEqual([])
  expect(audits()[0]).toMatchObject({ kept: [1, 2, 3, 4, 5] })
})

test('readings whose end nobody tells are forgotten in the end', async () => {
  const { read, works } = counter()
  for (let n = 10; n < 60; n++) {
    const sitting = { id: id.replace('6f', `${n}`), numbers: '1-40', count: 40, isLast: false }
    await read(1, 1, { sitting })
  }
  expect(works.list()).toHaveLength(20)
})

test('of another drive than the one that was meant nothing is kept', async () => {
  const { read, outbox } = counter({ inside: '9999078900009999' })
  await expect(read(1, 5, { storage: drive })).rejects.toThrow('Another fiscal drive')
  expect(outbox.counts().documents).toBe(0)
})
