import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { countKept, type Kept, keyOf, misbooked, readKept, tallyOf } from '../demo/tally.ts'
import { Ledger } from '../fakes/bitrix/ledger.ts'
import { type ClosedDocument, createRegister } from '../fakes/register.ts'

const bread = { name: 'Хлеб', quantity: '1.000', price: 4290 }
const advance = { name: 'Аванс', quantity: '1', price: 10_000, method: 3, subject: 10 }

const register = createRegister()
const sold = register.closeReceipt({ lines: [bread] })
const prepaid = register.closeReceipt({ lines: [advance] })

const keeping = (...documents: readonly ClosedDocument[]): Kept => ({
  bodies: new Map(documents.map((each) => [keyOf(each), each.body])),
  waiting: 0,
})

function book(ledger: Ledger, document: ClosedDocument, millionths = -1_000_000n): void {
  ledger.keep({
    key: keyOf(document),
    register: 'shop/till-1',
    facts: '',
    state: 'booked',
    reasons: [],
    movements: [{ product: 'Хлеб', millionths }],
  })
}

const count = (kept: Kept, ledger: Ledger, sendsAll = false) => tallyOf([register], kept, ledger, sendsAll)

test('a receipt that moves goods and is not at the site is lost, kept or not', () => {
  expect(count(keeping(sold, prepaid), new Ledger(null))).toMatchObject({
    closed: 2,
    kept: 2,
    delivered: 0,
    lost: 1,
  })
})

test('a receipt that moves nothing is lost when it is not even kept', () => {
  const ledger = new Ledger(null)
  book(ledger, sold)
  expect(count(keeping(sold), ledger)).toMatchObject({ kept: 1, delivered: 1, lost: 1 })
  expect(count(keeping(sold, prepaid), ledger)).toMatchObject({ lost: 0 })
})

test('where everything is sent, everything not at the site is lost', () => {
  const ledger = new Ledger(null)
  book(ledger, sold)
  expect(count(keeping(sold, prepaid), ledger, true)).toMatchObject({ lost: 1 })
})

test('a receipt kept with one byte changed is not kept', () => {
  const body = sold.body.map((byte, at) => (at === 9 ? byte ^ 1 : byte))
  expect(count(keeping({ ...sold, body }, prepaid), new Ledger(null))).toMatchObject({ kept: 1 })
})

test('a key that moved stock a second time is counted', () => {
  const ledger = new Ledger(null)
  book(ledger, sold)
  book(ledger, sold)
  expect(count(keeping(sold, prepaid), ledger)).toMatchObject({ twice: 1 })
})

test('a quantity that differs and a receipt nobody sold are misbooked', () => {
  const ledger = new Ledger(null)
  book(ledger, sold, 1_000_000n)
  book(ledger, { ...sold, number: 4711 })
  expect(misbooked([register], ledger)).toEqual([keyOf(sold), keyOf({ ...sold, number: 4711 })])
})

test('a database that is missing or garbage holds nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-tally-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'outbox.db')
  expect(readKept(path).bodies.size).toBe(0)
  writeFileSync(path, 'garbage '.repeat(1_000))
  expect(countKept(path)).toEqual({ receipts: 0, waiting: 0 })
})
