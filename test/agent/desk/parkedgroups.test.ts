import { expect, test } from 'vitest'
import { groupParked } from '../../../agent/desk/parkedgroups.ts'
import type { Premises } from '../../../agent/desk/premises.ts'
import type { ParkedBounds } from '../../../agent/outbox.ts'
import { drive, opened, parked, receipt, storage, t0 } from '../store/workshop.ts'

const signal = new AbortController().signal

test('the desk tells parked receipts as rows, by reason, with how many there are in all', async () => {
  const outbox = opened()
  outbox.beginStorage(storage())
  for (const number of [1, 2, 3]) outbox.keepDocument(receipt(number), t0 + number)
  for (const number of [1, 2]) outbox.settle({ storage: drive, number }, parked, t0)
  const found = await groupParked({ outbox } as Premises, {}, signal)
  expect(found).toMatchObject({ parked: 2, looked: 2, otherGroups: 0, otherDocuments: 0, onSite: 0 })
  expect(found.groups).toMatchObject([
    {
      why: 'no such product',
      count: 2,
      registers: ['till-1'],
      oldestReadAt: new Date(t0 + 1).toISOString(),
      documents: [
        { number: 2, state: 'parked', why: 'no such product', total: 100 },
        { number: 1, state: 'parked' },
      ],
    },
  ])
})

test('however much is parked, the outbox is asked for a bounded part', async () => {
  const asked: ParkedBounds[] = []
  const outbox = {
    parked: (bounds: ParkedBounds) => {
      asked.push(bounds)
      return { groups: [], looked: 5_000, otherGroups: 0, otherDocuments: 0, onSite: 0, newestOnSite: [] }
    },
    counts: () => ({ parked: 100_000 }),
  }
  const found = await groupParked({ outbox } as unknown as Premises, {}, signal)
  expect(found).toMatchObject({ parked: 100_000, looked: 5_000 })
  expect(asked).toEqual([{ rows: 5_000, groups: 50, newest: 5, onSite: 100 }])
})
