/** One document with everything: its tree, its attempts, and nobody's name when that is asked. */
import { expect, test } from 'vitest'
import { checkedDesk } from '../../../agent/desk/desk.ts'
import { deskOver } from '../../../agent/desk/open.ts'
import type { Attempt } from '../../../agent/journal.ts'
import { madeUpSale } from '../../fakes/register/baskets.ts'
import { Chance } from '../../fakes/register/chance.ts'
import { composeReceipt } from '../../fakes/register/compose.ts'
import { someOwner } from '../../fakes/register/options.ts'
import { config } from '../smallshop.ts'
import { opened } from '../store/journalworkshop.ts'
import { drive, receipt, storage, t0 } from '../store/workshop.ts'

const never = new AbortController().signal
const [phone, cashier] = ['+79990001122', 'Petrova A.']

function element(tag: number, value: string): number[] {
  return [tag & 0xff, tag >> 8, value.length, 0, ...Buffer.from(value, 'latin1')]
}

/** A sale, with the buyer's phone and the cashier behind it. */
function body(number = 7): Uint8Array {
  const numbers = { storage: drive, number, sign: 5, time: '2026-08-21T13:00:00', shift: 1, receipt: 1 }
  const { lines } = madeUpSale(new Chance(3), someOwner)
  const composed = composeReceipt(numbers, someOwner, { operation: 1, lines }).body
  return Uint8Array.from([...composed, ...element(1008, phone), ...element(1021, cashier)])
}

const json = {
  receipt: {
    ...{ fiscalDriveNumber: drive, fiscalDocumentNumber: 8, fiscalSign: 5, dateTime: '2026-08-21T13:00:00' },
    ...{ operationType: 1, totalSum: 9_900, buyerPhoneOrAddress: phone, operator: cashier },
    items: [{ name: 'Milk', quantity: 1.5, price: 6_600, sum: 9_900 }],
  },
}

function shop() {
  const { outbox, journal } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(7, { bytes: body() }), t0)
  outbox.keepDocument(receipt(8, { format: 'tax-json', bytes: Buffer.from(JSON.stringify(json)) }), t0)
  outbox.keepDocument(receipt(9, { bytes: Uint8Array.of(1, 2, 3) }), t0)
  outbox.keepDocument(receipt(11, { type: 5, owed: false, bytes: body(11) }), t0)
  outbox.keepDocument(receipt(10, { bytes: null, format: 'summary', owed: false }), t0)
  return {
    journal,
    desk: checkedDesk(
      deskOver(
        config,
        outbox,
        () => [],
        () => journal,
      ),
    ),
  }
}

test.each([7, 8])('document %i is shown whole, and without names when that is asked', async (number) => {
  const { desk } = shop()
  const whole = await desk.show({ number }, never)
  const masked = await desk.show({ number, masked: true }, never)
  const everything = (shown: object) => {
    const { hex } = shown as { hex: string }
    return `${JSON.stringify(shown)} ${Buffer.from(hex, 'hex').toString('latin1')}`
  }
  for (const word of [phone, cashier]) {
    expect(everything(whole)).toContain(word)
    expect(everything(masked)).not.toContain(word)
  }
  expect(masked.hex).toHaveLength(whole.hex?.length ?? 0)
  // The sale names nobody, and is what the site gets.
  expect(masked.sale).toEqual(whole.sale)
  expect(masked.sale).not.toBeNull()
  expect(masked.problem).toBeNull()
})

test('a report names its cashier among its fields, and not when that is asked', async () => {
  const { desk } = shop()
  const whole = await desk.show({ number: 11 }, never)
  expect(whole.problem).toBeNull()
  expect(JSON.stringify((await desk.show({ number: 11 }, never)).decoded)).toContain(cashier)
  const masked = await desk.show({ number: 11, masked: true }, never)
  expect(JSON.stringify(masked)).not.toContain(cashier)
  expect(JSON.stringify(masked.decoded)).toContain('"name":"operator"')
})

test('the tree holds every element by its name, of a TLV body as of JSON', async () => {
  const { desk } = shop()
  const tlv = (await desk.show({ number: 7 }, never)).tree ?? []
  expect(tlv).toContainEqual({ tag: 1008, name: 'buyerPhoneOrAddress', value: phone })
  expect(tlv.find(({ tag }) => tag === 1059)?.value).toContainEqual(expect.objectContaining({ name: 'name' }))
  const [root] = (await desk.show({ number: 8 }, never)).tree ?? []
  expect(root).toMatchObject({ name: 'receipt' })
  expect(root?.value).toContainEqual({ tag: 1020, name: 'totalSum', value: 9_900 })
  expect(root?.value).toContainEqual({
    ...{ tag: 1059, name: 'items' },
    value: expect.arrayContaining([{ tag: 1023, name: 'quantity', value: '1.5' }]),
  })
})

test('what cannot be read has no tree and says why', async () => {
  const { desk } = shop()
  expect(await desk.show({ number: 9 }, never)).toMatchObject({ tree: null, hex: '010203', decoded: null })
  expect((await desk.show({ number: 9 }, never)).problem).not.toBeNull()
  expect(await desk.show({ number: 10 }, never)).toMatchObject({ tree: null, hex: null, history: [] })
})

test('an answer that names the buyer does so no more when that is asked', async () => {
  const { desk, journal } = shop()
  const said = JSON.stringify({ reasons: [`no customer ${phone}`], operator: cashier })
  const escaped = said.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  for (const answer of [said, escaped])
    journal.noteAttempt(
      { storage: drive, number: 7 },
      {
        ...{
          at: t0,
          tookMs: 5,
          status: 422,
          outcome: 'park',
          why: `no customer ${phone}`,
          answer,
          replay: false,
        },
        ...{ bodyDigest: '00'.repeat(32), bodyBytes: 9 },
      },
    )
  const whole = JSON.stringify((await desk.show({ number: 7 }, never)).history)
  expect(whole).toContain(phone)
  expect(whole).toContain(cashier)
  const masked = await desk.show({ number: 7, masked: true }, never)
  expect(masked.history).toHaveLength(2)
  for (const { answer, why } of masked.history)
    for (const word of [phone, cashier]) {
      expect(`${JSON.parse(answer ?? '').operator} ${answer} ${why}`).not.toContain(word)
      expect(`${answer} ${why}`).toContain('no customer ***')
    }
})

test('the attempts are told, newest first', async () => {
  const { desk, journal } = shop()
  const attempt = (at: number): Attempt => ({
    ...{ at, tookMs: 5, status: 503, outcome: 'retry', why: 'busy', answer: 'later', replay: false },
    ...{ bodyDigest: '00'.repeat(32), bodyBytes: 9 },
  })
  for (const at of [t0, t0 + 1]) journal.noteAttempt({ storage: drive, number: 7 }, attempt(at))
  expect((await desk.show({ number: 7 }, never)).history).toEqual([attempt(t0 + 1), attempt(t0)])
})
