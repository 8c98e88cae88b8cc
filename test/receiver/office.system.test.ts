import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { choice, Desk } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { tea, useShop } from './sale/shop.ts'
import { newSecret } from './site.ts'

const shop = useShop()
const page = '/local/chekpost/admin.php'

async function desk(): Promise<Desk> {
  return new Desk(await shop.site.browser(1))
}

const actions = [
  ['retry', { key: 'FN9285000100150175-FD1' }],
  ['retry-group', { group: 'x' }],
  ['apply', { key: 'FN9285000100150175-FD1' }],
  ['apply-group', { group: 'x' }],
  ['dismiss', { key: 'FN9285000100150175-FD1', note: 'x' }],
  ['dismiss-group', { group: 'x', note: 'x' }],
  ['trial-book', {}],
  ['trial-dismiss', { note: 'x' }],
  ['suspect-seen', { key: 'FN9285000100150175-FD1', note: 'x' }],
  ['map-codes', choice(0, { kind: 'name', code: 'пакет', none: 'Y' })],
  ['map-remove', { id: '1' }],
  ['map-again', { view: 'map', kind: 'name', code: 'пакет', store: '' }],
  ['map-file-apply', { bytes: Buffer.from(';название;пакет;не ведётся').toString('base64') }],
  ['register-save', { id: 'shop-12/till-9', secret: newSecret() }],
  ['register-switch', { id: 'shop-12/till-1' }],
  ['secret-add', { id: 'shop-12/till-1', secret: newSecret() }],
  [
    'settings-save',
    { ownerMail: 'x@shop.example', tradingHours: '10:00-20:00', userId: '2', responsibleId: '2' },
  ],
  ['live-off', {}],
  ['moved', { host: 'x' }],
] as const

async function everything(): Promise<string> {
  const rows = []
  for (const table of ['event', 'map', 'audit'])
    rows.push(await shop.site.sql(`SELECT * FROM chekpost_${table}`))
  // When it was seen is written after the answer.
  rows.push(
    await shop.site.sql('SELECT id, store_id, returns_store_id, secrets, enabled FROM chekpost_register'),
  )
  rows.push(await shop.site.sql("SELECT * FROM b_option WHERE MODULE_ID = 'chekpost'"))
  return JSON.stringify(rows)
}

test('only administrators see the page, and only they act on it', async () => {
  const before = await everything()
  for (const user of [2, 3]) {
    const browser = await shop.site.browser(user)
    const got = await browser.get(page)
    expect(got.status).toBe(403)
    expect(got.text).not.toContain('shop-12/till-1')
    for (const [action, fields] of actions)
      expect((await browser.post(page, { action, ...fields })).status).toBe(403)
    expect((await browser.get(`${page}?view=map&download=map`)).text).not.toContain('магазин;вид')
    expect((await browser.get('/local/chekpost/install.php')).status).toBe(403)
    expect((await browser.post('/local/chekpost/install.php', { action: 'install', sure: 'Y' })).status).toBe(
      403,
    )
  }
  const stranger = await fetch(`${shop.site.base}${page}`)
  expect(await stranger.text()).toContain('Авторизация')
  expect(await everything()).toBe(before)
})

test("a form that does not carry the session's word does nothing", async () => {
  await shop.site.post(receipt([{ name: 'Пакет' }], { fd: 1 }))
  const before = await everything()
  const browser = await shop.site.browser(1)
  for (const [action, fields] of actions)
    for (const sessid of ['', '0123456789abcdef0123456789abcdef']) {
      const answer = await browser.post(page, { action, ...fields, sessid })
      expect([action, answer.status]).toEqual([action, 403])
      expect(answer.text).toContain('Ничего не сделано')
    }
  const file = { field: 'file', name: 'a.csv', bytes: ';название;пакет;не ведётся' }
  expect((await browser.upload(page, { action: 'map-file', sessid: 'x' }, file)).status).toBe(403)
  const install = await browser.post('/local/chekpost/install.php', {
    action: 'install',
    sure: 'Y',
    sessid: 'x',
  })
  expect(install.status).toBe(403)
  // What an address may hold is shown and never done.
  for (const [action, fields] of actions) {
    const query = new URLSearchParams({ action, sessid: browser.sessid, ...fields })
    expect((await browser.get(`${page}?${query}`)).status).toBe(200)
  }
  expect(await everything()).toBe(before)
})

test('nothing that a till, the catalogue, an address or a person has written becomes markup', async () => {
  const { site } = shop
  const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>`
  await site.product({ id: 66, name: evil, xmlId: evil })
  await site.product({ id: 67, name: `${evil}2` })
  await site.store({ id: 5, title: evil })
  await site.sql('UPDATE b_user SET LOGIN = ? WHERE ID = 1', `adm${evil}`.slice(0, 50))
  await site.sql(
    "INSERT INTO chekpost_failure VALUES ('FN9285000100150175-FD9', 1, ?, UTC_TIMESTAMP())",
    evil,
  )
  await site.post(
    receipt([{ name: evil, ean: '4600000000999', unit: evil }], { fd: 9, mayBeSiteOrder: [evil] }),
  )
  await site.post(receipt([{ name: evil }], { fd: 10 }))
  const heartbeat = JSON.stringify({
    agent: { version: evil },
    device: { state: evil },
    outbox: { waiting: evil },
  })
  await site.sql('UPDATE chekpost_register SET heartbeat = ?, heartbeat_at = UTC_TIMESTAMP()', heartbeat)
  const office = await desk()
  await office.press('dismiss', { key: 'FN9285000100150175-FD10', note: evil })
  await office.press('map-codes', choice(0, { kind: 'name', code: evil, product: '66' }))
  await site.sql('UPDATE chekpost_event SET suspect = ? WHERE fd = 10', evil)
  await site.setting('ownerMail', evil)
  await site.setting('shortConfirmed', evil)

  const key = { key: 'FN9285000100150175-FD9' }
  const views = [
    'overview',
    'parked',
    'codes',
    'map',
    'registers',
    'suspects',
    'documents',
    'audit',
    'settings',
    'check',
  ]
  const pages = await Promise.all([
    ...views.map((view) => office.see(view)),
    ...[key, { key: 'FN9285000100150175-FD10' }, { key: evil }].map((query) => office.see('receipt', query)),
    office.see('group', { group: evil }),
    office.see('registers', { id: 'shop-12/till-1' }),
    office.see('map', { find: evil, page: evil, said: evil, n: evil }),
    office.press('settings-save', {
      view: 'settings',
      ownerMail: evil,
      tradingHours: evil,
      articleProperty: evil,
    }),
    office.press('map-codes', { view: evil, ...choice(0, { kind: 'name', code: evil, product: evil }) }),
    office.press(evil, { view: evil }),
    office.upload(`${evil};${evil};${evil};${evil}`),
  ])
  for (const { html } of pages) {
    expect(html).not.toContain('<script')
    expect(html).not.toContain('<img')
    // With the quoted values taken out, only the names of attributes are left within the marks.
    expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\s(?:src|on\w+)=/)
  }
  expect(pages[1]?.html).toContain('&lt;script&gt;')
  expect(await shop.state('FN9285000100150175-FD10')).toBe('dismissed')
  await site.sql('UPDATE chekpost_event SET suspect = NULL')
})

test('the page needs no script and nothing from elsewhere', async () => {
  const office = await desk()
  const { html } = await office.see('overview')
  expect(html).not.toMatch(/<script|<link|@import|url\(|https?:\/\//)
  // And no other site may frame it.
  expect((await office.browser.get(page)).headers['x-frame-options']).toBe('SAMEORIGIN')
})

test('every phrase by which the program says why a line moves is told in Russian', async () => {
  const sources = ['stock', 'storno']
    .map((name) => readFileSync(`agent/fiscal/${name}.ts`, 'utf8'))
    .join('\n')
  const phrases = [...sources.matchAll(/'([a-z]+ [^'\n]*|[a-z]+, [^'\n]*)'/g)].map(
    ([, phrase]) => phrase ?? '',
  )
  expect(phrases.length).toBeGreaterThan(25)
  const told =
    await shop.site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
    return array_map([Chekpost\\Office\\Phrases::class, 'why'], ${JSON.stringify([...phrases, `${phrases[0]} (assumed)`])});`)
  for (const text of told as string[]) expect(text).not.toMatch(/[a-z]/)
})

test('the overview tells what every register does, and two installations of one are red', async () => {
  const { site } = shop
  await site.register({ id: 'shop-12/till-2', storeId: null })
  await site.register({ id: 'shop-12/till-3', enabled: false })
  const beat = (instance: string, minute: number) =>
    site.post(
      {
        specVersion: '1',
        type: 'pos.heartbeat',
        eventId: `HB-shop-12/till-1-${minute}`,
        register: { id: 'shop-12/till-1' },
        store: 'shop-12',
        agent: { version: '0.2.0', instance },
        device: { state: 'lost' },
        outbox: { waiting: 3, oldestSeconds: 5400, parked: 2, gaps: 0 },
        clockOffsetSeconds: 180,
      },
      { headers: { 'chekpost-instance': instance } },
    )
  expect((await beat('first0001', 1)).status).toBe(200)
  const office = await desk()
  const one = await office.see('overview')
  expect(one.text).toMatch(/shop-12\/till-1 касса не отвечает/)
  expect(one.text).toContain('3, старший 1 ч 30 мин')
  expect(one.text).toContain('отложено на кассе: 2')
  expect(one.text).toContain('часы: 180 с')
  expect(one.text).toContain('0.2.0')
  expect(one.text).toMatch(/shop-12\/till-2 нет склада/)
  expect(one.text).toMatch(/shop-12\/till-3 отключена/)

  expect((await beat('second002', 2)).status).toBe(200)
  const two = await office.see('overview')
  expect(two.html).toMatch(/cp-bad">две программы сразу/)
  // One of them has ended: it has not been heard of for two heartbeats.
  const long = new Date(Date.now() - 1_600_000).toISOString()
  await site.sql(
    'UPDATE chekpost_register SET instances = ? WHERE id = ?',
    JSON.stringify({
      first0001: { at: long, accepted: 5 },
      second002: { at: new Date().toISOString(), accepted: 0 },
    }),
    'shop-12/till-1',
  )
  expect((await office.see('overview')).text).not.toContain('две программы')
})

test('the person at the page stays who he is while receipts are booked', async () => {
  const { site } = shop
  await site.post(receipt([{ ...tea, ean: '4600000000123' }], { fd: 1 }))
  const office = await desk()
  const done = await office.press(
    'map-codes',
    choice(0, { kind: 'ean', code: '4600000000123', product: '7' }),
  )
  expect(done.text).toContain('Записано связей: 1')
  expect(await shop.state('FN9285000100150175-FD1')).toBe('booked')
  expect((await office.see('settings')).status).toBe(200)
  const [document] = await site.sql('SELECT CREATED_BY, RESPONSIBLE_ID FROM b_catalog_store_docs')
  expect(document).toEqual({ CREATED_BY: '2', RESPONSIBLE_ID: '2' })
  expect(await site.value("SELECT who FROM chekpost_audit WHERE action = 'map'")).toBe('admin [1]')
})

test('a copy of the site shows everything and does nothing', async () => {
  const { site } = shop
  await site.post(receipt([{ name: 'Пакет' }], { fd: 1 }))
  const before = await everything()
  const copy = new Desk(await site.browser(1), { host: 'dev.shop.example' })
  const overview = await copy.see('overview')
  expect(overview.text).toContain('Это копия сайта')
  for (const [action, fields] of actions) {
    const said = await copy.press(action, fields)
    expect([action, said.status]).toEqual([action, 422])
  }
  expect(await everything()).toBe(before)

  const moved = await copy.press('moved', { host: 'dev.shop.example', view: 'settings' })
  expect(moved.text).toContain('Новый адрес подтверждён')
  expect(await site.value("SELECT VALUE FROM b_option WHERE MODULE_ID = 'chekpost' AND NAME = 'host'")).toBe(
    'dev.shop.example',
  )
})
