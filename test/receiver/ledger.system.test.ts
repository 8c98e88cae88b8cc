import { expect, test } from 'vitest'
import { newSecret, openMaria, openSite, type Site } from './site.ts'

const drive = '9285000100150175'
const other = '9999078900001234'

/** Receipts as the ledger holds them once they have arrived. */
async function arrived(
  site: Site,
  register: string,
  fn: string,
  numbers: readonly number[],
  state = 'booked',
): Promise<void> {
  for (const fd of numbers)
    await site.sql(
      `INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, state, http_status,
         body, created_at, updated_at)
       VALUES (?, REPEAT('0', 64), ?, ?, ?, 'pos.sale', '2026-08-07T12:00:00+03:00', ?, 200, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP())`,
      ...[`FN${fn}-FD${fd}`, register, fn, fd, state],
    )
}

let asked = 0

function question(register = 'shop-12/till-1', more: object = {}): object {
  const eventId = `LEDGER-${register}-${Math.floor(Date.now() / 1000)}-${++asked}`
  const store = register.split('/')[0]
  return { specVersion: '1', type: 'pos.ledger', eventId, register: { id: register }, store, ...more }
}

const path = '/local/chekpost/ledger.php'

test('tells a register which of its receipts have arrived, and nothing of another register', async () => {
  await using db = await openMaria()
  await using site = await openSite(db)
  await site.register()
  await site.register({ id: 'shop-12/till-2' })
  await arrived(site, 'shop-12/till-1', drive, [1, 2, 3, 7, 9, 10])
  await arrived(site, 'shop-12/till-1', drive, [11], 'parked')
  await arrived(site, 'shop-12/till-1', drive, [12], 'dismissed')
  await arrived(site, 'shop-12/till-1', other, [5], 'ignored')
  await arrived(site, 'shop-12/till-2', drive, [4, 5, 6])

  const said = await site.post(question(), { path })
  expect(said.status).toBe(200)
  expect(said.headers['content-type']).toBe('application/json')
  expect(said.headers['set-cookie']).toBeUndefined()
  expect(said.json).toMatchObject({
    eventId: expect.stringMatching(/^LEDGER-/),
    state: 'ignored',
    register: 'shop-12/till-1',
    host: site.host,
    more: false,
    drives: [
      {
        fn: drive,
        count: 8,
        first: 1,
        last: 12,
        ranges: [
          [1, 3],
          [7, 7],
          [9, 12],
        ],
        parked: [11],
        dismissed: [12],
        next: null,
      },
      { fn: other, count: 1, first: 5, last: 5, ranges: [[5, 5]], parked: [], dismissed: [], next: null },
    ],
  })
  expect(said.json['ledgerId']).toMatch(/^[0-9a-f-]{36}$/)

  const part = await site.post(question('shop-12/till-1', { fn: drive, from: 3, to: 10 }), { path })
  expect(part.json['drives']).toMatchObject([
    {
      fn: drive,
      ranges: [
        [3, 3],
        [7, 7],
        [9, 10],
      ],
    },
  ])
})

test('a ledger with more holes than one answer holds is told in pieces, each number once', async () => {
  await using db = await openMaria()
  await using site = await openSite(db)
  await site.register()
  // Every second number: 2,600 ranges.
  await site.sql(
    `INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, state, http_status, body,
       created_at, updated_at)
     SELECT CONCAT('FN${drive}-FD', seq), REPEAT('0', 64), 'shop-12/till-1', '${drive}', seq, 'pos.sale', 'x',
       IF(seq > 5000, 'parked', 'booked'), 200, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM seq_1_to_5200_step_2`,
  )
  await arrived(site, 'shop-12/till-1', other, [1])

  const numbers: number[] = []
  const parked: number[] = []
  let scope: object = {}
  for (let piece = 0; piece < 5; piece++) {
    const said = await site.post(question('shop-12/till-1', scope), { path })
    expect(said.status).toBe(200)
    expect(said.text.length).toBeLessThan(64 * 1024)
    const drives = said.json['drives'] as {
      fn: string
      ranges: [number, number][]
      parked: number[]
      next: number | null
    }[]
    const [first] = drives
    for (const [a, b] of first?.ranges ?? []) for (let fd = a; fd <= b; fd++) numbers.push(fd)
    parked.push(...(first?.parked ?? []))
    const isCut = drives.some(({ next }) => next !== null)
    expect(said.json['more']).toBe(isCut)
    if (!isCut) break
    scope = { fn: drive, from: first?.next }
  }
  expect(numbers).toEqual(Array.from({ length: 2600 }, (_, at) => 2 * at + 1))
  expect(parked).toEqual(Array.from({ length: 100 }, (_, at) => 5001 + 2 * at))
})

test('forged, stale, foreign and broken questions are refused, and a disabled register is told so', async () => {
  await using db = await openMaria()
  await using site = await openSite(db)
  await site.register()
  await site.register({ id: 'shop-13/till-1' })
  await arrived(site, 'shop-13/till-1', drive, [1])
  const ask = async (body: object, options = {}) => (await site.post(body, { path, ...options })).status

  expect(await ask(question(), { secret: newSecret() })).toBe(401)
  expect(await ask(question(), { secret: null })).toBe(401)
  expect(await ask(question(), { timestamp: Math.floor(Date.now() / 1000) - 301 })).toBe(401)
  expect(await ask(question('shop-13/till-1'), { register: 'shop-12/till-1' })).toBe(400)
  expect(await ask(question('shop-99/till-1'))).toBe(400)
  expect(await ask(question(), { id: 'LEDGER-other' })).toBe(400)
  expect(await ask(question('shop-12/till-1', { store: 'shop-13' }))).toBe(400)
  expect(await ask(question('shop-12/till-1', { type: 'pos.stock' }))).toBe(400)
  expect(await ask(question('shop-12/till-1', { fn: "' OR 1=1 --" }))).toBe(400)
  expect(await ask(question('shop-12/till-1', { fn: drive, from: 1.5 }))).toBe(400)
  expect(await ask(question('shop-12/till-1', { fn: drive, from: '1' }))).toBe(400)
  expect(await ask(question(), { method: 'GET' })).toBe(405)
  expect(await ask(question(), { headers: { 'content-type': 'text/plain' } })).toBe(415)
  expect(await ask(question(), { headers: { host: 'dev.shop.example' } })).toBe(503)
  await site.sql("UPDATE chekpost_register SET enabled = 'N' WHERE id = 'shop-12/till-1'")
  expect(await ask(question())).toBe(410)
})
