import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Understand } from '../../agent/dispatch.ts'
import { decodeBody } from '../../agent/fiscal/decode.ts'
import { line, receipt } from './bitrix/receipts.ts'
import { drives, open, wayOf } from './shop.ts'

test('delivers every kept receipt once, keeps what the site answered, and shows the way as ready', async () => {
  const shop = await open()
  for (let number = 1; number <= 25; number++) shop.sell(number)
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ deliveries: 25, booked: 25, duplicates: 0, twice: 0 })
  expect(shop.outbox.counts()).toMatchObject({ accepted: 25, waiting: 0, parked: 0 })
  expect(wayOf(shop)).toMatchObject({
    state: 'ready',
    breaker: 'closed',
    lastStatus: 200,
    id: 'shop-12/till-1',
  })
})

test('delivers what the real decoder reads, and the site books the goods', async () => {
  const understand: Understand = ({ type, bytes }) => decodeBody(type ?? 0, bytes ?? new Uint8Array())
  const shop = await open({ understand })
  const vector = JSON.parse(
    readFileSync(new URL('../fixtures/documents/derived-ffd12-gs1m-2026.json', import.meta.url), 'utf8'),
  )
  const { fn, fd } = { fn: '7384440900844678', fd: 43553 }
  shop.keep({ storage: fn, number: fd, register: 'till-2', bytes: Buffer.from(vector.bodyHex, 'hex') })
  await shop.drained()
  const [sent] = shop.bitrix.received
  expect(sent?.id).toBe(`FN${fn}-FD${fd}`)
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1 })
  expect(sent?.body).not.toContain('5OoyE8qxeIOn')
})

test('settles a receipt that moves nothing here, without asking the site', async () => {
  const shop = await open()
  shop.sell(1, { lines: [line({ move: 'none', method: 3 })] })
  await shop.drained()
  expect(shop.outcome(1)).toBe('ignored')
  expect(shop.outbox.find({ storage: drives['till-1'], number: 1 })?.delivery?.why).toBe('nothing moves')
  expect(shop.bitrix.received).toHaveLength(0)
})

test('sends receipts that move nothing, and reports, when the config says so', async () => {
  const shop = await open({ sendAll: true })
  shop.sell(1, { lines: [line({ move: 'none', method: 3 })] })
  const report = {
    documentType: 5,
    ffd: '1.05',
    fn: drives['till-1'],
    fd: 2,
    fp: '2',
    time: '2026-01-01T00:00:00',
    shift: 1,
    fields: [],
    problems: [],
  }
  shop.keep({ number: 2, type: 5, bytes: Buffer.from(JSON.stringify(report)) })
  await shop.drained()
  expect(shop.bitrix.received.map(({ type }) => type)).toEqual(['pos.sale', 'pos.report'])
  expect(shop.bitrix.counts()).toMatchObject({ ignored: 2 })
})

test('parks what cannot be decoded with the reason, and the next ones go', async () => {
  const shop = await open()
  shop.keep({ number: 1, bytes: Buffer.from('not a document') })
  shop.sell(2, { fp: null })
  shop.sell(3, { lines: [] })
  shop.sell(4)
  await shop.drained()
  expect([1, 2, 3, 4].map((number) => shop.outcome(number))).toEqual(['park', 'park', 'park', 'accepted'])
  for (const number of [1, 2, 3])
    expect(shop.outbox.find({ storage: drives['till-1'], number })?.delivery?.why).toMatch(/^rejected: /)
})

test('never sends from a debug drive, unless a trial is asked for', async () => {
  const debug = '9999078902001234'
  const bytes = Buffer.from(JSON.stringify(receipt({ fn: debug, fd: 1 })))
  const shop = await open()
  shop.keep({ storage: debug, number: 1, bytes })
  await shop.drained()
  expect(shop.bitrix.received).toHaveLength(0)
  const trial = await open({ allowDebugDrive: true })
  trial.keep({ storage: debug, number: 1, bytes })
  await trial.drained()
  expect(trial.bitrix.counts()).toMatchObject({ booked: 1 })
})

test('the backlog of one till never starves its neighbour at the same address', async () => {
  const shop = await open()
  await shop.bitrix.down()
  for (let number = 1; number <= 60; number++) shop.sell(number)
  shop.sell(1, {}, 'till-2')
  await shop.bitrix.up()
  await shop.drained()
  const neighbours = shop.bitrix.received.findIndex(({ id }) => id === `FN${drives['till-2']}-FD1`)
  expect(shop.bitrix.counts().booked).toBe(61)
  expect(neighbours).toBeLessThan(30)
})

test('tells who acknowledged, so that another receiver is noticed at its first answer', async () => {
  const seen: string[] = []
  const shop = await open({
    sawSite: (register, { ledgerId, host }) => seen.push(`${register} ${ledgerId} ${host}`),
  })
  const before = shop.bitrix.ledger.id
  shop.sell(1)
  await shop.drained()
  shop.bitrix.reinstall()
  shop.bitrix.host = 'Copy.Example'
  shop.sell(2)
  await shop.drained()
  expect(seen).toEqual([`till-1 ${before} shop.example`, `till-1 ${shop.bitrix.ledger.id} copy.example`])
})
