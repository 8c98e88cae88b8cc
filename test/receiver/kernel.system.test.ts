/**
 * What the stand-in models, each fact shown to be so. The receiver is judged by how it bears these; a stand-in that is
 * kinder than the original would prove nothing.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { added, conducting, from1, head, line, refusal, to1 } from './site/scripts.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db)
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await site.reset()
  for (const id of [1, 2]) await site.store({ id })
  await site.store({ id: 3, active: false })
  await site.product({ id: 7, amount: { 1: 5, 2: 4 }, name: 'Чай' })
  await site.product({ id: 8, amount: { 1: 5 } })
})

/** Adds and conducts: what conduct returned and the text of its refusal. */
async function conduct(type: string, ...lines: readonly string[]): Promise<unknown> {
  return await site.php(conducting(type, ...lines))
}

async function statusOf(id = 0): Promise<string | null> {
  const where = id === 0 ? '' : `WHERE ID = ${id}`
  return await site.value(`SELECT STATUS FROM b_catalog_store_docs ${where} ORDER BY ID DESC LIMIT 1`)
}

describe('documents', () => {
  test.each([
    ['D', from1, '3'],
    ['R', to1, '7'],
    ['S', to1, '7'],
    ['M', `${from1}, 'STORE_TO' => 2`, '3'],
  ])('%s moves the amount of store 1 from 5', async (type, stores, left) => {
    expect(await conduct(type, line(7, 2, stores))).toEqual([true, ''])
    expect(await site.amount(7, 1)).toBe(left)
    expect(await statusOf()).toBe('Y')
  })

  test('an arrival wants a contractor', async () => {
    expect(await conduct('A', line(7, 2, to1))).toEqual([false, 'Не указан поставщик'])
  })

  test('an unknown letter passes add and is fatal at conduct; an empty one does not pass', async () => {
    expect(await site.php(`${added('Z', line(7, 1, from1))} return $id > 0;`)).toBe(true)
    await expect(conduct('Z', line(7, 1, from1))).rejects.toThrow('Class name must be')
    expect(await site.php(`${added('', line(7, 1, from1))} return [$id, ${refusal}];`)).toEqual([
      false,
      'Не указан вид документа',
    ])
  })

  test('without site or responsible person there is no document', async () => {
    const none = `Bitrix\\Main\\Loader::includeModule('catalog'); return CCatalogDocs::add(['DOC_TYPE' => 'D', `
    expect(await site.php(`${none} 'SITE_ID' => 's1']);`)).toBe(false)
    expect(await site.php(`${none} 'RESPONSIBLE_ID' => 1]);`)).toBe(false)
  })

  test('a status given to add is stored and moves nothing', async () => {
    await site.php(`Bitrix\\Main\\Loader::includeModule('catalog');
      CCatalogDocs::add(['DOC_TYPE' => 'D', ${head}, 'STATUS' => 'Y', 'ELEMENT' => [${line(7, 2, from1)}]]);`)
    expect([await statusOf(), await site.amount(7, 1)]).toEqual(['Y', '5'])
  })

  test('a line that could not be stored does not fail add', async () => {
    await site.fault('line_fails:8', 'yes')
    expect(await conduct('D', line(7, 1, from1), line(8, 1, from1))).toEqual([true, ''])
    expect([await site.amount(7, 1), await site.amount(8, 1)]).toEqual(['4', '5'])
  })

  test('a line of nothing is passed over by add as well', async () => {
    expect(await conduct('D', line(7, 1, from1), line(0, 1, from1))).toEqual([true, ''])
    expect((await site.documents())[0]?.lines).toHaveLength(1)
  })

  test('a conducted one can be neither conducted again nor changed nor deleted', async () => {
    const said = await site.php(`${added('D', line(7, 1, from1))} CCatalogDocs::conductDocument($id);
      return [CCatalogDocs::conductDocument($id), CCatalogDocs::update($id, ['TITLE' => 'x']), CCatalogDocs::delete($id)];`)
    expect(said).toEqual([false, false, false])
    expect(await site.amount(7, 1)).toBe('4')
  })

  test('a cancelled one has given everything back, is marked, and can be conducted again', async () => {
    const said = await site.php(`${added('D', line(7, 1, from1))} CCatalogDocs::conductDocument($id);
      $is = CCatalogDocs::cancellationDocument($id, 2);
      return [$is, CCatalogDocs::cancellationDocument($id, 2)];`)
    expect(said).toEqual([true, false])
    expect(await site.amount(7, 1)).toBe('5')
    const [document] = await site.documents()
    expect(document).toMatchObject({ status: 'N', cancelled: true })
    await site.php(`Bitrix\\Main\\Loader::includeModule('catalog');
      return CCatalogDocs::conductDocument(${document?.id});`)
    expect([await site.amount(7, 1), await statusOf()]).toEqual(['4', 'Y'])
  })

  test('a draft can be deleted, with its lines', async () => {
    expect(await site.php(`${added('D', line(7, 1, from1))} return CCatalogDocs::delete($id);`)).toBe(true)
    expect(await site.value('SELECT COUNT(*) FROM b_catalog_docs_element')).toBe('0')
  })

  test('every add counts in b_option', async () => {
    await conduct('D', line(7, 1, from1))
    await conduct('D', line(7, 1, from1))
    expect(await site.value(`SELECT VALUE FROM b_option WHERE NAME = 'store_document_numbers_D'`)).toBe('2')
  })

  test('the number of a document is unique nowhere', async () => {
    for (const _ of [1, 2])
      await site.php(`Bitrix\\Main\\Loader::includeModule('catalog');
        return CCatalogDocs::add(['DOC_TYPE' => 'D', ${head}, 'DOC_NUMBER' => 'FN-1']);`)
    expect((await site.documents()).map(({ number }) => number)).toEqual(['FN-1', 'FN-1'])
  })
})

describe('conduct refuses', () => {
  test.each([2, 3, 5, 6, 7])('products of type %i', async (type) => {
    await site.product({ id: 9, type, amount: { 1: 5 } })
    expect(await conduct('D', line(9, 1, from1))).toEqual([false, expect.stringContaining('такой тип')])
    expect(await site.amount(9, 1)).toBe('5')
  })

  test('neither products nor offers', async () => {
    await site.product({ id: 9, type: 4, amount: { 1: 5 } })
    expect(await conduct('D', line(7, 1, from1), line(9, 1, from1))).toEqual([true, ''])
  })

  test.each([
    ['an amount of nought', line(7, 0, from1), 'неверное количество'],
    ['an amount below nought', line(7, -1, from1), 'неверное количество'],
    ['an element that is not there', line(99, 1, from1), 'не найден'],
    ['a line without a store', line(7, 1, `'STORE_TO' => 1`), 'склад не указан'],
    ['a store that is not there', line(7, 1, `'STORE_FROM' => 99`), 'склад не существует'],
    ['a store that is not active', line(7, 1, `'STORE_FROM' => 3`), 'склад не активен'],
  ])('%s', async (_what, wrong, words) => {
    expect(await conduct('D', line(8, 1, from1), wrong)).toEqual([false, expect.stringContaining(words)])
    expect([await site.amount(8, 1), await statusOf()]).toEqual(['5', 'N'])
  })

  test('a document without lines, and a move into the same store', async () => {
    expect(await conduct('D')).toEqual([false, 'В документе нет товаров'])
    expect(await conduct('M', line(7, 1, `${from1}, ${to1}`))).toEqual([false, 'Склады совпадают'])
  })

  test('a product whose units have barcodes of their own, without them', async () => {
    await site.product({ id: 9, amount: { 1: 5 }, barcodeMulti: true })
    expect(await conduct('D', line(9, 1, from1))).toEqual([false, expect.stringContaining('штрихкод')])
    expect(await conduct('D', line(9, 1, `${from1}, 'BARCODE' => ['123']`))).toEqual([true, ''])
  })

  test.each([
    ['store control is off', `REPLACE INTO b_option VALUES ('catalog', 'default_use_store_control', 'N')`],
    ['1C keeps the catalogue', `REPLACE INTO b_option VALUES ('catalog', 'is_external_catalog', 'Y')`],
    ['the edition has none', `REPLACE INTO fake_fault (name, value) VALUES ('feature_off', 'yes')`],
  ])('everything where %s', async (_what, sql) => {
    await site.sql(sql)
    expect(await conduct('D', line(7, 1, from1))).toEqual([
      false,
      'Складской учёт выключен, проведение невозможно',
    ])
  })

  test('in the language of the site', async () => {
    await site.fault('language', 'en')
    expect(await conduct('D', line(7, 9, from1))).toEqual([
      false,
      'Insufficient amount of Чай on store Склад 1',
    ])
  })
})
