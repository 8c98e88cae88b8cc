/** What people did, by the verb and by `chekpost outbox audits`. */
import { expect, test } from 'vitest'
import { checkedDesk } from '../../../agent/desk/desk.ts'
import { deskOver } from '../../../agent/desk/open.ts'
import { UsageError } from '../../../agent/usage.ts'
import { config } from '../smallshop.ts'
import { opened } from '../store/journalworkshop.ts'
import { parked, receipt, storage, t0 } from '../store/workshop.ts'

const never = new AbortController().signal
test('a reason that was promised to be kept is told, the newest first', async () => {
  const { outbox } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(1), t0)
  outbox.settle(receipt(1), parked, t0)
  outbox.audit({ at: t0, who: 'root', action: 'begin', reason: 'a new drive', detail: '{"at":1}' })
  const desk = checkedDesk(deskOver(config, outbox))
  const selection = { state: 'parked' } as const
  await desk.replay({ selection, who: 'anna', reason: 'goods were mapped' }, never)
  const { acts } = await desk.audits({ limit: 9 }, never)
  expect(acts).toEqual([
    {
      ...{ at: expect.stringMatching(/^\d{4}-.*Z$/), who: 'anna', action: 'replay' },
      ...{ reason: 'goods were mapped', detail: JSON.stringify(selection) },
    },
    {
      ...{ at: new Date(t0).toISOString(), who: 'root', action: 'begin' },
      ...{ reason: 'a new drive', detail: '{"at":1}' },
    },
  ])
  expect((await desk.audits({ limit: 1 }, never)).acts).toHaveLength(1)
  await expect(desk.audits({ limit: 100_000 }, never)).rejects.toThrow(UsageError)
})
