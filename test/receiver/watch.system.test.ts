import { beforeEach, expect, test } from 'vitest'
import { command } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { tea, useShop } from './sale/shop.ts'

const shop = useShop()
const till = 'shop-12/till-1'

beforeEach(async () => {
  const { site } = shop
  await command(site, 'install', '--host', site.host, '--hours', '00:00-24:00', '--yes')
  await site.sql('DELETE FROM fake_mail')
})

/** The register was heard so many minutes ago. */
async function heard(minutes: number, register = till): Promise<void> {
  await shop.site.sql(
    'UPDATE chekpost_register SET seen_at = DATE_SUB(UTC_TIMESTAMP(), INTERVAL ? MINUTE), heartbeat_at = NULL WHERE id = ?',
    minutes,
    register,
  )
}

/** The agent runs, as cron would run it; the letters that it sent. */
async function look(): Promise<{ subject: string; body: string; recipient: string }[]> {
  const { site } = shop
  const last = (await site.value('SELECT COALESCE(MAX(id), 0) FROM fake_mail')) ?? '0'
  await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
  await site.agents()
  const rows = await site.sql('SELECT recipient, subject, body FROM fake_mail WHERE id > ? ORDER BY id', last)
  return rows.map((row) => ({
    recipient: row['recipient'] ?? '',
    subject: row['subject'] ?? '',
    body: row['body'] ?? '',
  }))
}

test('two hours of silence in trading hours are told once, with what to do; the next silence again', async () => {
  const { site } = shop
  expect(await look()).toEqual([]) // It has never reported: nobody waits for it yet.
  await heard(119)
  expect(await look()).toEqual([])
  await heard(121)
  const [letter, ...more] = await look()
  expect(more).toEqual([])
  expect(letter?.recipient).toBe('owner@shop.example')
  expect(letter?.subject).toBe(`[${site.host}] Кассы молчат: ${till}`)
  expect(letter?.body).toContain('Что сделать')
  expect(letter?.body).toContain(`${till}: последний раз`)
  expect(await look()).toEqual([])
  await site.post(receipt([tea]))
  expect(await look()).toEqual([])
  await heard(150)
  expect(await look()).toHaveLength(1)
  expect(await site.value("SELECT COUNT(*) FROM chekpost_audit WHERE action = 'watch'")).toBe('2')
})

test('a heartbeat is no silence; many silent registers are one letter; a disabled one is none', async () => {
  const { site } = shop
  for (const at of [2, 3, 4]) await site.register({ id: `shop-12/till-${at}` })
  await heard(200)
  await site.sql('UPDATE chekpost_register SET heartbeat_at = UTC_TIMESTAMP() WHERE id = ?', till)
  await heard(200, 'shop-12/till-2')
  await heard(300, 'shop-12/till-3')
  await heard(300, 'shop-12/till-4')
  await site.sql("UPDATE chekpost_register SET enabled = 'N' WHERE id = 'shop-12/till-4'")
  const letters = await look()
  expect(letters.map(({ subject }) => subject)).toEqual([
    `[${site.host}] Кассы молчат: shop-12/till-2, shop-12/till-3`,
  ])
})

test('a closed shop is not silent', async () => {
  const { site } = shop
  const hour = Number(await site.php('return date("G");'))
  const at = (hours: number) => `${String((hour + hours + 48) % 24).padStart(2, '0')}:00`
  await heard(12 * 60)
  await site.setting('tradingHours', `${at(2)}-${at(6)}`) // Opens in two hours.
  expect(await look()).toEqual([])
  await site.setting('tradingHours', `${at(0)}-${at(6)}`) // Has opened less than an hour ago.
  expect(await look()).toEqual([])
  await site.setting('tradingHours', `${at(-3)}-${at(6)}`) // Has been open for three hours.
  expect(await look()).toHaveLength(1)
})

test('after seven and after twenty days the owner is told that receipts will become unreadable', async () => {
  const { site } = shop
  const day = 24 * 60
  await heard(7 * day + 5)
  const [silent, seven] = await look()
  expect(silent?.subject).toContain('Кассы молчат')
  expect(seven?.subject).toBe(`[${site.host}] Чеки скоро станут нечитаемы: ${till}`)
  expect(seven?.body).toContain('больше 7 дней')
  expect(await look()).toEqual([])
  // The same silence goes on: its beginning stays, the days pass.
  await site.sql('UPDATE chekpost_register SET seen_at = DATE_SUB(seen_at, INTERVAL 13 DAY)')
  const later = await site.value(
    'SELECT UNIX_TIMESTAMP(CONVERT_TZ(seen_at, "+00:00", @@session.time_zone)) FROM chekpost_register',
  )
  await site.sql(
    'UPDATE chekpost_register SET alarmed = ?',
    JSON.stringify({ silent: Number(later), days7: Number(later) }),
  )
  const letters = await look()
  expect(letters.map(({ body }) => body.includes('больше 20 дней'))).toEqual([true])
  expect(await look()).toEqual([])
})

test('receipts that have waited for a day are told of once a day, those of the trial not at all', async () => {
  const { site } = shop
  await site.post(receipt([{ name: 'Пакет' }]))
  await site.post(receipt([{ ...tea, quantity: '99' }]))
  expect(await look()).toEqual([])
  await site.sql('UPDATE chekpost_event SET created_at = DATE_SUB(created_at, INTERVAL 25 HOUR)')
  const [letter, ...more] = await look()
  expect(more).toEqual([])
  expect(letter?.subject).toContain('Ждут решения: 2')
  expect(letter?.body).toContain('– товар не найден: 1')
  expect(letter?.body).toContain('/local/chekpost/admin.php')
  expect(await look()).toEqual([])
  await site.setting('parkedMailed', String(Math.floor(Date.now() / 1000) - 86_401))
  expect(await look()).toHaveLength(1)

  await site.sql('DELETE FROM chekpost_event')
  await site.setting('parkedMailed', '0')
  await site.setting('live', 'N')
  await site.post(receipt([tea]))
  await site.sql('UPDATE chekpost_event SET created_at = DATE_SUB(created_at, INTERVAL 25 HOUR)')
  expect(await look()).toEqual([])
})

test('other facts under a known number are told of, once', async () => {
  const { site } = shop
  await site.post(receipt([tea], { fd: 1 }))
  expect((await site.post(receipt([tea], { fd: 1, fpd: '1111111111' }))).status).toBe(422)
  const [letter] = await look()
  expect(letter?.subject).toContain('FN9285000100150175-FD1')
  expect(letter?.body).toContain('Смените секрет кассы')
  expect(await look()).toEqual([])
})

test('a copy of the site, under another host or in another place, writes to nobody', async () => {
  const { site } = shop
  await heard(300)
  await site.setting('place', 'elsewhere')
  expect(await look()).toEqual([])
  // On a hit the host tells.
  await site.setting('host', 'shop.example')
  await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
  await site.setting('watchedAt', '0')
  await (await site.browser(1)).get('/local/chekpost/admin.php')
  expect(await site.value('SELECT COUNT(*) FROM fake_mail')).toBe('0')
  expect(await site.value("SELECT VALUE FROM b_option WHERE NAME = 'watchedAt'")).toBe('0')
  await site.setting('host', site.host)
  await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
  await (await site.browser(1)).get('/local/chekpost/admin.php')
  expect(await site.value('SELECT COUNT(*) FROM fake_mail')).toBe('1')
  expect(Number(await site.value("SELECT VALUE FROM b_option WHERE NAME = 'watchedAt'"))).toBeGreaterThan(1e9)
})

test('without an address nothing is lost: the letter goes once there is one', async () => {
  const { site } = shop
  await heard(300)
  await site.setting('ownerMail', '')
  expect(await look()).toEqual([])
  await site.setting('ownerMail', 'boss@shop.example')
  expect((await look()).map(({ recipient }) => recipient)).toEqual(['boss@shop.example'])
})

test('an agent that cannot work this time breaks no page of the site and comes again', async () => {
  const { site } = shop
  await site.sql('RENAME TABLE chekpost_register TO chekpost_gone; UPDATE b_agent SET NEXT_EXEC = NOW()')
  await expect(site.agents()).resolves.toBeUndefined()
  await site.sql('RENAME TABLE chekpost_gone TO chekpost_register')
  expect(await site.value("SELECT COUNT(*) FROM b_agent WHERE NAME LIKE '%Watch/agent.php%'")).toBe('1')
})
