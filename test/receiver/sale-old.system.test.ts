/** An old core: no exception of its own for duplicate keys, and a page and death where the database is away. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { tea } from './sale/shop.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db, { core: 'old' })
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await site.reset()
  await site.store({ id: 1 })
  await site.register()
  await site.product({ id: 7, amount: { 1: 5 }, barcode: tea.ean })
})

test('a twin that was quicker is answered by what it made of the receipt', async () => {
  const body = receipt([tea])
  await site.fault('handler:OnDocumentAdd', 'slow:100')
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = await site.post(body)
        if (answer.status < 400) return answer.json
      }
    }),
  )
  expect(answers.filter((answer) => answer['duplicate'] !== true)).toHaveLength(1)
  expect(await site.amount(7, 1)).toBe('4')
})

test('two that park the same receipt at once park it once', async () => {
  const body = receipt([{ name: 'Соль' }])
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = await site.post(body)
        if (answer.status < 400) return answer.status
      }
    }),
  )
  expect(new Set(answers)).toEqual(new Set([202]))
  expect(await site.value('SELECT COUNT(*) FROM chekpost_event')).toBe('1')
})

test('the database is away: 503 of ours, not the page of the core', async () => {
  await db.kill()
  const answer = await site.post(receipt([tea]))
  expect([answer.status, answer.headers['content-type'], answer.json['error']]).toEqual([
    503,
    'application/json',
    'died',
  ])
  await db.start()
  await expect.poll(async () => await site.value('SELECT 1').catch(() => null)).toBe('1')
  expect((await site.post(receipt([tea]))).json['state']).toBe('booked')
})

test.each([1, 8, 15, 22, 29])('the database goes before query %i: nothing or all', async (moment) => {
  await site.fault('db_gone_after', String(moment), { times: 1 })
  const body = receipt([tea])
  const answer = await site.post(body)
  expect([200, 503]).toContain(answer.status)
  expect(answer.headers['content-type']).toBe('application/json')
  await site.heal()
  expect((await site.post(body)).json['state']).toBe('booked')
  expect([await site.amount(7, 1), (await site.documents()).length]).toEqual(['4', 1])
})
