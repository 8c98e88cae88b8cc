/** Stock below nought, races, half-done work and transactions: what the stand-in models of them, each shown to be so. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { added, catalog, conducting, connected, from1, inTransaction, line, to1 } from './site/scripts.ts'
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
  await site.product({ id: 7, amount: { 1: 5, 2: 4 }, name: 'Чай' })
  await site.product({ id: 8, amount: { 1: 5 } })
})

async function amounts(): Promise<string[]> {
  return [await site.amount(7, 1), await site.amount(8, 1)]
}

async function statuses(): Promise<string[]> {
  return (await site.documents()).map(({ status }) => status)
}

describe('below nought', () => {
  const short = expect.stringContaining('Недостаточно')

  test.each([
    // the option, NEGATIVE_AMOUNT_TRACE, allow_negative_amount, may
    ['N', 'D', 'N', false],
    ['N', 'D', 'Y', true],
    ['N', 'Y', 'N', true],
    ['N', 'N', 'Y', false],
    ['D', 'Y', 'Y', false],
    ['E', 'Y', 'Y', false],
  ] as const)('option %s, product %s, default %s: %s', async (option, negative, allowed, may) => {
    await site.option('catalog', 'check_rights_on_decrease_store_quantity', option)
    await site.option('catalog', 'allow_negative_amount', allowed)
    await site.product({ id: 9, amount: { 1: 1 }, negative })
    expect(await site.php(conducting('D', line(9, 3, from1)))).toEqual(may ? [true, ''] : [false, short])
    expect(await site.amount(9, 1)).toBe(may ? '-2' : '1')
  })

  test.each([
    // the user, his right, may
    [3, '', false],
    [3, 'M', false],
    [3, 'D', true],
    [1, '', true],
  ] as const)('option E, user %i with the right for "%s": %s', async (user, type, may) => {
    await site.option('catalog', 'check_rights_on_decrease_store_quantity', 'E')
    if (type !== '') await site.mayGoBelow(user, type)
    expect(await site.php(`Fake\\Boot::actAs(${user}); ${conducting('D', line(7, 9, from1))}`)).toEqual(
      may ? [true, ''] : [false, short],
    )
  })

  test('nobody has a right for returns: their cancellation below nought is refused', async () => {
    await site.option('catalog', 'check_rights_on_decrease_store_quantity', 'E')
    await site.mayGoBelow(3, 'R', 'D')
    const said = await site.php(`Fake\\Boot::actAs(3); ${added('R', line(7, 2, to1))}
      CCatalogDocs::conductDocument($id); ${connected}
      $db->queryExecute('UPDATE b_catalog_store_product SET AMOUNT = 1 WHERE PRODUCT_ID = 7');
      return CCatalogDocs::cancellationDocument($id);`)
    expect(said).toBe(false)
  })

  test('units that site orders have reserved are not protected', async () => {
    await site.product({ id: 9, amount: { 1: 5 }, reserved: { 1: 4 } })
    expect(await site.quantity(9)).toBe('1')
    expect(await site.php(conducting('D', line(9, 3, from1)))).toEqual([true, ''])
    expect([await site.amount(9, 1), await site.quantity(9)]).toEqual(['2', '-2'])
  })

  test('each line is looked at alone', async () => {
    expect(await site.php(conducting('D', line(7, 3, from1), line(7, 4, from1)))).toEqual([true, ''])
  })
})

describe('stock', () => {
  test('the quantity of a product is the sum of its active stores without the reserve', async () => {
    await site.store({ id: 3, active: false })
    await site.product({ id: 9, amount: { 1: 5, 2: 6, 3: 100 }, reserved: { 2: 2 } })
    await site.php(conducting('D', line(9, '0.25', from1)))
    expect(await site.quantity(9)).toBe('8.75')
  })

  test('two lines of one product and store lose a deduction; two returns do not', async () => {
    await site.php(conducting('D', line(7, 3, from1), line(7, 1, from1)))
    expect(await site.amount(7, 1)).toBe('4')
    await site.php(conducting('R', line(8, 3, to1), line(8, 1, to1)))
    expect(await site.amount(8, 1)).toBe('9')
  })

  test('the first return of a product into a store makes the row', async () => {
    expect(await site.amount(8, 2)).toBe('absent')
    expect(await site.php(conducting('R', line(8, 2, `'STORE_TO' => 2`)))).toEqual([true, ''])
    expect(await site.amount(8, 2)).toBe('2')
  })

  test('of two documents at once the slower one erases the deduction of the faster', async () => {
    await using gate = await site.gate('between')
    await site.fault('gate_between_read_and_write', 'between', { times: 1 })
    const slow = site.php(conducting('D', line(7, 1, from1)))
    await gate.arrived()
    expect(await site.php(conducting('D', line(7, 3, from1)))).toEqual([true, ''])
    await gate.open()
    expect(await slow).toEqual([true, ''])
    expect(await site.amount(7, 1)).toBe('4')
  })

  test('of a shipment of the site at the same time, too', async () => {
    await site.order({ id: 1, lines: { 7: 1 }, price: '100' })
    await using gate = await site.gate('shipment')
    await site.fault('gate_of_shipment', 'shipment')
    const shipping = site.ship(1, 1)
    await gate.arrived()
    expect(await site.php(inTransaction('D', line(7, 3, from1)))).toBe('done')
    await gate.open()
    await shipping
    expect(await site.amount(7, 1)).toBe('4')
  })

  test('an exchange with 1C overwrites what Bitrix has booked, and tells of it twice', async () => {
    await site.php(conducting('D', line(7, 3, from1)))
    for (const event of ['OnSuccessCatalogImport1C', 'OnCompleteCatalogImport1C'])
      await site.fault(`handler:${event}`, `sql:INSERT INTO fake_cache (tag) VALUES ('${event}')`)
    await site.import1c({ 7: { 1: '5' } })
    expect([await site.amount(7, 1), await site.quantity(7)]).toEqual(['5', '9'])
    expect(await site.sql('SELECT tag FROM fake_cache ORDER BY id')).toEqual([
      { tag: 'OnSuccessCatalogImport1C' },
      { tag: 'OnCompleteCatalogImport1C' },
    ])
  })
})

describe('half done', () => {
  test('conducted by two at once, a document moves stock twice', async () => {
    const id = await site.php(`${added('D', line(7, 1, from1))} return $id;`)
    const again = `${catalog} return CCatalogDocs::conductDocument(${id});`
    await using gate = await site.gate('status')
    await site.fault('gate_before_status', 'status', { times: 1 })
    const slow = site.php(again)
    await gate.arrived()
    expect(await site.php(again)).toBe(true)
    await gate.open()
    expect(await slow).toBe(false)
    expect(await site.amount(7, 1)).toBe('3')
  })

  test.each(['kill', 'exit', 'throw'])(
    'a death (%s) before the status: moved, not conducted, and moved again',
    async (how) => {
      await site.fault('crash_before_status', how, { times: 1 })
      await expect(site.php(conducting('D', line(7, 1, from1)))).rejects.toThrow('eval.php ended')
      expect([await site.amount(7, 1), await statuses()]).toEqual(['4', ['N']])
      const id = (await site.documents())[0]?.id
      expect(await site.php(`${catalog} return CCatalogDocs::conductDocument(${id});`)).toBe(true)
      expect(await site.amount(7, 1)).toBe('3')
    },
  )

  test('a handler that says no to the status: moved, not conducted, and not a word', async () => {
    await site.fault('handler:OnBeforeDocumentUpdate', 'false')
    expect(await site.php(conducting('D', line(7, 1, from1)))).toEqual([false, ''])
    expect([await site.amount(7, 1), await statuses()]).toEqual(['4', ['N']])
  })

  test('a second line that fails leaves the first one moved', async () => {
    await site.fault('product_update_fails:8', 'yes')
    expect(await site.php(conducting('D', line(7, 1, from1), line(8, 1, from1)))).toEqual([
      false,
      'Не удалось изменить товар',
    ])
    expect([await amounts(), await statuses()]).toEqual([['4', '4'], ['N']])
  })

  test('conduct may say yes without having done anything', async () => {
    await site.fault('lying_conduct', 'true')
    expect(await site.php(conducting('D', line(7, 1, from1)))).toEqual([true, ''])
    expect([await site.amount(7, 1), await statuses()]).toEqual(['5', ['N']])
  })
})

describe('handlers', () => {
  test('before add: no, without a word and with one', async () => {
    await site.fault('handler:OnBeforeDocumentAdd', 'false')
    expect(await site.php(`${added('D', line(7, 1, from1))} return $id;`)).toBe(false)
    await site.fault('handler:OnBeforeDocumentAdd', 'false:Период закрыт')
    expect(
      await site.php(`${added('D', line(7, 1, from1))} return $APPLICATION->GetException()->GetString();`),
    ).toBe('Период закрыт')
    expect(await site.documents()).toEqual([])
  })

  test.each([
    ['OnDocumentAdd', ['5', '5']],
    ['OnBeforeStoreProductUpdate', ['5', '5']],
    ['OnStoreProductUpdate', ['4', '5']],
    ['OnProductUpdate', ['4', '5']],
    ['OnDocumentUpdate', ['4', '4']],
  ])('%s: what it throws goes through everything, and what was done stays', async (event, left) => {
    await site.fault(`handler:${event}`, 'throw:из обработчика')
    await expect(site.php(conducting('D', line(7, 1, from1), line(8, 1, from1)))).rejects.toThrow(
      'из обработчика',
    )
    expect(await amounts()).toEqual(left)
  })

  test('before an amount is written: no, and the product is still recomputed', async () => {
    await site.fault('handler:OnBeforeStoreProductUpdate', 'false')
    expect(await site.php(conducting('D', line(7, 1, from1)))).toEqual([false, 'Не удалось изменить остаток'])
  })

  test('one that commits by itself ends the transaction of whoever called', async () => {
    for (const how of ['commit', 'ddl']) {
      await site.reset()
      await site.store({ id: 1 })
      await site.product({ id: 7, amount: { 1: 5 } })
      await site.fault('handler:OnDocumentAdd', how)
      await site.fault('handler:OnBeforeDocumentUpdate', 'false')
      expect(await site.php(inTransaction('D', line(7, 1, from1)))).toBe('refused')
      expect(await statuses()).toEqual(['N'])
    }
  })

  test('one with a transaction of its own: its commit does nothing, its rollback throws', async () => {
    await site.fault('handler:OnDocumentAdd', 'nested-commit')
    expect(await site.php(inTransaction('D', line(7, 1, from1)))).toBe('done')
    await site.fault('handler:OnDocumentAdd', 'nested')
    expect(await site.php(inTransaction('D', line(7, 1, from1)))).toBe(
      'Bitrix\\Main\\DB\\TransactionException',
    )
    expect([await site.amount(7, 1), await statuses()]).toEqual(['4', ['Y']])
  })
})

describe('in a transaction', () => {
  test.each([
    ['a refusal', 'handler:OnBeforeDocumentUpdate', 'false', 'refused'],
    ['an exception', 'handler:OnDocumentUpdate', 'throw', 'RuntimeException'],
    ['an error', 'handler:OnStoreProductUpdate', 'error', 'DivisionByZeroError'],
  ])('%s is undone whole', async (_what, fault, value, says) => {
    await site.fault(fault, value)
    expect(await site.php(inTransaction('D', line(7, 1, from1), line(8, 1, from1)))).toBe(says)
    expect([await amounts(), await site.documents()]).toEqual([['5', '5'], []])
    expect(await site.value(`SELECT COUNT(*) FROM b_option WHERE NAME LIKE 'store_document%'`)).toBe('0')
  })

  test.each(['crash_after_add', 'crash_before_status', 'crash_before_commit'])(
    'a death at %s is undone whole',
    async (fault) => {
      await site.fault(fault, 'kill')
      await expect(site.php(inTransaction('D', line(7, 1, from1)))).rejects.toThrow('eval.php ended')
      expect([await amounts(), await site.documents()]).toEqual([['5', '5'], []])
    },
  )

  test('a death after the commit has kept everything', async () => {
    await site.fault('crash_after_commit', 'kill')
    await expect(site.php(inTransaction('D', line(7, 1, from1)))).rejects.toThrow('eval.php ended')
    expect([await amounts(), await statuses()]).toEqual([['4', '5'], ['Y']])
  })

  test('tables of MyISAM forget nothing', async () => {
    await using old = await openSite(db, { myisam: ['b_catalog_store_product'] })
    await old.store({ id: 1 })
    await old.product({ id: 7, amount: { 1: 5 } })
    await old.fault('handler:OnBeforeDocumentUpdate', 'false')
    expect(await old.php(inTransaction('D', line(7, 1, from1)))).toBe('refused')
    expect([await old.amount(7, 1), await old.documents()]).toEqual(['4', []])
  })
})
