/** What the dispatcher tells of every attempt: what was sent, what came back, how long it took. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Attempt } from '../../agent/journal.ts'
import { eventId } from '../../agent/outbox.ts'
import { line } from './bitrix/receipts.ts'
import { key, numberOf, open, type Shop } from './shop.ts'

interface Told extends Attempt {
  readonly key: string
}

async function listening(behave?: Shop['bitrix']['behave']): Promise<{ shop: Shop; told: Told[] }> {
  const told: Told[] = []
  const noteAttempt = (document: { storage: string; number: number }, attempt: Attempt) =>
    void told.push({ key: eventId(document), ...attempt })
  const shop = await open({ noteAttempt })
  if (behave !== undefined) shop.bitrix.behave = behave
  return { shop, told }
}

test('an attempt that is accepted is told with its answer and what was sent', async () => {
  const { shop, told } = await listening()
  const began = Date.now()
  shop.sell(1)
  await shop.drained()
  const [sent] = shop.bitrix.received
  expect(told).toEqual([
    {
      ...{
        key: key(1),
        at: expect.any(Number),
        tookMs: expect.any(Number),
        status: 200,
        outcome: 'accepted',
      },
      ...{
        why: null,
        answer: shop.outbox.find({ storage: key(1).slice(2, 18), number: 1 })?.delivery?.answer,
      },
      ...{ replay: false, bodyBytes: Buffer.byteLength(sent?.body ?? '') },
      bodyDigest: createHash('sha256')
        .update(sent?.body ?? '')
        .digest('hex'),
    },
  ])
  expect(told[0]?.at).toBeGreaterThanOrEqual(began)
  expect(told[0]?.tookMs).toBeGreaterThanOrEqual(0)
  expect(told[0]?.answer).toContain(key(1))
})

test('every attempt is told, the refused ones with what stood in the answer, cut', async () => {
  const answers = [
    { status: 503, body: `{"reason":"${'busy '.repeat(2_000)}"}` },
    { status: 422, body: '{"eventId":"x","reasons":["no such product"]}' },
  ]
  const { shop, told } = await listening(() => answers.shift() ?? 'accept')
  shop.sell(1)
  await shop.drained()
  expect(told.map(({ status, outcome }) => [status, outcome])).toEqual([
    [503, 'retry'],
    [422, 'park'],
  ])
  expect(told[0]?.answer).toMatch(/^\{"reason":"busy /)
  expect(told[0]?.answer).toHaveLength(4_096)
  expect(told[1]?.why).not.toBeNull()
  expect(told[0]?.bodyDigest).toBe(told[1]?.bodyDigest)
})

test('nobody answered: no status and no answer; sent again by a person: told so', async () => {
  let faults = 1
  const { shop, told } = await listening((received) =>
    numberOf(received) === 1 && faults-- > 0 ? 'reset' : 'accept',
  )
  shop.sell(1)
  await shop.drained()
  expect(told[0]).toMatchObject({ status: null, answer: null, outcome: 'retry', replay: false })
  shop.outbox.replay({}, { at: Date.now(), who: 'anna', action: 'replay', reason: 'test', detail: '' })
  shop.dispatch.nudge()
  await shop.drained()
  expect(told.at(-1)).toMatchObject({ status: 200, replay: true })
})

test('an attempt is told when its outcome is written, not before', async () => {
  const written: (string | null | undefined)[] = []
  const shop: Shop = await open({
    noteAttempt: ({ storage, number }) =>
      void written.push(shop.outbox.find({ storage, number })?.delivery?.outcome),
  })
  shop.sell(1)
  await shop.drained()
  expect(written).toEqual(['accepted'])
})

test('what is settled without asking anybody is no attempt', async () => {
  const { shop, told } = await listening()
  shop.sell(1, { lines: [line({ move: 'none', method: 3 })] })
  await shop.drained()
  expect(shop.outcome(1)).toBe('ignored')
  expect(told).toEqual([])
})
