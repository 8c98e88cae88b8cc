/** One document, one booking: whatever is sent again, at once, differently, or after a person had a hand in it. */
import { describe, expect, test } from 'vitest'
import { type LineOptions, receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'
import type { Answer } from './site.ts'

const shop = useShop()

/** Until the site takes it, as the agent does. */
async function postUntilTaken(body: object): Promise<Answer> {
  for (;;) {
    const answer = await shop.site.post(body)
    if (answer.status < 400) return answer
    expect([409, 503]).toContain(answer.status)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  }
}

/** What the page and the site's own agent do. */
async function retry(key: string, override = 'none()'): Promise<Record<string, unknown>> {
  const answer =
    await shop.site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
    $answer = Chekpost\\Receiver::open()->sales()->retry('${key}', Chekpost\\Override::${override});
    return ['status' => $answer->status] + $answer->body;`)
  return answer as Record<string, unknown>
}

async function movements(): Promise<string | null> {
  return await shop.site.value('SELECT COUNT(*) FROM chekpost_movement')
}

describe('a repeat', () => {
  test('of a booked receipt is answered as the first time', async () => {
    const { site } = shop
    const body = receipt([tea])
    const first = await site.post(body)
    for (let again = 0; again < 3; again++) {
      const answer = await site.post(body)
      expect([answer.status, answer.json]).toEqual([200, { ...first.json, duplicate: true }])
    }
    expect(await site.amount(7, 1)).toBe('4')
    expect(await site.documents()).toHaveLength(1)
  })

  test('twenty times at once books once', async () => {
    const body = receipt([{ ...tea, quantity: '2' }])
    const answers = await Promise.all(Array.from({ length: 20 }, () => postUntilTaken(body)))
    expect(answers.filter(({ json }) => json['duplicate'] !== true)).toHaveLength(1)
    expect(new Set(answers.map(({ json }) => JSON.stringify(json['documents']))).size).toBe(1)
    expect(await shop.site.amount(7, 1)).toBe('3')
  })

  test('of twenty different receipts of one product at once books all twenty', async () => {
    const bodies = Array.from({ length: 20 }, () => receipt([{ ...coffee, quantity: '0.3' }]))
    await Promise.all(bodies.map(postUntilTaken))
    expect(await shop.site.amount(9, 1)).toBe('4')
  })

  test('with another, better body is still the same receipt', async () => {
    const body = receipt([tea])
    await shop.site.post(body)
    const better = { ...body, lines: [], problems: ['decoded anew'] }
    expect((await shop.site.post(better)).json).toMatchObject({ state: 'booked', duplicate: true })
  })

  test.each([
    ['fiscal sign', { fpd: '1' }],
    ['operation', { operation: 2 }],
    ['time', { rawTime: '2026-01-01T00:00:00' }],
    ['total', { total: 1 }],
  ])('with another %s is another receipt under a taken key: 422, and told', async (_, other) => {
    const { site } = shop
    const body = receipt([tea], { rawTime: '2026-08-07T12:34:56' })
    const { fd } = body.fiscal
    await site.post(body)
    const answer = await site.post(receipt([tea], { rawTime: '2026-08-07T12:34:56', fd, ...other }))
    expect([answer.status, answer.json['error'], answer.json['eventId']]).toEqual([
      422,
      'facts-differ',
      body.eventId,
    ])
    const audit = await site.sql("SELECT * FROM chekpost_audit WHERE action = 'facts-differ'")
    expect(audit).toMatchObject([{ event_key: body.eventId, who: 'shop-12/till-1' }])
    expect(await movements()).toBe('1')
  })

  test('of a receipt whose document was cancelled by hand is told so and books nothing', async () => {
    const { site } = shop
    const body = receipt([tea])
    const [document] = (await site.post(body)).json['documents'] as [{ id: number }]
    await site.php(`Bitrix\\Main\\Loader::includeModule('catalog');
      return CCatalogDocs::cancellationDocument(${document.id}, 1);`)
    expect(await site.amount(7, 1)).toBe('5')
    const answer = await site.post(body)
    expect(answer.json).toMatchObject({ state: 'booked', duplicate: true, cancelledBy: 'operator' })
    expect(await site.amount(7, 1)).toBe('5')
    await site.php(
      `Bitrix\\Main\\Loader::includeModule('catalog'); return CCatalogDocs::delete(${document.id});`,
    )
    expect((await site.post(body)).json).toMatchObject({ state: 'booked', cancelledBy: 'operator' })
    expect(await site.documents()).toEqual([])
    // The person's own act stands; the ledger still knows the receipt.
    await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 5 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
    await site.sql('DELETE FROM chekpost_movement; DELETE FROM chekpost_event')
  })
})

describe('from another register', () => {
  test.each([
    ['parked', [{ name: 'нет такого' }]],
    ['booked', [tea]],
  ])('a receipt that is %s stays the first one’s, and that is noted once', async (state, lines) => {
    const { site } = shop
    await site.register({ id: 'shop-13/till-1', storeId: 2 })
    const first = receipt(lines)
    expect((await site.post(first)).json['state']).toBe(state)
    const { fd, rawTime } = first.fiscal
    const second = receipt([tea], { fd, rawTime, register: 'shop-13/till-1' })
    for (let again = 0; again < 2; again++) {
      const answer = await site.post(second, { register: 'shop-13/till-1' })
      expect(answer.json).toMatchObject({ state, duplicate: true })
    }
    expect(await site.sql('SELECT register_id, state, attempts FROM chekpost_event')).toEqual([
      { register_id: 'shop-12/till-1', state, attempts: '1' },
    ])
    expect(await site.sql('SELECT who, action FROM chekpost_audit')).toEqual([
      { who: 'shop-13/till-1', action: 'other-register' },
    ])
    expect(await site.amount(7, 2)).toBe('4')
  })
})

test('an error in another encoding is kept, and the receipt with it', async () => {
  const { site } = shop
  const body = receipt([{ name: 'Соль' }])
  await site.post(body)
  const kept = await site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
    Bitrix\\Main\\Application::getConnection()->queryExecute("SET sql_mode = 'STRICT_ALL_TABLES'");
    $ledger = Chekpost\\Receiver::open()->ledger;
    $event = $ledger->find('${body.eventId}');
    $sale = Chekpost\\SaleBody::read(Chekpost\\Json::object($event->body));
    $settlement = new Chekpost\\Settlement('parked', 202);
    $settlement->reasons = [Chekpost\\Reasons::failed(3, "\\xCE\\xF8\\xE8 in cp1251")];
    $ledger->replace($sale, $event->body, $settlement, 'parked');
    $ledger->audit('test', 'failed', $event->key, ['error' => "\\xCE\\xF8\\xE8 in cp1251"]);
    $ledger->countFailure($event->key, "\\xCE\\xF8\\xE8 in cp1251");
    return array_map(fn ($reason) => $reason->text, $ledger->find($event->key)->reasons);`)
  expect(String(kept)).toContain('in cp1251')
  expect(await site.value('SELECT detail FROM chekpost_audit')).toContain('in cp1251')
  expect(await site.value('SELECT last_error FROM chekpost_failure')).toContain('in cp1251')
})

describe('a parked receipt', () => {
  const sugar: LineOptions = { ean: '4609999999999', name: 'Сахар' }

  test('sent again is tried again, and books once the site knows the product', async () => {
    const { site } = shop
    const body = receipt([sugar])
    const first = await site.post(body)
    const again = await site.post(body)
    expect([first.status, again.status]).toEqual([202, 202])
    expect(await site.value('SELECT attempts FROM chekpost_event')).toBe('2')
    await site.product({ id: 80, barcode: '4609999999999', amount: { 1: 5 } })
    await shop.recount()
    const booked = await site.post(body)
    expect([booked.status, booked.json['state'], booked.json['duplicate']]).toEqual([
      200,
      'booked',
      undefined,
    ])
    expect(await site.amount(80, 1)).toBe('4')
    expect((await site.post(body)).json).toMatchObject({ state: 'booked', duplicate: true })
  })

  test('sent again in a better body is booked by that', async () => {
    const body = receipt([{ name: 'Чай' }])
    await shop.site.post(body)
    const better = receipt([{ ...tea, quantity: '2' }], { fd: body.fiscal.fd, rawTime: body.fiscal.rawTime })
    expect((await shop.site.post(better)).json['state']).toBe('booked')
    expect(await shop.site.amount(7, 1)).toBe('3')
  })

  test('is tried again by the site, later each time, when time may help', async () => {
    const { site } = shop
    const body = receipt([sugar])
    const wait = () =>
      site.value('SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), retry_at) FROM chekpost_event')
    await site.post(body)
    expect(Number(await wait())).toBeGreaterThanOrEqual(14)
    for (let again = 0; again < 8; again++) await retry(body.eventId)
    expect(Number(await wait())).toBeGreaterThan(23 * 60)
    await site.product({ id: 80, barcode: '4609999999999', amount: { 1: 5 } })
    await shop.recount()
    expect(await retry(body.eventId)).toMatchObject({ status: 200, state: 'booked' })
    expect(await retry(body.eventId)).toMatchObject({ status: 200, state: 'booked', duplicate: true })
    expect(await site.value('SELECT retry_at FROM chekpost_event')).toBeNull()
  })

  test.each([
    ['a line to review', receipt([{ ...tea, move: 'review' }]), 'review'],
    ['a correction', receipt([{ ...tea, move: 'review' }], { type: 'pos.correction' }), 'correction'],
    [
      'what may be a site order',
      receipt([tea], { mayBeSiteOrder: ['settled in the Internet (tag 1125)'] }),
      'may-be-site-order',
    ],
  ])('for %s waits for a person, whose word books it', async (_, body, code) => {
    const { site } = shop
    const answer = await site.post(body)
    expect(answer.status).toBe(202)
    expect(answer.json['reasonCodes']).toContain(code)
    expect(await site.value('SELECT retry_at FROM chekpost_event')).toBeNull()
    expect(String(answer.json['reasons'])).not.toMatch(/[a-z]{4}/)
    expect(await retry(body.eventId)).toMatchObject({ status: 202 })
    expect(await retry(body.eventId, "apply('owner', 'it was handed over')")).toMatchObject({
      state: 'booked',
    })
    expect(await site.amount(7, 1)).toBe('4')
    expect(await site.sql('SELECT who, note FROM chekpost_event')).toEqual([
      { who: 'owner', note: 'it was handed over' },
    ])
  })

  test.each([
    [1, '4'],
    [2, '6'],
    [3, '6'],
    [4, '4'],
  ])('to review of operation %i moves as that says', async (operation, left) => {
    const body = receipt([{ ...tea, move: 'review' }], { operation })
    await shop.site.post(body)
    await retry(body.eventId, 'apply()')
    expect(await shop.site.amount(7, 1)).toBe(left)
  })

  test('for a correction without lines has nothing to book, whatever a person says', async () => {
    const body = receipt([], { type: 'pos.correction' })
    await shop.site.post(body)
    expect(await retry(body.eventId, 'apply()')).toMatchObject({
      state: 'parked',
      reasonCodes: ['correction'],
    })
  })

  test('that was dismissed is ignored when it is sent again, and may be taken up by a person', async () => {
    const { site } = shop
    const body = receipt([sugar])
    await site.post(body)
    await site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
      Chekpost\\Receiver::open()->ledger->dismiss('${body.eventId}', 'owner', 'counted by hand'); return true;`)
    expect((await site.post(body)).json).toMatchObject({ state: 'ignored', duplicate: true })
    expect(await shop.state(body.eventId)).toBe('dismissed')
    await site.product({ id: 80, barcode: '4609999999999', amount: { 1: 5 } })
    await shop.recount()
    expect(await retry(body.eventId)).toMatchObject({ state: 'booked' })
  })

  test('tried by ten at once is booked by one', async () => {
    const { site } = shop
    const body = receipt([sugar])
    await site.post(body)
    await site.product({ id: 80, barcode: '4609999999999', amount: { 1: 5 } })
    await shop.recount()
    await Promise.all(Array.from({ length: 10 }, () => postUntilTaken(body)))
    expect(await site.amount(80, 1)).toBe('4')
  })

  test('that somebody dismisses while it is being booked is the one or the other', async () => {
    const { site } = shop
    const body = receipt([sugar])
    await site.post(body)
    await site.product({ id: 80, barcode: '4609999999999', amount: { 1: 5 } })
    await shop.recount()
    await site.fault('gate_between_read_and_write', 'inside')
    await using gate = await site.gate('inside')
    const booking = site.post(body)
    await gate.arrived()
    const dismissing = site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
      Chekpost\\Receiver::open()->ledger->dismiss('${body.eventId}', 'owner', ''); return true;`)
    await gate.open()
    await Promise.all([booking, dismissing])
    expect(await shop.state(body.eventId)).toBe('booked')
    expect(await site.value("SELECT COUNT(*) FROM chekpost_audit WHERE action = 'dismiss'")).toBe('0')
  })

  test('unknown to the ledger cannot be retried', async () => {
    expect(await retry('FN9285000100150175-FD1')).toMatchObject({ status: 404 })
  })
})

describe('on trial', () => {
  test('a receipt is kept with its reasons and moves nothing, not even when it is sent again', async () => {
    const { site } = shop
    await site.setting('live', 'N')
    const body = receipt([tea, { name: 'Соль' }])
    const answer = await site.post(body)
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['unknown-product', 'trial']])
    const known = receipt([tea])
    expect((await site.post(known)).json['reasonCodes']).toEqual(['trial'])
    expect(await site.value('SELECT COUNT(retry_at) FROM chekpost_event')).toBe('0')
    await site.setting('live', 'Y')
    expect((await site.post(known)).json).toMatchObject({ state: 'parked', duplicate: true })
    expect(await site.amount(7, 1)).toBe('5')
    expect(await retry(known.eventId)).toMatchObject({ state: 'booked' })
    expect(await site.amount(7, 1)).toBe('4')
  })

  test('what moves nothing is ignored as ever', async () => {
    await shop.site.setting('live', 'N')
    expect((await shop.site.post(receipt([{ name: 'Доставка', move: 'none' }]))).json['state']).toBe(
      'ignored',
    )
  })

  test('a person’s word does not make it live', async () => {
    await shop.site.setting('live', 'N')
    const body = receipt([{ ...tea, move: 'review' }])
    await shop.site.post(body)
    expect(await retry(body.eventId, 'apply()')).toMatchObject({ state: 'parked', reasonCodes: ['trial'] })
  })
})
