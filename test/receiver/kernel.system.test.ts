import { expect, test } from 'vitest'
import { openMaria, openSite } from './site.ts'

test('a deduction lowers the amount of its store and the quantity of the product', async () => {
  await using db = await openMaria()
  await using site = await openSite(db)
  await site.store({ id: 1 })
  await site.product({ id: 7, amount: { 1: '5' } })
  const said = await site.php(`
    Bitrix\\Main\\Loader::includeModule('catalog');
    $id = CCatalogDocs::add(['DOC_TYPE' => 'D', 'SITE_ID' => 's1', 'RESPONSIBLE_ID' => 2,
      'ELEMENT' => [['ELEMENT_ID' => 7, 'STORE_FROM' => 1, 'AMOUNT' => 2.356]]]);
    return [$id, CCatalogDocs::conductDocument($id, 2)];`)
  expect(said).toEqual([1, true])
  expect([await site.amount(7, 1), await site.quantity(7)]).toEqual(['2.644', '2.644'])
})
