import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { askLedger, type LedgerAsking, type LedgerFault } from '../../../agent/bitrix/ledger.ts'
import { parseSecret } from '../../../agent/bitrix/sign.ts'
import type { Entry } from '../../fakes/bitrix/ledger.ts'
import type { Bitrix } from '../../fakes/bitrix.ts'
import { listen, never, secrets, site } from './bench.ts'

const fn = '9285000100150175'
const other = '9252440300000002'

function asking(url: string | null): LedgerAsking {
  const limits = { connectMs: 60_000, answerMs: 60_000, totalMs: 60_000, lanes: 1 }
  return {
    post: { url, proxy: null, ca: null, pinnedKeys: [], ...limits },
    id: 'shop-12/till-1',
    store: 'shop-12',
    keys: secrets['shop-12/till-1'].map(parseSecret),
    version: '0.1.0',
    instance: 'i-1',
    clock: Date.now,
  }
}

const ledgerOf = ({ url }: Bitrix) => url.replace('sale.php', 'ledger.php')
const ask = (url: string | null, scope = {}, limitMs = 60_000) =>
  askLedger(asking(url), scope, limitMs, never)

function keep(bitrix: Bitrix, drive: string, number: number, more: Partial<Entry> = {}): void {
  const entry = {
    register: 'shop-12/till-1',
    facts: '',
    state: 'booked',
    reasons: [],
    movements: [],
  } as const
  bitrix.ledger.keep({ ...entry, key: `FN${drive}-FD${number}`, ...more })
}

/** A site with 1–3, 5, 7 (parked), 9 of one drive and 2 of another, and somebody else's 4. */
async function stocked() {
  const bitrix = await site()
  for (const number of [9, 1, 2, 3, 5]) keep(bitrix, fn, number)
  keep(bitrix, fn, 7, { state: 'parked' })
  keep(bitrix, other, 2)
  keep(bitrix, fn, 4, { register: 'shop-12/till-2' })
  return bitrix
}

test.each([1, 2, 1000])(
  'learns which documents arrived, however the answer is cut (%i ranges a piece)',
  async (piece) => {
    const bitrix = await stocked()
    bitrix.ledgerPiece = piece
    const told = await ask(ledgerOf(bitrix))
    expect(told).toMatchObject({ ledgerId: bitrix.ledger.id, host: 'shop.example' })
    expect([...told.drives.keys()].sort()).toEqual([other, fn])
    expect(told.drives.get(fn)?.ranges).toEqual([
      [1, 3],
      [5, 5],
      [7, 7],
      [9, 9],
    ])
    expect([...(told.drives.get(fn)?.parked ?? [])]).toEqual([7])
    expect(told.drives.get(other)?.ranges).toEqual([[2, 2]])
    expect(bitrix.asides.every(({ genuine, type }) => genuine && type === 'pos.ledger')).toBe(true)
  },
)

test('asks for one drive from a number on', async () => {
  const bitrix = await stocked()
  const told = await ask(ledgerOf(bitrix), { fn, from: 5 })
  expect([...told.drives.keys()]).toEqual([fn])
  expect(told.drives.get(fn)?.ranges[0]).toEqual([5, 5])
})

test.each<[string, LedgerFault, RegExp, limitMs?: number]>([
  ['a receiver without a ledger', 'none', /no ledger.*404/],
  ['a key that is refused', 'refused', /signature.*401/],
  ['a register that is disabled', 'refused', /disabled.*410/],
  ['a site in trouble', 'unreachable', /error.*503/],
  ['a page of the hosting', 'garbled', /no drives/],
  ['an answer without end', 'garbled', /longer than 4 MiB/],
  ['a site that hangs', 'unreachable', /in time/, 500],
  ['a connection that breaks', 'unreachable', /broke off/],
])('says of %s that it is "%s"', async (name, fault, words, limitMs) => {
  const bitrix = await stocked()
  const behaviours = {
    'a receiver without a ledger': { status: 404 },
    'a key that is refused': { status: 401 },
    'a register that is disabled': { status: 410 },
    'a site in trouble': { status: 503 },
    'a page of the hosting': 'html',
    'an answer without end': 'endless',
    'a site that hangs': 'hang',
    'a connection that breaks': 'reset',
  } as const
  bitrix.behaveAside = () => behaviours[name as keyof typeof behaviours]
  await expect(ask(ledgerOf(bitrix), {}, limitMs)).rejects.toMatchObject({
    name: 'LedgerError',
    fault,
    text: { en: expect.stringMatching(words) },
  })
})

test('says that nobody knows where to ask, with the next step', async () => {
  await expect(ask(null)).rejects.toMatchObject({
    fault: 'none',
    hint: { en: expect.stringContaining('bitrix.ledgerUrl') },
  })
})

const drive = { fn, ranges: [[1, 5]], parked: [] }

test.each<[string, { eventId?: string; drives: object[]; more: boolean }, RegExp]>([
  ['sends us back', { drives: [{ ...drive, next: 3 }], more: true }, /before this one/],
  ['says that there is more and not where', { drives: [drive], more: true }, /knows where/],
  ['turns a range about', { drives: [{ fn, ranges: [[5, 1]], parked: [] }], more: false }, /no drives/],
  ['answers another question', { eventId: 'LEDGER-1', drives: [drive], more: false }, /another question/],
  ['goes on for ever', { drives: [{ ...drive, ranges: [], next: 9 }], more: true }, /no end/],
])('does not believe a ledger that %s', async (_, answer, words) => {
  let from = 0
  const port = await listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const asked = JSON.parse(Buffer.concat(chunks).toString())
      from = Math.max(from + 1, 9)
      const drives = answer.drives.map((one) =>
        'next' in one && one.next === 9 ? { ...one, next: from } : one,
      )
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ eventId: asked.eventId, ledgerId: 'l', host: 'h', ...answer, drives }))
    }),
  )
  await expect(ask(`http://127.0.0.1:${port}/ledger.php`, {})).rejects.toMatchObject({
    fault: 'garbled',
    text: { en: expect.stringMatching(words) },
  })
})

test('pieces of two ledgers are no answer', async () => {
  const bitrix = await stocked()
  bitrix.ledgerPiece = 1
  bitrix.behaveAside = () => {
    if (bitrix.asides.length === 2) bitrix.host = 'other.example'
    return 'accept'
  }
  await expect(ask(ledgerOf(bitrix))).rejects.toMatchObject({ fault: 'garbled' })
})

test('ends at once when the caller gives up', async () => {
  const bitrix = await stocked()
  bitrix.behaveAside = () => 'hang'
  const stop = new AbortController()
  const waiting = askLedger(asking(ledgerOf(bitrix)), {}, 60_000, stop.signal)
  await bitrix.until(({ asides }) => asides.length === 1)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})
