import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { type Maria, newSecret, openMaria, openSite, type Site, type SiteOptions } from './site.ts'

let db: Maria
beforeAll(async () => {
  db = await openMaria()
})
afterAll(async () => await db[Symbol.asyncDispose]())

async function bareSite(options: SiteOptions = {}): Promise<Site> {
  const site = await openSite(db, { installed: false, ...options })
  await site.store({ id: 1 })
  await site.product({ id: 7, amount: { 1: 5 }, barcode: '4601234567893' })
  return site
}

/** Everything of the site but the check words of sessions. */
async function state(site: Site): Promise<string> {
  const [tables, options, handlers, agents] = [
    await site.sql(
      'SELECT TABLE_NAME t, ENGINE e FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
    ),
    await site.sql('SELECT * FROM b_option ORDER BY 1, 2'),
    await site.sql('SELECT * FROM b_module_to_module ORDER BY ID'),
    await site.sql('SELECT NAME FROM b_agent ORDER BY ID'),
  ]
  return JSON.stringify({ tables, options, handlers, agents })
}

const line = (text: string, title: string) =>
  text.split('\n').find((one) => one.includes(`] ${title}:`)) ?? `nothing about ${title} in ${text}`

async function settings(site: Site): Promise<Record<string, string | null>> {
  const rows = await site.sql("SELECT NAME, VALUE FROM b_option WHERE MODULE_ID = 'chekpost'")
  return Object.fromEntries(rows.map((row) => [row['NAME'] ?? '', row['VALUE'] ?? null]))
}

test('the check reads a bare site and leaves it as it was', async () => {
  await using site = await bareSite()
  const before = await state(site)
  const { code, text } = await command(site, 'check')
  expect(code).toBe(1)
  for (const title of [
    'PHP',
    'Модуль catalog',
    'Складской учёт',
    'Редакция',
    'Тип таблиц',
    'Откат',
    'Часы',
    'Письма',
  ])
    expect(line(text, title)).toMatch(/^\[(?:хорошо|внимание)\]/)
  expect(line(text, 'Технический пользователь')).toContain('[неверно]')
  expect(text).toContain('→ заведите на сайте отдельного пользователя')
  const commands = text.match(/php local\/chekpost\/install\.php .*/g)
  expect(commands).toEqual(['php local/chekpost/install.php install --user НОМЕР --host shop.example --yes'])
  expect((await command(site, 'install', '--user', '2', '--host', site.host)).text).toContain(
    'Ничего не записано',
  )
  expect(await state(site)).toBe(before)
})

test('installed, it books; installed again, it is the same ledger', async () => {
  await using site = await bareSite()
  const { code, text } = await command(
    site,
    'install',
    '--user',
    '2',
    '--host',
    site.host,
    '--mail',
    'a@b.example',
    '--yes',
  )
  expect([code, text]).toEqual([0, expect.stringContaining('Установлено')])
  const first = await settings(site)
  expect(first).toMatchObject({
    host: site.host,
    booking: 'documents',
    userId: '2',
    responsibleId: '2',
    live: 'N',
    ownerMail: 'a@b.example',
    ledgerId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  })
  const secret = newSecret()
  const added = await command(
    site,
    'register',
    'add',
    'shop-12/till-1',
    '--store-id',
    '1',
    '--secret',
    secret,
  )
  expect(added.code).toBe(0)
  expect((await command(site, 'register', 'list')).text).toMatch(
    /shop-12\/till-1 .*склад 1 .*включена .*не была/,
  )
  const said = () => site.post(receipt([{ ean: '4601234567893' }]), { secret })
  expect((await said()).json).toMatchObject({ state: 'parked', reasonCodes: ['trial'] })
  const sentence = 'чеки, на которые не хватает остатка, ждут человека'
  const { text: refusal } = await command(site, 'live', '--yes')
  expect(refusal).toContain(`live --yes --name "Имя Фамилия" --sentence "${sentence}"`)
  expect(refusal).toMatch(/\(allow_negative_amount = N\)\. В настройках модуля/)
  await site.option('catalog', 'allow_negative_amount', 'Y')
  expect((await command(site, 'live', '--yes')).code).toBe(0)
  expect((await said()).json).toMatchObject({ state: 'booked', ledgerId: first['ledgerId'] })
  expect((await command(site, 'check')).code).toBe(0)

  expect((await command(site, 'install', '--yes')).code).toBe(0)
  expect(await settings(site)).toEqual({ ...first, live: 'Y', watchedAt: expect.any(String) })
  expect(await site.value("SELECT COUNT(*) FROM b_module_to_module WHERE TO_CLASS LIKE 'Chekpost%'")).toBe(
    '4',
  )
  expect(await site.value("SELECT COUNT(*) FROM b_agent WHERE NAME LIKE '%chekpost%'")).toBe('1')
})

test('uninstalled, it leaves the ledger unless told otherwise, and finds it again', async () => {
  await using site = await bareSite()
  const before = await state(site)
  await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  await command(site, 'register', 'add', 'shop-12/till-1', '--store-id', '1')
  const { ledgerId } = await settings(site)
  const installed = await state(site)
  expect((await command(site, 'uninstall')).text).toContain('Ничего не убрано')
  expect(await state(site)).toBe(installed)

  expect((await command(site, 'uninstall', '--yes')).text).toContain('журнал чеков остался')
  expect(await settings(site)).toEqual({})
  expect(await site.value("SELECT COUNT(*) FROM b_module_to_module WHERE TO_CLASS LIKE 'Chekpost%'")).toBe(
    '0',
  )
  expect(await site.value("SELECT COUNT(*) FROM b_agent WHERE NAME LIKE '%chekpost%'")).toBe('0')
  expect(await site.value('SELECT COUNT(*) FROM chekpost_register')).toBe('1')

  await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  expect((await settings(site))['ledgerId']).toBe(ledgerId)
  expect((await command(site, 'uninstall', '--yes', '--drop-ledger')).text).toContain('вместе с журналом')
  expect(await state(site)).toBe(before)
})

test('what makes booking impossible is named, and nothing is installed on it', async () => {
  await using site = await bareSite({ myisam: ['b_catalog_store_product', 'b_option'] })
  const before = await state(site)
  const install = async () => await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  const refused = await install()
  expect(refused.code).toBe(1)
  expect(line(refused.text, 'Тип таблиц')).toMatch(
    /^\[неверно\] .*b_catalog_store_product \(MyISAM\), b_option \(MyISAM\)/,
  )
  expect(refused.text).toContain('ALTER TABLE b_catalog_store_product ENGINE=InnoDB;')
  expect(await state(site)).toBe(before)

  await site.sql('ALTER TABLE b_catalog_store_product ENGINE=InnoDB; ALTER TABLE b_option ENGINE=InnoDB')
  await site.fault('module_missing:catalog', 'yes')
  const missing = await install()
  expect(missing.code).toBe(1)
  expect(line(missing.text, 'Модуль catalog')).toContain('[неверно]')
  await site.heal()
  await site.option('catalog', 'is_external_catalog', 'Y')
  expect(line((await install()).text, 'Учёт в 1С')).toContain('[неверно]')
  await site.option('catalog', 'is_external_catalog', 'N')
  await site.option('catalog', 'once_inventory_management', 'Y')
  expect(line((await install()).text, 'Учёт в 1С')).toContain('[неверно]')
  await site.option('catalog', 'once_inventory_management', 'N')
  expect((await command(site, 'install', '--host', site.host, '--user', '99', '--yes')).text).toContain(
    'пользователя 99 нет',
  )
  expect((await command(site, 'install', '--user', '2', '--yes')).text).toContain(
    '[неверно] Адрес сайта: не известен',
  )
  expect(await settings(site)).toEqual({})
  expect((await install()).code).toBe(0)
})

test('without store control it books the quantity alone, and never switches it on', async () => {
  await using site = await bareSite()
  await site.option('catalog', 'default_use_store_control', 'N')
  const { code, text } = await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  expect(code).toBe(0)
  expect(line(text, 'Складской учёт')).toContain('изменит только количество')
  expect((await settings(site))['booking']).toBe('quantity')
  expect(await site.value("SELECT VALUE FROM b_option WHERE NAME = 'default_use_store_control'")).toBe('N')
  expect((await command(site, 'live', '--yes')).code).toBe(0)
  const secret = newSecret()
  await command(site, 'register', 'add', 'shop-12/till-1', '--store-id', '1', '--secret', secret)
  const said = await site.post(receipt([{ ean: '4601234567893', quantity: '6' }]), { secret })
  expect(said.json).toMatchObject({ state: 'booked', booking: 'quantity' })
  expect(await site.quantity(7)).toBe('-1')

  // Somebody switches it on: the check says so, and only a new installation changes the way of booking.
  await site.option('catalog', 'default_use_store_control', 'Y')
  expect(line((await command(site, 'check')).text, 'Складской учёт')).toContain('[неверно]')
  expect((await settings(site))['booking']).toBe('quantity')
  await command(site, 'install', '--yes')
  expect((await settings(site))['booking']).toBe('documents')
})

test('each thing that will make receipts wait or be lost sight of is named with its remedy', async () => {
  await using site = await bareSite()
  await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  await command(site, 'register', 'add', 'shop-12/till-1', '--store-id', '1')
  const says = async (title: string) => {
    const { text } = await command(site, 'check')
    return line(text, title)
  }
  expect(await says('Письма')).toContain('[внимание]')
  await site.setting('ownerMail', 'a@b.example')
  expect(await says('Письма')).toContain('[хорошо]')
  expect(await says('Продажа в минус')).toContain('[внимание]')
  await site.option('catalog', 'allow_negative_amount', 'Y')
  expect(await says('Продажа в минус')).toContain('[хорошо]')
  await site.product({ id: 8, negative: 'N' })
  expect(await says('Продажа в минус')).toMatch(/\[внимание\].*у 1.товара/)

  await site.sql("UPDATE b_catalog_store SET ACTIVE = 'N'")
  expect(await says('Кассы и склады')).toContain('склад 1 отключён')
  await site.sql("UPDATE b_catalog_store SET ACTIVE = 'Y'")
  await site.sql("UPDATE b_user SET ACTIVE = 'N' WHERE ID = 2")
  expect(await says('Технический пользователь')).toContain('отключён')
  await site.sql("UPDATE b_user SET ACTIVE = 'Y' WHERE ID = 2")
  await site.setting('userId', '1')
  expect(await says('Технический пользователь')).toContain('администратор')
  await site.setting('userId', '2')

  await site.fault('feature_off', 'yes')
  expect(await says('Редакция')).toContain('[неверно]')
  await site.heal()
  await site.option('sale', 'last_export_time_committed_/bitrix/admin/1c_excha', '1700000000')
  expect(await says('Обмен заказами с 1С')).toMatch(/\[внимание\].*пакетной.*частичной/)
  await site.option('catalog', 'default_use_store_control', 'N')
  expect(await says('Обмен заказами с 1С')).toContain('[хорошо]')
  await site.option('catalog', 'enable_reservation', 'Y')
  expect(await says('Обмен заказами с 1С')).toContain('[внимание]')
  await site.option('catalog', 'default_use_store_control', 'Y')
  await site.fault('module_missing:sale', 'yes')
  expect(await says('Модуль sale')).toContain('[внимание]')
  await site.heal()

  mkdirSync(join(site.documentRoot, 'local/chekpost/tests'))
  expect(await says('Папка tests')).toContain('[неверно]')
  await site.sql('DELETE FROM b_agent')
  expect(await says('Сторож')).toContain('[неверно]')
  await command(site, 'install', '--yes')
  expect(await says('Сторож')).toContain('[хорошо]')
  await site.setting('watchedAt', String(Math.floor(Date.now() / 1000) - 3700))
  expect(await says('Сторож')).toMatch(/\[внимание\].*не работал больше часа/)
  await site.sql('ALTER TABLE chekpost_event DROP COLUMN suspect; DROP TABLE chekpost_audit')
  expect(await says('Таблицы чеков')).toMatch(/\[неверно\].*chekpost_event\.suspect, chekpost_audit/)
})

test('a rollback that takes nothing back is found out, and the try leaves nothing', async () => {
  await using site = await bareSite()
  await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  expect(line((await command(site, 'check')).text, 'Откат')).toContain('[хорошо]')
  await site.sql('ALTER TABLE chekpost_failure ENGINE = MyISAM')
  expect(line((await command(site, 'check')).text, 'Откат')).toContain('[неверно]')
  expect(await site.value('SELECT COUNT(*) FROM chekpost_failure')).toBe('0')
})

test('a copy of the site is not taken for the site: its address changes only by name', async () => {
  await using site = await bareSite()
  await command(site, 'install', '--user', '2', '--host', 'shop.example', '--yes')
  expect((await settings(site))['host']).toBe('shop.example')
  await site.setting('place', 'elsewhere')
  const { code, text } = await command(site, 'install', '--yes')
  expect(code).toBe(1)
  expect(text).toContain('копия сайта')
  expect((await settings(site))['place']).toBe('elsewhere')
  expect((await command(site, 'install', '--host', 'https://new.example/', '--yes')).text).toContain(
    'без https://',
  )
  expect((await command(site, 'install', '--host', 'new.example:443', '--yes')).code).toBe(0)
  expect((await settings(site))['host']).toBe('new.example')
})

test('an administrator installs it in the browser, with a confirmation', async () => {
  await using site = await bareSite()
  const browser = await site.browser(1)
  const path = '/local/chekpost/install.php'
  expect((await browser.get('/local/chekpost/admin.php')).text).toContain('Приёмник ещё не установлен')
  const before = await state(site)
  const page = await browser.get(path)
  expect(page.status).toBe(200)
  expect(page.text).toContain('Технический пользователь')
  expect(await state(site)).toBe(before)
  const unsure = await browser.post(path, { action: 'install', user: '2' })
  expect(unsure.status).toBe(422)
  expect(unsure.text).toContain('отметьте, что согласны')
  expect(await state(site)).toBe(before)
  const done = await browser.post(path, { action: 'install', user: '2', mail: 'a@b.example', sure: 'Y' })
  expect([done.status, done.headers.location]).toEqual([303, '/local/chekpost/admin.php?lang=ru'])
  expect(await settings(site)).toMatchObject({
    host: site.host,
    userId: '2',
    ownerMail: 'a@b.example',
    live: 'N',
  })
  expect((await browser.get('/local/chekpost/admin.php')).text).toContain('Пробный режим')
})

test("the command finds its site from the site's root, and from a folder that is only linked into it", async () => {
  await using site = await bareSite()
  const run = (script: string, cwd: string) => {
    const { stdout } = spawnSync('php', [script, 'check'], { cwd, encoding: 'utf8' })
    return line(stdout, 'Модуль catalog')
  }
  expect(run('local/chekpost/install.php', site.documentRoot)).toContain('[хорошо]')
  const elsewhere = join(site.folder, 'receiver')
  renameSync(join(site.documentRoot, 'local/chekpost'), elsewhere)
  symlinkSync(elsewhere, join(site.documentRoot, 'local/chekpost'))
  expect(run('local/chekpost/install.php', site.documentRoot)).toContain('[хорошо]')
  expect(run(join(site.documentRoot, 'local/chekpost/install.php'), '/')).toContain('[хорошо]')
  expect(spawnSync('php', [join(elsewhere, 'install.php'), 'check'], { cwd: '/' }).status).toBe(2)
})

test('wrong use is told apart from what could not be done', async () => {
  await using site = await bareSite()
  const code = async (...words: string[]) => (await command(site, ...words)).code
  expect(await code('--help')).toBe(0)
  expect(await code()).toBe(2)
  expect(await code('frobnicate')).toBe(2)
  expect((await command(site, 'register', 'lst')).text).toContain('Непонятно: «register lst»')
  expect(await code('check', '--frobnicate')).toBe(2)
  expect(await code('check', '--docroot', '/nowhere')).toBe(2)
  expect(await code('register', 'list')).toBe(1)
  expect((await command(site, 'uninstall', '--yes')).text).toContain('убирать нечего')
  const says = async (...words: string[]) => (await command(site, 'install', '--yes', ...words)).text
  expect(await says('--user', 'abc')).toContain('целое число, а не «abc»')
  expect(await says('--user', '2', '--mail', 'a.b')).toContain('Почта «a.b» написана неверно')
  await command(site, 'install', '--user', '2', '--host', site.host, '--yes')
  expect(await code('map', 'import')).toBe(2)
  const empty = join(site.folder, 'empty.csv')
  writeFileSync(empty, '\n')
  expect((await command(site, 'map', 'import', empty)).text).toMatch(/^Файл «.*» пуст\n$/)
  expect((await command(site, 'map', 'export', '/nodir/x.csv')).text).toMatch(
    /^Не записывается \/nodir\/x.csv: /,
  )
  expect(await code('register', 'add', 'shop-12/till-1')).toBe(1)
  expect(await code('register', 'add', 'shop-12/till-1', '--store-id', 'x')).toBe(1)
  expect(await code('register', 'add', 'shop-12/till-1', '--store-id', '9')).toBe(1)
  expect(await code('register', 'add', 'shop-12/till-1', '--store-id', '1', '--secret', 'x')).toBe(1)
  const added = await command(site, 'register', 'add', 'shop-12/till-1', '--store-id', '1')
  expect(added.text).toMatch(/whsec_[A-Za-z0-9+/]{43}=/)
  expect(await code('register', 'add', 'shop-12/till-1', '--store-id', '1')).toBe(1)
})
