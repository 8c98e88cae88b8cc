import { expect, test } from 'vitest'
import { command, Desk } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { tea, useShop } from './sale/shop.ts'
import { newSecret } from './site.ts'

const shop = useShop()
const till = 'shop-12/till-1'

async function desk(): Promise<Desk> {
  return new Desk(await shop.site.browser(1))
}

const option = (name: string) =>
  shop.site.value("SELECT VALUE FROM b_option WHERE MODULE_ID = 'chekpost' AND NAME = ?", name)

test('a register is added with its secret and store, and speaks at once', async () => {
  const { site } = shop
  const office = await desk()
  const secret = newSecret()
  const added = await office.press('register-save', { id: 'shop-20/till-1', secret, store: '2', returns: '' })
  expect(added.text).toContain('Касса сохранена')
  expect(added.html).not.toContain(secret)
  const said = await site.post(receipt([tea], { register: 'shop-20/till-1' }), {
    register: 'shop-20/till-1',
    secret,
  })
  expect(said.json).toMatchObject({ state: 'booked' })
  expect(await site.amount(7, 2)).toBe('3')

  const refused = async (fields: Record<string, string>) => (await office.press('register-save', fields)).text
  expect(await refused({ id: 'Касса 1', secret })).toContain('Имя кассы')
  expect(await refused({ id: 'shop-20/till-2', secret: 'пароль' })).toContain('Это не секрет')
  expect(await refused({ id: 'shop-20/till-2', secret: `${secret} x` })).toContain('Это не секрет')
  expect(await refused({ id: 'shop-20/till-2', secret: 'whsec_c2hvcnQ=' })).toContain('В секрете 5 байт')
  expect(await refused({ id: 'shop-20/till-2', secret, store: '99' })).toContain('Склада 99 на сайте нет')
  expect(await site.value('SELECT COUNT(*) FROM chekpost_register')).toBe('2')
})

test('a secret rotates without a receipt lost: both fit until the old one is removed', async () => {
  const { site } = shop
  const office = await desk()
  const old = JSON.parse((await site.value('SELECT secrets FROM chekpost_register')) ?? '[]')[0].secret
  const fresh = newSecret()
  const fits = async (secret: string) => (await site.post(receipt([tea]), { secret })).status
  expect(await fits(fresh)).toBe(401)
  expect((await office.press('secret-add', { id: till, secret: fresh })).text).toContain('Секрет добавлен')
  expect((await office.press('secret-add', { id: till, secret: fresh })).text).toContain('уже есть')
  expect([await fits(old), await fits(fresh)]).toEqual([200, 200])
  const page = await office.see('registers', { id: till })
  expect(page.html).not.toContain(old.slice(6, 30))
  const prints = [...page.html.matchAll(/name="print" value="([0-9a-f]{8})"/g)].map(
    ([, print]) => print ?? '',
  )
  expect(prints).toHaveLength(2)
  await office.press('secret-remove', { id: till, print: prints[0] ?? '' })
  expect([await fits(old), await fits(fresh)]).toEqual([401, 200])
  expect((await office.press('secret-remove', { id: till, print: prints[1] ?? '' })).text).toContain(
    'последний секрет',
  )
  const details = await site.sql(
    "SELECT action, detail FROM chekpost_audit WHERE action LIKE 'secret-%' ORDER BY id",
  )
  expect(details.map(({ action }) => action)).toEqual(['secret-added', 'secret-removed'])
  expect(JSON.stringify(details)).not.toContain('whsec_')
})

test('a disabled register is told so, and a store chosen later books what waited for it', async () => {
  const { site } = shop
  await site.sql('UPDATE chekpost_register SET store_id = NULL')
  await site.post(receipt([tea], { fd: 1 }))
  expect(await shop.state('FN9285000100150175-FD1')).toBe('parked')
  const office = await desk()
  await office.press('register-save', { id: till, store: '1', returns: '2' })
  expect(await shop.state('FN9285000100150175-FD1')).toBe('booked')
  await site.post(receipt([tea], { fd: 2, operation: 2 }))
  expect([await site.amount(7, 1), await site.amount(7, 2)]).toEqual(['4', '5'])
  await office.press('register-switch', { id: till })
  expect((await site.post(receipt([tea]))).status).toBe(410)
  await office.press('register-switch', { id: till })
  expect((await site.post(receipt([tea]))).status).toBe(200)
})

test('settings are checked before they are kept, and what was typed is not lost', async () => {
  const office = await desk()
  const sound = {
    view: 'settings',
    ownerMail: 'boss@shop.example',
    tradingHours: '10:00-22:00',
    articleProperty: 'CML2_ARTICLE',
    clearTagCache: 'Y',
    userId: '2',
    responsibleId: '3',
  }
  expect((await office.press('settings-save', sound)).text).toContain('Настройки сохранены')
  expect([await option('ownerMail'), await option('clearTagCache'), await option('responsibleId')]).toEqual([
    'boss@shop.example',
    'Y',
    '3',
  ])
  for (const [wrong, says] of [
    [{ ownerMail: 'boss@' }, 'написана неверно'],
    [{ tradingHours: '9-21' }, '09:00-21:00'],
    [{ tradingHours: '25:00-26:00' }, '09:00-21:00'],
    [{ articleProperty: "X' OR '1" }, 'Код свойства'],
    [{ userId: '77' }, 'пользователя 77 на сайте нет'],
  ] as const) {
    const refused = await office.press('settings-save', {
      ...sound,
      ...wrong,
      ownerMail: 'other@shop.example',
      ...wrong,
    })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain(says)
    expect(refused.html).toContain(`value="${Object.values(wrong)[0]?.replace(/'/g, '&apos;')}"`)
  }
  expect(await option('ownerMail')).toBe('boss@shop.example')
})

test('the site is not live before a sale below zero can be booked', async () => {
  const { site } = shop
  await site.setting('live', 'N')
  const office = await desk()
  const tries = async () => (await office.press('live-on', { view: 'settings' })).text

  await site.option('catalog', 'check_rights_on_decrease_store_quantity', 'D')
  expect(await tries()).toContain('запрещён всем')
  await site.option('catalog', 'check_rights_on_decrease_store_quantity', 'E')
  expect(await tries()).toContain('этого права для списаний нет')
  await site.option('catalog', 'check_rights_on_decrease_store_quantity', 'N')
  await site.option('catalog', 'allow_negative_amount', 'N')
  expect(await tries()).toContain('отрицательный остаток запрещён')
  expect(await option('live')).toBe('N')
  expect((await command(site, 'live', '--yes')).code).toBe(1)
  expect(await option('live')).toBe('N')

  await site.option('catalog', 'allow_negative_amount', 'Y')
  expect(await tries()).toContain('Приём включён')
  await office.press('live-off')
  expect(await option('live')).toBe('N')
  await site.option('catalog', 'check_rights_on_decrease_store_quantity', 'E')
  await site.mayGoBelow(2, 'D')
  expect(await tries()).toContain('Приём включён')
  expect(await option('shortConfirmed')).toBe('')
})

test('without that, only the owner can have such receipts wait: by his name and the sentence', async () => {
  const { site } = shop
  await site.setting('live', 'N')
  const office = await desk()
  const sentence = 'Чеки, на которые не хватает остатка, ждут человека.'
  const on = async (name: string, words: string) =>
    await office.press('live-on', { view: 'settings', name, sentence: words })
  for (const [name, words] of [
    ['Иванов Иван', ''],
    ['', sentence],
    ['Иванов Иван', 'да'],
    ['Я', sentence],
  ] as const) {
    expect((await on(name, words)).status).toBe(422)
    expect(await option('live')).toBe('N')
  }
  expect((await on('Иванов Иван', sentence)).text).toContain('Приём включён')
  expect(await option('live')).toBe('Y')
  expect(await option('shortConfirmed')).toMatch(/^Иванов Иван, \d\d\.\d\d\.\d{4} .*ждут человека/)
  expect(
    await site.sql(
      "SELECT who, action FROM chekpost_audit WHERE action IN ('short-confirmed', 'live-on') ORDER BY id",
    ),
  ).toEqual([
    { who: 'admin [1]', action: 'short-confirmed' },
    { who: 'admin [1]', action: 'live-on' },
  ])
  // And so they do.
  expect((await site.post(receipt([{ ...tea, quantity: '6' }]))).json).toMatchObject({ state: 'parked' })
  expect((await office.see('settings')).text).toContain('Нехватку подтвердил Иванов Иван')
})

test('the site is not live on tables that cannot take back what they wrote', async () => {
  const { site } = shop
  await site.setting('live', 'N')
  await site.option('catalog', 'allow_negative_amount', 'Y')
  await site.sql('ALTER TABLE b_catalog_store_product ENGINE = MyISAM')
  const office = await desk()
  try {
    const refused = await office.press('live-on', { view: 'settings' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('b_catalog_store_product (MyISAM)')
    expect(await option('live')).toBe('N')
  } finally {
    await site.sql('ALTER TABLE b_catalog_store_product ENGINE = InnoDB')
  }
})
