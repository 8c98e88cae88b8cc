import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Body, take } from '../../fakes/bitrix/booking.ts'
import { Ledger, millionthsOf } from '../../fakes/bitrix/ledger.ts'

function body(name: string): Body {
  return JSON.parse(readFileSync(new URL(`../../fixtures/sales/${name}.json`, import.meta.url), 'utf8'))
}

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-ledger-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'ledger.jsonl')
}

test.each([
  ['sale', 200, 'booked'],
  ['sale-weighed', 200, 'booked'],
  ['sale-mixed-methods', 200, 'booked'],
  ['return', 200, 'booked'],
  ['sale-share-of-a-pack', 202, 'parked'],
  ['sale-site-order', 202, 'parked'],
  ['correction', 202, 'parked'],
  ['correction-without-lines', 202, 'parked'],
  ['report', 200, 'ignored'],
])('treats the case "%s" as the fixtures say: %i %s', (name, status, state) => {
  const verdict = take(body(name), new Ledger(null), 'booked')
  expect(verdict).toMatchObject({ status, answer: { state } })
})

test('moves stock by exact decimals, out for a sale and in for a return', () => {
  const ledger = new Ledger(null)
  take(body('sale-weighed'), ledger, 'booked')
  expect(ledger.stockOf('Колбаса вареная')).toBe(-356_000n)
  take(body('return'), ledger, 'booked')
  expect(ledger.stockOf('04605035006964')).toBe(1_000_000n)
})

test('answers a repeat as the first time and refuses other facts under the same key', () => {
  const ledger = new Ledger(null)
  const sale = body('sale')
  take(sale, ledger, 'booked')
  expect(take(sale, ledger, 'booked')).toMatchObject({
    status: 200,
    answer: { state: 'booked', duplicate: true },
  })
  expect(take({ ...sale, totals: { total: 1 } }, ledger, 'booked').status).toBe(422)
  expect(ledger.stockOf('Уксус столовый 9% 1л')).toBe(-1_000_000n)
  expect(ledger.twice.size).toBe(0)
})

test('tries a parked document again with its newer body', () => {
  const ledger = new Ledger(null)
  expect(take(body('sale'), ledger, 'parked').status).toBe(202)
  expect(take(body('sale'), ledger, 'booked')).toMatchObject({ status: 200, answer: { state: 'booked' } })
})

test('remembers everything after a kill, a line torn in the middle included', () => {
  const path = file()
  const first = new Ledger(path)
  take(body('sale'), first, 'booked')
  appendFileSync(path, '{"key":"FN92850')
  const second = new Ledger(path)
  expect(second.id).toBe(first.id)
  take(body('sale'), second, 'booked')
  take(body('return'), second, 'booked')
  const third = new Ledger(path)
  expect(third.entries.size).toBe(2)
  expect(third.stockOf('Уксус столовый 9% 1л')).toBe(-1_000_000n)
  expect(third.twice.size).toBe(0)
  for (const ledger of [first, second, third]) ledger[Symbol.dispose]()
})

test('would tell if it booked a key twice', () => {
  const ledger = new Ledger(null)
  take(body('sale'), ledger, 'booked')
  const [entry] = ledger.entries.values()
  if (entry !== undefined) ledger.keep(entry)
  expect(ledger.twice.size).toBe(1)
})

test('reads every decimal exactly and no other text', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      fc.integer({ min: 0, max: 6 }),
      (mantissa, decimals) => {
        const digits = String(mantissa).padStart(decimals + 1, '0')
        const at = digits.length - decimals
        const written = decimals === 0 ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`
        expect(millionthsOf(written)).toBe(mantissa * 10n ** BigInt(6 - decimals))
      },
    ),
  )
  for (const wrong of ['', '1.', '.5', '-1', '1e3', '1.0000000', ' 1'])
    expect(() => millionthsOf(wrong)).toThrow()
})
