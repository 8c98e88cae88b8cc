/** A person's word that a site is the right one stands in the audit before it counts. */
import { expect, test } from 'vitest'
import { localDesk } from '../../../agent/desk/local.ts'
import type { Premises } from '../../../agent/desk/premises.ts'
import type { AuditRow } from '../../../agent/outbox.ts'

const never = new AbortController().signal
const changed = { ledgerId: 'new', host: 'shop.example' }

function premises(audit: (row: AuditRow) => void) {
  const accepted: string[] = []
  const sites = {
    of: (name: string) => (name === 'till-2' ? null : { ledgerId: 'old', host: 'old.example', changed }),
    accept: (name: string) => {
      if (name === 'till-2') throw new Error('the site has not named its ledger yet')
      accepted.push(name)
    },
  }
  const config = { registers: [{ name: 'till-1' }, { name: 'till-2' }] }
  const desk = localDesk({
    ...{ config, sites, outbox: { audit }, clock: () => 7, nudge: () => undefined },
  } as unknown as Premises)
  return { desk, accepted }
}

const asked = { who: 'anna', reason: 'moved' }

test('the ledger that is accepted is written down and then accepted; what has delivered nothing is left', async () => {
  const rows: AuditRow[] = []
  const { desk, accepted } = premises((row) => void rows.push(row))
  const told = [{ register: 'till-1', ...changed }]
  expect(await desk.acceptLedger(asked, never)).toEqual({ accepted: told })
  expect(rows).toEqual([{ at: 7, action: 'accept-ledger', ...asked, detail: JSON.stringify(told) }])
  expect(accepted).toEqual(['till-1'])
})

test('where it cannot be written down nothing is accepted', async () => {
  const { desk, accepted } = premises(() => {
    throw new Error('no room')
  })
  await expect((async () => await desk.acceptLedger(asked, never))()).rejects.toThrow('no room')
  await expect(
    (async () => await desk.acceptLedger({ ...asked, register: 'till-2' }, never))(),
  ).rejects.toThrow('not named its ledger')
  expect(accepted).toEqual([])
})
