/** Other modules of the site around a booking: transactions they end or forget, rows they hold. */
import { describe, expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'

const shop = useShop()
const lib = `require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';`

const alarms = async () =>
  await shop.site.value("SELECT COUNT(*) FROM chekpost_audit WHERE action = 'transaction-ended'")

describe('a handler', () => {
  test.each([
    ['d7commit', '1'],
    ['d7start', '0'],
  ])('whose %s has no counterpart does not spoil the next booking of the process', async (how, told) => {
    const { site } = shop
    const keys: string[] = []
    for (let at = 0; at < 3; at++) {
      const body = receipt([tea], { mayBeSiteOrder: ['paid in the Internet'] })
      await site.post(body)
      keys.push(body.eventId)
    }
    await site.fault('handler:OnDocumentUpdate', how, { times: 1 })
    const answers = await site.php(`${lib} $sales = Chekpost\\Receiver::open()->sales();
      return array_map(fn ($key) => $sales->retry($key, Chekpost\\Override::apply())->body['state'] ?? 'later',
        ${JSON.stringify(keys)});`)
    expect(answers).toEqual(['booked', 'booked', 'booked'])
    expect(await site.amount(7, 1)).toBe('2')
    expect(await alarms()).toBe(told)
  })

  test('that always rolls back is no reason to try for ever: the third time parks, and the owner is told', async () => {
    const { site } = shop
    await site.fault('handler:OnDocumentAdd', 'rollback')
    const body = receipt([tea])
    const statuses: number[] = []
    for (let again = 0; again < 4; again++) statuses.push((await site.post(body)).status)
    expect(statuses).toEqual([503, 503, 202, 202])
    expect(
      await site.sql('SELECT state, retry_at > UTC_TIMESTAMP() later, suspect FROM chekpost_event'),
    ).toEqual([{ state: 'parked', later: '1', suspect: null }])
    expect([await alarms(), await site.value('SELECT COUNT(*) FROM fake_mail')]).toEqual(['1', '1'])
    await site.heal()
    expect((await site.post(body)).json['state']).toBe('booked')
    expect(await site.amount(7, 1)).toBe('4')
  })
})

describe('rows that somebody else holds', () => {
  test('are waited for as long as the shop may wait, then it is told to come later', async () => {
    const { site } = shop
    await site.sql(`START TRANSACTION;
      SELECT * FROM b_catalog_store_product WHERE PRODUCT_ID = 9 FOR UPDATE`)
    const body = receipt([tea, coffee])
    const answer = await site.post(body)
    expect([answer.status, answer.json['error'], answer.headers['retry-after']]).toEqual([503, 'busy', '2'])
    await site.sql('COMMIT')
    expect(await site.value('SELECT COUNT(*) FROM chekpost_failure')).toBe('0')
    expect((await site.post(body)).json['state']).toBe('booked')
  })

  test('are waited for afterwards as long as the site says', async () => {
    const { site } = shop
    const body = receipt([tea], { mayBeSiteOrder: ['paid in the Internet'] })
    await site.post(body)
    const seconds = await site.php(`${lib} $db = Bitrix\\Main\\Application::getConnection();
      $db->queryExecute('SET SESSION innodb_lock_wait_timeout = 77');
      Chekpost\\Receiver::open()->sales()->retry('${body.eventId}', Chekpost\\Override::apply());
      return $db->queryScalar('SELECT @@SESSION.innodb_lock_wait_timeout');`)
    expect([seconds, await site.amount(7, 1)]).toEqual(['77', '4'])
  })
})

describe('the document', () => {
  test('bears the time of the receipt', async () => {
    const { site } = shop
    await site.post(receipt([tea], { rawTime: '2026-08-07T23:59:58' }))
    expect(await site.value('SELECT DATE_DOCUMENT FROM b_catalog_store_docs')).toBe('2026-08-07 23:59:58')
  })

  test('bears none when the receipt’s is impossible', async () => {
    const { site } = shop
    const body = receipt([tea], { rawTime: '2026-02-30T10:00:00' })
    const answer = await site.post({ ...body, occurredAt: '2026-03-02T10:00:00+00:00' })
    expect(answer.json['state']).toBe('booked')
    expect(await site.value('SELECT DATE_DOCUMENT FROM b_catalog_store_docs')).toBeNull()
  })
})
