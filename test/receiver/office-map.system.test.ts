import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { choice, command, Desk } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { useShop } from './sale/shop.ts'

const shop = useShop()
const head = 'магазин;вид;код;товар;коэффициент;название на сайте'

async function desk(): Promise<Desk> {
  return new Desk(await shop.site.browser(1))
}

const map = () =>
  shop.site.sql(
    `SELECT store, kind, code, product_id, TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM factor)) factor FROM chekpost_map
     ORDER BY kind, code, store`,
  )

/** Presses the button of the dry run: the very bytes that were looked at. */
async function confirm(office: Desk, html: string): Promise<string> {
  const bytes = /name="bytes" value="([^"]*)"/.exec(html)?.[1] ?? ''
  return (await office.press('map-file-apply', { view: 'map', bytes })).text
}

test('a file is looked at first, and written only when a person confirms it', async () => {
  const { site } = shop
  await site.post(receipt([{ name: 'Кефир 1 л', quantity: '2' }], { fd: 1 }))
  const office = await desk()
  const rows = [
    head,
    "shop-12;штрихкод;'04601234567000;7;;Чай",
    ';Название;Кефир 1 Л;9;0,5;',
    ';артикул;А-17;8;1,250000;',
    ';gtin;04600000000015;не ведётся;;',
    ';название;"Пакет ""майка""; большой";-;;',
  ]
  const dry = await office.upload(`\uFEFF${rows.join('\r\n')}\r\n`)
  expect(dry.text).toContain('Пока ничего не записано')
  expect(dry.text).toContain('Новых: 5, изменится: 0, удалится: 0, без изменений: 0, с ошибками: 0')
  expect(await map()).toEqual([])

  expect(await confirm(office, dry.html)).toContain('Из файла записано строк: 5')
  expect(await map()).toEqual([
    { store: '', kind: 'article', code: 'а-17', product_id: '8', factor: '1.25' },
    { store: 'shop-12', kind: 'ean', code: '4601234567000', product_id: '7', factor: null },
    { store: '', kind: 'gtin', code: '4600000000015', product_id: null, factor: null },
    { store: '', kind: 'name', code: 'кефир 1 л', product_id: '9', factor: '0.5' },
    { store: '', kind: 'name', code: 'пакет "майка"; большой', product_id: null, factor: null },
  ])
  expect(await shop.state('FN9285000100150175-FD1')).toBe('booked')
  expect(await site.amount(9, 1)).toBe('9')
  expect(await site.value("SELECT COUNT(*) FROM chekpost_audit WHERE action = 'map-import'")).toBe('1')
})

test('without a factor the units decide, in the form, by a suggestion and by a file; a typed one overrides them', async () => {
  const { site } = shop
  // Flour is kept in kilograms.
  const sold = (fd: number, name: string) =>
    site.post(receipt([{ name, quantity: '300', unit: 'г' }], { fd }))
  await site.product({ id: 20, name: 'Мука ржаная', amount: { 1: 900 }, measure: 166 })
  await shop.recount()
  for (const [at, name] of ['Мука вес', 'Мука ржаная', 'Мука файлом', 'Мука штучно'].entries())
    await sold(at + 1, name)
  const office = await desk()
  const codes = await office.see('codes')
  expect(codes.html).toContain('placeholder="по единицам"')
  await office.press('map-codes', {
    ...choice(0, { kind: 'name', code: 'мука вес', product: '20', factor: '' }),
    ...choice(1, { kind: 'name', code: 'мука ржаная', suggested: '20', take: 'Y', factor: '' }),
    ...choice(2, { kind: 'name', code: 'мука штучно', product: '20', factor: '1' }),
  })
  await confirm(office, (await office.upload(';название;Мука файлом;20;;')).html)
  expect(await map()).toEqual([
    { store: '', kind: 'name', code: 'мука вес', product_id: '20', factor: null },
    { store: '', kind: 'name', code: 'мука ржаная', product_id: '20', factor: null },
    { store: '', kind: 'name', code: 'мука файлом', product_id: '20', factor: null },
    { store: '', kind: 'name', code: 'мука штучно', product_id: '20', factor: '1' },
  ])
  // Three times 0.3 kg, and once 300 as a person has said.
  expect(await site.amount(20, 1)).toBe('599.1')
  const shown = (await office.see('map')).text
  expect(shown.match(/, коэффициент 1 /g)).toHaveLength(1)
})

test('every wrong line is reported by its number, and the sound ones can be written without them', async () => {
  const { site } = shop
  await site.product({ id: 30, type: 3 })
  await shop.recount()
  const office = await desk()
  const dry = await office.upload(
    [
      head,
      ';название;верная;7;;', // 2
      ';цвет;красный;7;;', // 3
      ';название;"строка',
      'на двух";999;;', // 4 and 5
      ';название;без товара', // 6
      ';штрихкод;4,60123E+12;7;;', // 7
      ';название;плохо;7;-1;', // 8
      ';название;плохо;7;0;', // 9
      ';название;Верная ;8;;', // 10
      'магазин 1;название;плохо;7;;', // 11
      ';название;;7;;', // 12
      ';название;родитель;30;;', // 13
      ';название;нет такой;удалить;;', // 14
      ';название;буквы;семь;;', // 15
    ].join('\n'),
  )
  expect(dry.text).toContain('Новых: 1,')
  expect(dry.text).toContain('с ошибками: 12')
  const reported = [...dry.html.matchAll(/data-head="Строка">(\d+)<\/td><td data-head="Что не так">([^<]*)/g)]
  expect(reported.map(([, line, text]) => [Number(line), text])).toEqual([
    [3, expect.stringContaining('вид кода «цвет»')],
    [4, expect.stringContaining('товара 999 на сайте нет')],
    [6, expect.stringContaining('нужно хотя бы четыре столбца')],
    [7, expect.stringContaining('испорчен таблицей')],
    [8, expect.stringContaining('коэффициент')],
    [9, expect.stringContaining('коэффициент')],
    [10, expect.stringContaining('уже стоит в строке 2')],
    [11, expect.stringContaining('магазин «магазин 1»')],
    [12, expect.stringContaining('код пуст')],
    [13, expect.stringContaining('состоит из предложений')],
    [14, expect.stringContaining('удалять нечего')],
    [15, expect.stringContaining('товар «семь»')],
  ])
  expect(await confirm(office, dry.html)).toContain('записано строк: 1')
  expect(await map()).toHaveLength(1)
})

test('windows-1251, UTF-16 and tabs are read; what is no text is not', async () => {
  const office = await desk()
  const cp1251 = Buffer.from([...';название;чай;7'].map((letter) => byteOf(letter)))
  expect((await office.upload(cp1251)).text).toContain(
    'Новых: 1, изменится: 0, удалится: 0, без изменений: 0, с ошибками: 0',
  )
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('\tназвание\tчай\t7', 'utf16le')])
  expect((await office.upload(utf16)).text).toContain('Новых: 1,')
  expect((await office.upload(Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]))).text).toContain('это не текст CSV')
  expect((await office.upload('')).status).toBe(200)
  const big = await office.upload(Buffer.alloc(2 * 1024 * 1024 + 1, 'a'))
  expect(big.text).toMatch(/upload_max_filesize = 2M\)\. .*install\.php map import ФАЙЛ/)
})

test('what is exported comes back unchanged, a changed line changes, and a line takes a mapping away', async () => {
  const { site } = shop
  await site.product({ id: 40, name: '=HYPERLINK("http://evil")' })
  await shop.recount()
  const office = await desk()
  const dry = await office.upload(
    [
      ';штрихкод;00012345678905;40;;',
      ';название;+7 900 =1+1;не ведётся;;',
      'shop-12;название;чай;7;0,333333;',
    ].join('\n'),
  )
  await confirm(office, dry.html)
  const file = await office.browser.get('/local/chekpost/admin.php?view=map&download=map')
  expect(file.headers['content-type']).toBe('text/csv; charset=UTF-8')
  expect(file.headers['content-disposition']).toContain('chekpost-map.csv')
  expect(file.text.startsWith('\uFEFFмагазин;вид;код;')).toBe(true)
  // No cell begins as a formula, and a spreadsheet takes no zero from a code.
  for (const line of file.text.slice(1).trimEnd().split('\r\n'))
    for (const cell of line.split(';')) expect(cell).not.toMatch(/^"?[=+\-@]/)
  expect(file.text).toContain("'12345678905")

  const again = await office.upload(file.text)
  expect(again.text).toContain('Новых: 0, изменится: 0, удалится: 0, без изменений: 3, с ошибками: 0')
  expect(again.html).not.toContain('map-file-apply')

  const edited = await office.upload(
    file.text.replace('не ведётся', 'удалить').replace('0,333333', '0,5').replace(/;40;/, ';7;'),
  )
  expect(edited.text).toContain('Новых: 0, изменится: 2, удалится: 1, без изменений: 0')
  await confirm(office, edited.html)
  expect(await map()).toEqual([
    { store: '', kind: 'ean', code: '12345678905', product_id: '7', factor: null },
    { store: 'shop-12', kind: 'name', code: 'чай', product_id: '7', factor: '0.5' },
  ])
})

test('taking back "not kept" offers the receipts that moved nothing because of it, and books them on purpose', async () => {
  const { site } = shop
  await site.register({ id: 'shop-13/till-1' })
  const office = await desk()
  const file = ';название;Пакет;не ведётся;;\nshop-12;артикул;А-17;не ведётся;;'
  await confirm(office, (await office.upload(file)).html)
  const state = () => site.sql('SELECT fd, state FROM chekpost_event ORDER BY fd')
  await site.post(receipt([{ name: 'ПАКЕТ' }], { fd: 1 }))
  await site.post(receipt([{ name: 'Пакет' }, { name: 'Пакет', article: 'а-17' }], { fd: 2 }))
  await site.post(receipt([{ name: 'Пакет', move: 'none' }], { fd: 3 }))
  await site.post(receipt([{ name: 'Пакет', article: 'А-17' }], { fd: 4 }))
  await site.post(receipt([{ name: 'Пакет' }], { fd: 5, register: 'shop-13/till-1' }), {
    register: 'shop-13/till-1',
  })
  expect(new Set((await state()).map((row) => row['state']))).toEqual(new Set(['ignored']))

  const id = await site.value("SELECT id FROM chekpost_map WHERE kind = 'name'")
  const undone = await office.press('map-remove', { id: id ?? '', view: 'map' })
  expect(undone.text).toContain('Чеки без движения: 4')
  expect(new Set((await state()).map((row) => row['state']))).toEqual(new Set(['ignored']))
  await confirm(office, (await office.upload(';название;Пакет;9;;')).html)
  const again = await office.press('map-again', { view: 'map', kind: 'name', code: 'пакет', store: '' })
  expect(again.text).toContain(
    'Проведено чеков: 3. Что не провелось, ждёт в «Отложенных». Ничего не движут: 1.',
  )
  expect(await state()).toEqual([
    { fd: '1', state: 'booked' },
    { fd: '2', state: 'booked' },
    { fd: '3', state: 'ignored' },
    { fd: '4', state: 'ignored' },
    { fd: '5', state: 'booked' },
  ])
  expect(await site.amount(9, 1)).toBe('7')
  const own = await site.value("SELECT id FROM chekpost_map WHERE kind = 'article'")
  expect((await office.press('map-remove', { id: own ?? '', view: 'map' })).text).toContain(
    'Чеки без движения: 1',
  )
})

test('the console exports and imports the same file, dry first', async () => {
  const { site } = shop
  const path = join(site.folder, 'map.csv')
  writeFileSync(path, `${head}\n;название;пакет;не ведётся;;\n;название;плохо;12345;;\n`)
  const dry = await command(site, 'map', 'import', path)
  expect(dry.code).toBe(1)
  expect(dry.text).toContain('строка 3: товара 12345 на сайте нет')
  expect(dry.text).toContain('Ничего не записано. Верных строк: 1, с ошибками: 1')
  expect(await map()).toEqual([])
  const done = await command(site, 'map', 'import', path, '--yes')
  expect(done.text).toContain('Записано строк: 1')
  expect(done.code).toBe(1)
  const exported = await command(site, 'map', 'export', '-')
  expect(exported.code).toBe(0)
  expect(exported.text).toContain(';название;пакет;не ведётся;;')
  expect((await command(site, 'map', 'import', '/nowhere.csv')).code).toBe(1)
})

/** As the old Windows of a shop's accountant writes it. */
function byteOf(letter: string): number {
  const code = letter.codePointAt(0) ?? 0
  return code < 0x80 ? code : code - 0x410 + 0xc0
}
