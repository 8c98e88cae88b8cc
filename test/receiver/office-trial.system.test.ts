import { expect, test } from 'vitest'
import { choice, Desk } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { tea, useShop } from './sale/shop.ts'

const shop = useShop()
const key = (fd: number) => `FN9285000100150175-FD${fd}`

async function desk(): Promise<Desk> {
  return new Desk(await shop.site.browser(1))
}

/** The agents run, as on the next visitor's hit. */
async function runAgents(): Promise<void> {
  await shop.site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
  await shop.site.agents()
}

const pie = { kind: 'name', code: 'пирожок', product: '9', factor: '' }

test('a code tied after going live books no receipt of the trial until a person books the trial', async () => {
  const { site } = shop
  await site.setting('live', 'N')
  await site.post(receipt([{ name: 'Пирожок' }, { ...tea, quantity: '2' }], { fd: 1 }))
  await site.setting('live', 'Y')
  await site.post(receipt([{ name: 'Пирожок' }], { fd: 2 }))
  const office = await desk()
  await office.press('map-codes', { view: 'codes', store: '', ...choice(0, pie) })
  await runAgents()
  expect([await shop.state(key(1)), await shop.state(key(2))]).toEqual(['parked', 'booked'])
  expect(await site.amount(7, 1)).toBe('5')
  expect(await site.value('SELECT retry_at FROM chekpost_event WHERE fd = 1')).toBeNull()

  await office.press('trial-book')
  expect(await shop.state(key(1))).toBe('booked')
  expect([await site.amount(7, 1), await site.amount(9, 1)]).toEqual(['3', '8'])
})

test('a file of mappings and a store given to a register book no receipt of the trial either', async () => {
  const { site } = shop
  await site.register({ storeId: null })
  await site.setting('live', 'N')
  await site.post(receipt([tea], { fd: 1 }))
  await site.post(receipt([{ name: 'Пирожок' }], { fd: 2 }))
  await site.setting('live', 'Y')
  const office = await desk()
  await office.press('register-save', { view: 'registers', id: 'shop-12/till-1', store: '1', returns: '0' })
  const bytes = Buffer.from(';название;Пирожок;9;;').toString('base64')
  await office.press('map-file-apply', { view: 'map', bytes })
  await runAgents()
  expect([await shop.state(key(1)), await shop.state(key(2))]).toEqual(['parked', 'parked'])
  expect([await site.amount(7, 1), await site.amount(9, 1)]).toEqual(['5', '10'])
})

test('during the trial a code once tied is no longer asked for, and the receipt says what it still lacks', async () => {
  const { site } = shop
  await site.setting('live', 'N')
  await site.post(receipt([{ name: 'Пирожок' }, { name: 'Пакет' }], { fd: 1 }))
  const office = await desk()
  await office.press('map-codes', { view: 'codes', store: '', ...choice(0, pie) })
  const codes = await office.see('codes')
  expect(codes.text).toContain('Пакет')
  expect(codes.text).not.toContain('Пирожок')
  expect(await shop.state(key(1))).toBe('parked')
  expect(await site.value('SELECT retry_at FROM chekpost_event WHERE fd = 1')).toBeNull()

  // Live by now: the receipt is not looked at again, and its code is known all the same.
  await site.setting('live', 'Y')
  const bag = { kind: 'name', code: 'пакет', none: 'Y' }
  await office.press('map-codes', { view: 'codes', store: '', ...choice(0, bag) })
  expect((await office.see('codes')).text).toContain('Незнакомых кодов нет')
  expect(await shop.state(key(1))).toBe('parked')
  await office.press('retry', { key: key(1) })
  expect(await shop.state(key(1))).toBe('booked')
})
