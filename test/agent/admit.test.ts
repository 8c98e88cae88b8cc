/** Where a drive begins by the site's ledger: what the register and the site are asked before it is decided. */
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type Admitting, admit } from '../../agent/admit.ts'
import { Aside } from '../../agent/aside.ts'
import { Backlog } from '../../agent/backlog.ts'
import type { LedgerFacts } from '../../agent/beginning.ts'
import type { RegisterConfig } from '../../agent/config.ts'
import { newView } from '../../agent/view.ts'
import { document, fn, Scripted } from './scripted.ts'
import { folder, opened } from './store/workshop.ts'

const never = new AbortController().signal
const now = Date.parse('2026-08-21T09:00:00Z')
const told = (first: number, last: number): LedgerFacts => ({ kind: 'told', first, last, gapSince: 'unread' })

/** A register with documents up to `newest`, and a site whose ledger says `facts`. */
function admitting(register: Scripted, newest: number, facts: LedgerFacts) {
  register.newest_ = newest
  const asked: string[] = []
  const outbox = opened()
  const config = { name: 'till-1', from: 'ledger', serial: null, pollMs: 1 } as RegisterConfig
  const it: Admitting = {
    ...{ config, outbox, stateDir: folder(), origin: 'first', started: [], zone: 'Europe/Moscow' },
    view: newView({ name: 'till-1', id: 's/till-1', driver: 'shtrih', address: 'x' }, 0),
    ...{ log: pino({ level: 'silent' }), clock: () => now, random: () => 0.5, allowDebugDrive: false },
    ...{ beat: () => undefined, nudge: () => undefined, takeRequest: () => undefined },
    ...{
      wakeable: () => Promise.resolve(),
      backlog: new Backlog(),
      aside: new Aside(
        () => now,
        () => 0,
      ),
    },
    ledgerOf: (storage) => {
      asked.push(storage)
      return Promise.resolve(facts)
    },
  }
  return { admit: () => admit(it, register, never), asked, outbox }
}

/** A document of that local time; forms 2 and 5 are the reports of a shift. */
function made(number: number, type: number, time: string) {
  const summary = { time, sign: '1', operation: 1, total: 1, delivered: null }
  return { ...document(number), type, summary }
}

test('a drive begins behind the ledger, and the site is asked once', async () => {
  const { admit: begin, asked, outbox } = admitting(new Scripted(), 33, told(30, 33))
  expect(await begin()).toMatchObject({ storage: fn, first: 30, why: 'ledger' })
  expect(asked).toEqual([fn])
  expect(outbox.storages()).toHaveLength(1)
})

test('a weekend between two shifts is no gap: the first receipt counts, not the reports before it', async () => {
  const register = new Scripted()
  const shift = [
    made(34, 5, '2026-08-18T21:00:00'),
    made(35, 2, '2026-08-21T09:00:00'),
    made(36, 3, '2026-08-21T09:10:00'),
  ]
  register.read = (number) => shift[number - 34] ?? document(number)
  const { admit: begin } = admitting(register, 36, told(30, 33))
  expect(await begin()).toMatchObject({ first: 30, why: 'ledger' })
  expect(register.asked.filter((word) => word.startsWith('read'))).toEqual(['read 34', 'read 35', 'read 36'])
})

test('reports alone are no gap', async () => {
  const register = new Scripted()
  register.read = (number) => made(number, 5, '2026-08-01T21:00:00')
  expect(await admitting(register, 34, told(30, 33)).admit()).toMatchObject({ why: 'ledger' })
})

test.each([
  ['is older than 48 hours', '2026-08-19T11:59:00'],
  ['has no time', '0'],
])('a first receipt that %s stops the reading and is not kept', async (_, time) => {
  const register = new Scripted()
  register.read = (number) => made(number, 3, time)
  const { admit: begin, outbox } = admitting(register, 34, told(30, 33))
  await expect(begin()).rejects.toMatchObject({
    name: 'Halted',
    hint: { en: expect.stringContaining('--at 34') },
  })
  expect(outbox.storages()).toEqual([])
})

test('a ledger that does not tell stops the reading and says why', async () => {
  const silent: LedgerFacts = { kind: 'silent', text: { ru: 'молчит', en: 'it is silent' } }
  await expect(admitting(new Scripted(), 34, silent).admit()).rejects.toThrow(/it is silent/)
})
