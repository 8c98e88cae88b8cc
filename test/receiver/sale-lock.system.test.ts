/** What is locked while a receipt is booked, and that nothing is left locked, open or logged in behind it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'

const shop = useShop()

/** PHP within the kernel, with the receiver at hand. */
async function php(text: string): Promise<unknown> {
  return await shop.site.php(
    `require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
     use Bitrix\\Main\\Application; use Chekpost\\Override; use Chekpost\\Receiver; ${text}`,
  )
}

/** A receipt that waits for a person, so that PHP of a test can book it. */
async function parked(lines = [tea]): Promise<string> {
  const body = receipt(lines, { mayBeSiteOrder: ['paid in the Internet'] })
  expect((await shop.site.post(body)).status).toBe(202)
  return body.eventId
}

test('the rows of stock are: a sale of somebody else waits for ours and is not lost', async () => {
  const { site } = shop
  await site.fault('gate_between_read_and_write', 'inside')
  await using gate = await site.gate('inside')
  const booking = site.post(receipt([{ ...tea, quantity: '2' }]))
  await gate.arrived()
  const other = site.sql(
    'UPDATE b_catalog_store_product SET AMOUNT = AMOUNT - 1 WHERE PRODUCT_ID = 7 AND STORE_ID = 1',
  )
  await Promise.race([other, new Promise((resolve) => setTimeout(resolve, 300))])
  await gate.open()
  await Promise.all([booking, other])
  expect(await site.amount(7, 1)).toBe('2')
  await site.sql(
    'UPDATE b_catalog_store_product SET AMOUNT = AMOUNT + 1 WHERE PRODUCT_ID = 7 AND STORE_ID = 1',
  )
})

test('the ledger’s row is: what the page and the shop try at once is booked by one of them', async () => {
  const { site } = shop
  const body = receipt([{ ...tea, ean: '4609999999999' }])
  await site.post(body)
  await site.product({ id: 80, barcode: '4609999999999', amount: { 1: 5 } })
  await shop.recount()
  await site.fault('gate_between_read_and_write', 'inside', { times: 1 })
  await using gate = await site.gate('inside')
  const first = site.post(body)
  await gate.arrived()
  const second = php(`file_put_contents($_SERVER['DOCUMENT_ROOT'] . '/asked', '');
    return Receiver::open()->sales()->retry('${body.eventId}', Override::none())->body['state'] ?? 'later';`)
  await expect.poll(() => existsSync(join(site.documentRoot, 'asked')), { timeout: 10_000 }).toBe(true)
  // It has read the row as parked by now, and waits for the lock.
  await new Promise((resolve) => setTimeout(resolve, 500))
  await gate.open()
  expect((await first).json['state']).toBe('booked')
  expect(['booked', 'later']).toContain(await second)
  expect(await site.amount(80, 1)).toBe('4')
})

test('the way for all receipts is: of the first returns of a product, into no row yet, none is lost', async () => {
  const { site } = shop
  await site.register({ returnsStoreId: 2 })
  await site.fault('pause_between_read_and_write_ms', '60')
  const bodies = Array.from({ length: 6 }, () => receipt([coffee], { operation: 2 }))
  await Promise.all(
    bodies.map(async (body) => {
      while ((await site.post(body)).status !== 200);
    }),
  )
  expect(await site.amount(9, 2)).toBe('6')
})

test('two receipts of the same goods in another order do not lock each other out', async () => {
  const { site } = shop
  await site.fault('pause_between_read_and_write_ms', '5')
  const bodies = Array.from({ length: 12 }, (_, at) => receipt(at % 2 === 0 ? [tea, coffee] : [coffee, tea]))
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 50')
  await shop.recount()
  await Promise.all(
    bodies.map(async (body) => {
      while ((await site.post(body)).status !== 200);
    }),
  )
  expect([await site.amount(7, 1), await site.amount(9, 1)]).toEqual(['38', '38'])
  expect(await site.value('SELECT COUNT(*) FROM chekpost_failure')).toBe('0')
})

test.each(['none', 'throw', 'false'])(
  'after a booking with the handler %s nothing is left locked, open or logged in',
  async (handler) => {
    const key = await parked()
    if (handler !== 'none') await shop.site.fault('handler:OnBeforeDocumentUpdate', handler)
    const left = await php(`$receiver = Receiver::open();
    $state = $receiver->sales()->retry('${key}', Override::apply())->body['state'] ?? 'none';
    $other = Application::getConnection()->another();
    $lock = md5(Application::getConnection()->getDatabase()) . md5('chekpost');
    return [$state, $other->query("SELECT IS_FREE_LOCK('$lock') l")->fetch_assoc()['l'],
      Application::getConnection()->queryScalar('SELECT @@in_transaction'), $GLOBALS['USER']->IsAuthorized()];`)
    const state = { none: 'booked', throw: 'none', false: 'parked' }[handler]
    expect(left).toEqual([state, '1', '0', false])
    await shop.site.heal()
  },
)

test('many receipts one after the other in one process are as many transactions', async () => {
  const keys = [await parked(), await parked([coffee]), await parked([{ ...tea, name: 'Чай 2' }])]
  await shop.site.fault('line_fails:9', 'yes')
  const answers = await php(`$sales = Receiver::open()->sales(); $answers = [];
    foreach (${JSON.stringify(keys)} as $key) { $answers[] = $sales->retry($key, Override::apply())->status; }
    return $answers;`)
  expect(answers).toEqual([200, 503, 200])
  expect([await shop.site.amount(7, 1), await shop.site.amount(9, 1)]).toEqual(['3', '10'])
})

test.each([
  ['opens a transaction and forgets it', '$connection->startTransaction();'],
  ['commits one that it did not open', '$connection->commitTransaction();'],
])('a handler that %s does not take the booking with it', async (_, act) => {
  const key = await parked()
  const answer =
    await php(`Bitrix\\Main\\EventManager::getInstance()->addEventHandler('catalog', 'OnDocumentAdd',
      static function () { $connection = Application::getConnection(); ${act} });
    return Receiver::open()->sales()->retry('${key}', Override::apply())->status;`)
  expect([answer, await shop.state(key)]).toEqual([200, 'booked'])
  expect(await shop.site.amount(7, 1)).toBe('4')
})

test('and the next receipt in the same process is whole: booked as it was answered, or not at all', async () => {
  const keys = [await parked(), await parked([coffee]), await parked([coffee])]
  const answers =
    await php(`Bitrix\\Main\\EventManager::getInstance()->addEventHandler('catalog', 'OnDocumentAdd',
      static function () { Application::getConnection()->startTransaction(); });
    $sales = Receiver::open()->sales(); $answers = [];
    foreach (${JSON.stringify(keys)} as $key) { $answers[] = $sales->retry($key, Override::apply())->status; }
    return $answers;`)
  expect(answers).toEqual([200, 200, 200])
  for (const key of keys) expect(await shop.state(key)).toBe('booked')
})

test('the technical user is in while handlers run, and nobody before and after', async () => {
  const key = await parked()
  const seen =
    await php(`$seen = []; $note = static function () use (&$seen) { $seen[] = $GLOBALS['USER']->GetID(); };
    Bitrix\\Main\\EventManager::getInstance()->addEventHandler('catalog', 'OnDocumentAdd', $note);
    $note(); Receiver::open()->sales()->retry('${key}', Override::apply()); $note();
    return $seen;`)
  expect(seen).toEqual([null, 2, null])
})
