/** Who is let in, and what is said to the others: the whole table of answers, in its order. */
import { describe, expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { tea, useShop } from './sale/shop.ts'
import { type Answer, newSecret, type PostOptions } from './site.ts'

const shop = useShop()
const now = () => Math.floor(Date.now() / 1000)

async function refused(answer: Answer, status: number, error: string): Promise<void> {
  expect([answer.status, answer.json['error']]).toEqual([status, error])
  expectOurs(answer)
  expect(await shop.site.value('SELECT COUNT(*) FROM chekpost_event')).toBe('0')
}

/** Every answer is JSON of ours, without a cookie. */
function expectOurs(answer: Answer): void {
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(answer.headers.date).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
  for (const field of ['eventId', 'ledgerId', 'host']) expect(answer.json).toHaveProperty(field)
  expect('state' in answer.json || 'error' in answer.json).toBe(true)
}

describe('before anything is looked at', () => {
  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not the method', async (method) => {
    const answer = await shop.site.post(receipt([tea]), { method })
    await refused(answer, 405, 'method')
    expect(answer.headers.allow).toBe('POST')
  })

  test.each([null, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'the content type %s is not JSON',
    async (type) => {
      await refused(
        await shop.site.post(receipt([tea]), { headers: { 'content-type': type } }),
        415,
        'content-type',
      )
    },
  )

  test('a charset beside the content type is no harm', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
    expect((await shop.site.post(receipt([tea]), { headers })).json['state']).toBe('booked')
  })

  test('a body of a megabyte is too large; half of one is read', async () => {
    const body = receipt([tea])
    const padded = (bytes: number) =>
      JSON.stringify({ ...body, pad: '' }).replace('"pad":"', `"pad":"${'x'.repeat(bytes)}`)
    await refused(await shop.site.post(padded(1_000_000)), 413, 'too-large')
    expect((await shop.site.post(padded(520_000))).json['state']).toBe('booked')
  })

  test('three are inside: the fourth comes later', async () => {
    const { site } = shop
    await site.fault('gate_between_read_and_write', 'inside')
    await using gate = await site.gate('inside')
    const first = site.post(receipt([tea]))
    await gate.arrived()
    // They wait for the lock of the first one.
    const others = [site.post(receipt([tea])), site.post(receipt([tea]))]
    await site.value('SELECT SLEEP(0.5)')
    const fourth = await site.post(receipt([tea]))
    expect([fourth.status, fourth.json['error'], fourth.headers['retry-after']]).toEqual([503, 'busy', '2'])
    expect(fourth.json['reasons']).toEqual(['Сайт уже принимает три чека, попробуйте чуть позже'])
    expectOurs(fourth)
    for (const other of others) expect((await other).status).toBe(503)
    await gate.open()
    expect((await first).json['state']).toBe('booked')
  })

  test('the same key is at work: 409', async () => {
    const { site } = shop
    await site.fault('gate_between_read_and_write', 'inside')
    await using gate = await site.gate('inside')
    const body = receipt([tea])
    const first = site.post(body)
    await gate.arrived()
    const twin = await site.post(body)
    expect([twin.status, twin.json['error'], twin.headers['retry-after']]).toEqual([409, 'in-work', '1'])
    expectOurs(twin)
    await gate.open()
    expect((await first).json['state']).toBe('booked')
    expect((await site.post(body)).json).toMatchObject({ state: 'booked', duplicate: true })
  })
})

describe('the signature', () => {
  const forged: readonly (readonly [string, () => PostOptions])[] = [
    ['no signature', () => ({ secret: null })],
    ['another secret', () => ({ secret: newSecret() })],
    ['an unknown register', () => ({ register: 'shop-99/till-1' })],
    ['a register in bytes of nothing', () => ({ headers: { 'chekpost-register': 'shop\u00ff/till-1' } })],
    ['no register', () => ({ headers: { 'chekpost-register': null } })],
    ['another id than the signed one', () => ({ headers: { 'webhook-id': 'FN9285000100150175-FD1' } })],
    ['no id', () => ({ headers: { 'webhook-id': null } })],
    ['another time than the signed one', () => ({ headers: { 'webhook-timestamp': String(now() + 1) } })],
    ['no time', () => ({ headers: { 'webhook-timestamp': null } })],
    ['a time that is no number', () => ({ headers: { 'webhook-timestamp': `${now()}.5` } })],
    ['a time in hex', () => ({ headers: { 'webhook-timestamp': `0x${now().toString(16)}` } })],
    ['301 seconds ago', () => ({ timestamp: now() - 302 })],
    ['301 seconds ahead', () => ({ timestamp: now() + 302 })],
    ['an empty signature', () => ({ headers: { 'webhook-signature': '' } })],
    ['a signature of nothing', () => ({ headers: { 'webhook-signature': 'v1,' } })],
  ]
  test.each(forged)('%s: 401', async (_, options) => {
    await refused(await shop.site.post(receipt([tea]), options()), 401, 'signature')
  })

  test.each([
    [{ 'webhook-timestamp': null }, 'нет заголовков подписи: webhook-timestamp'],
    [
      { 'webhook-timestamp': null, 'webhook-signature': null },
      'нет заголовков подписи: webhook-timestamp, webhook-signature',
    ],
    [{ 'webhook-timestamp': '1000000000' }, 'часы отправителя и сайта расходятся'],
    [{ 'webhook-signature': 'v1,AAAA' }, 'проверьте имя кассы и её секрет'],
  ])('%j: the answer names the cause, and tells nobody which registers there are', async (headers, cause) => {
    const { site } = shop
    const known = await site.post(receipt([tea]), { headers })
    const unknown = await site.post(receipt([tea]), { headers, register: 'shop-99/till-1' })
    expect(String(known.json['reasons'])).toContain(cause)
    expect([unknown.status, unknown.json]).toEqual([known.status, known.json])
  })

  test('cannot be looked at where the receiver is not installed: 503, not 401', async () => {
    await shop.site.setting('ledgerId', '')
    const answer = await shop.site.post(receipt([tea]))
    await refused(answer, 503, 'not-installed')
    expect(String(answer.json['reasons'])).toContain('не установлен')
  })

  test('of a body that was changed on its way: 401', async () => {
    const body = receipt([tea])
    const { site } = shop
    const signed = await signatureOf(JSON.stringify(body))
    const changed = JSON.stringify(body).replace('"quantity":"1"', '"quantity":"9"')
    await refused(await site.post(changed, { headers: signed }), 401, 'signature')
  })

  /** The signature of other bytes, caught on their way. */
  async function signatureOf(text: string): Promise<Record<string, string>> {
    const { parseSecret, sign } = await import('../../agent/bitrix/sign.ts')
    const { eventId } = JSON.parse(text)
    const secrets = JSON.parse((await shop.site.value('SELECT secrets FROM chekpost_register')) ?? '')
    const time = now()
    return {
      'webhook-timestamp': String(time),
      'webhook-signature': sign([parseSecret(secrets[0].secret)], eventId, time, text),
    }
  }

  test('that was caught and is sent again books once', async () => {
    const { site } = shop
    const text = JSON.stringify(receipt([tea]))
    const headers = await signatureOf(text)
    expect((await site.post(text, { headers })).json).not.toHaveProperty('duplicate')
    expect((await site.post(text, { headers })).json).toMatchObject({ state: 'booked', duplicate: true })
    expect(await site.amount(7, 1)).toBe('4')
  })

  test.each([-299, 299])('made %i seconds away is fresh', async (seconds) => {
    expect((await shop.site.post(receipt([tea]), { timestamp: now() + seconds })).status).toBe(200)
  })

  test('by any of the secrets is good, while they rotate', async () => {
    const { site } = shop
    const [old, young] = [newSecret(), newSecret()]
    const secrets = [old, young].map((secret) => ({ secret, since: '2026-01-01T00:00:00+00:00' }))
    await site.sql('UPDATE chekpost_register SET secrets = ?', JSON.stringify(secrets))
    for (const secret of [old, young, [newSecret(), young]])
      expect((await site.post(receipt([tea]), { secret })).json['state']).toBe('booked')
    await refusedOnly(await site.post(receipt([tea]), { secret: newSecret() }))
  })

  async function refusedOnly(answer: Answer): Promise<void> {
    expect(answer.status).toBe(401)
    expect(await shop.site.value('SELECT COUNT(*) FROM chekpost_event')).toBe('3')
  }

  test('fits a secret that is too short or no secret: never', async () => {
    const { site } = shop
    for (const secret of ['whsec_', 'whsec_YQ==', '', 'plain']) {
      await site.sql('UPDATE chekpost_register SET secrets = ?', JSON.stringify([{ secret, since: '' }]))
      await refused(await site.post(receipt([tea])), 401, 'signature')
    }
  })

  test('of another register does not open this one’s store', async () => {
    const { site } = shop
    const other = await site.register({ id: 'shop-13/till-1', storeId: 2 })
    const body = receipt([tea])
    await refused(
      await site.post(body, { secret: other.secret, register: 'shop-12/till-1' }),
      401,
      'signature',
    )
    await refused(await site.post(body, { register: 'shop-13/till-1' }), 400, 'register')
    await refused(
      await site.post({ ...body, store: 'shop-13' }, { register: 'shop-12/till-1' }),
      400,
      'store',
    )
  })
})

describe('a register that is proved', () => {
  test('and disabled: 410, but only to who has the secret', async () => {
    const { site } = shop
    const { secret } = await site.register({ enabled: false })
    const gone = await site.post(receipt([tea]), { secret })
    await refused(gone, 410, 'register-disabled')
    await refused(await site.post(receipt([tea]), { secret: newSecret() }), 401, 'signature')
  })

  test('and at another host than the installed one: 503 wrong-site', async () => {
    const answer = await shop.site.post(receipt([tea]), { headers: { host: 'copy.example' } })
    await refused(answer, 503, 'wrong-site')
    expect(answer.headers['retry-after']).toBe('60')
    expect(answer.json['host']).toBe(shop.site.host)
  })

  test('and no host installed: 503 wrong-site', async () => {
    await shop.site.setting('host', '')
    await refused(await shop.site.post(receipt([tea])), 503, 'wrong-site')
  })

  test.each(['shop.example', 'SHOP.example', 'shop.example:443', 'shop.example:80'])(
    'is at home as %s',
    async (host) => {
      await shop.site.setting('host', 'shop.example')
      expect((await shop.site.post(receipt([tea]), { headers: { host } })).json['state']).toBe('booked')
    },
  )
})

describe('a body that is not as it should be: 400', () => {
  const good = () => receipt([tea])
  const text = (find: string, put: string) => JSON.stringify(good()).replace(find, put)
  const id = () => good().eventId
  const latin1 = () => {
    const bytes = Buffer.from(text('Чай', 'X'))
    bytes[bytes.indexOf('X')] = 0xff
    return bytes
  }
  const broken: readonly (readonly [string, string, () => object | string | Uint8Array])[] = [
    ['no JSON', 'json', () => '{"eventId": '],
    ['nothing', 'json', () => ''],
    ['a list', 'json', () => '[]'],
    ['a number', 'json', () => '1'],
    ['with a byte order mark', 'json', () => `\uFEFF${JSON.stringify(good())}`],
    ['bytes that are not UTF-8', 'json', () => latin1()],
    ['half a surrogate pair', 'json', () => text('Чай', '\\ud83d')],
    ['deep', 'json', () => text('"problems":[]', `"problems":[],"deep":${'['.repeat(40)}${']'.repeat(40)}`)],
    ['very deep', 'json', () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['with one name twice', 'json', () => text('"store"', '"store":"x","store"')],
    ['with one name twice in a line', 'json', () => text('"move":"out"', '"move":"out","mo\\u0076e":"in"')],
    ['a sum with a fraction', 'schema', () => text('"sum":10000', '"sum":10000.0')],
    ['a sum with an exponent', 'schema', () => text('"sum":10000', '"sum":1e4')],
    ['a sum beyond every reader', 'schema', () => text('"sum":10000', '"sum":9007199254740992')],
    ['a sum beyond everything', 'schema', () => text('"sum":10000', '"sum":99999999999999999999')],
    ['a quantity that is a number', 'schema', () => text('"quantity":"1"', '"quantity":1')],
    ['a quantity below nought', 'schema', () => text('"quantity":"1"', '"quantity":"-1"')],
    ['a quantity with a line break', 'schema', () => text('"quantity":"1"', '"quantity":"1\\n"')],
    ['a quantity in words', 'schema', () => text('"quantity":"1"', '"quantity":"1e3"')],
    ['no quantity at all', 'schema', () => text('"quantity":"1",', '')],
    ['an unknown move', 'schema', () => text('"move":"out"', '"move":"away"')],
    ['lines that are an object', 'schema', () => ({ ...good(), lines: {} })],
    ['no lines', 'schema', () => ({ ...good(), lines: undefined })],
    ['an unknown type', 'schema', () => ({ ...good(), type: 'pos.gift' })],
    ['another version', 'schema', () => ({ ...good(), specVersion: '2' })],
    ['a day that does not exist', 'schema', () => ({ ...good(), occurredAt: '2026-02-30T10:00:00+03:00' })],
    [
      'a fiscal drive of 15 digits',
      'schema',
      () => text('"fn":"9285000100150175"', '"fn":"928500010015017"'),
    ],
    ['another drive than the key’s', 'key', () => text('"fn":"9285000100150175"', '"fn":"9285000100150176"')],
    ['another number than the key’s', 'key', () => text('"fd":', '"fd":1')],
  ]
  test.each(broken)('%s (%s)', async (_, error, body) => {
    const answer = await shop.site.post(body(), { id: id() })
    await refused(answer, 400, error)
  })

  test('a second name of a document is none', async () => {
    const body = receipt([tea], { fd: 7 })
    const answer = await shop.site.post({ ...body, eventId: 'FN9285000100150175-FD007' })
    await refused(answer, 400, 'key')
  })

  test.each([
    ['webhook-id', () => ({ id: 'FN9285000100150175-FD1' })],
    ['idempotency-key', () => ({ headers: { 'idempotency-key': '"FN9285000100150175-FD1"' } })],
  ] as const)('another %s than the body’s', async (error, options) => {
    const body = receipt([tea])
    const idempotency = { 'idempotency-key': `"${body.eventId}"` }
    const own = options() as PostOptions
    await refused(
      await shop.site.post(body, { ...own, headers: { ...idempotency, ...own.headers } }),
      400,
      error,
    )
  })

  test('no Idempotency-Key is no fault', async () => {
    const headers = { 'idempotency-key': null }
    expect((await shop.site.post(receipt([tea]), { headers })).json['state']).toBe('booked')
  })
})

describe('what is no document', () => {
  test('pos.test is answered and leaves nothing', async () => {
    const { site } = shop
    const register = { id: 'shop-12/till-1' }
    const body = { specVersion: '1', type: 'pos.test', eventId: 'TEST-1', register, store: 'shop-12' }
    const answer = await site.post(body)
    expect(answer.json).toMatchObject({ eventId: 'TEST-1', state: 'ignored', host: site.host })
    expectOurs(answer)
    expect(await site.value('SELECT COUNT(*) FROM chekpost_event')).toBe('0')
    await refused(await site.post({ ...body, eventId: 'HELLO' }), 400, 'schema')
    await refused(await site.post({ ...body, store: 'shop-13' }), 400, 'store')
  })

  test('pos.heartbeat is remembered as the newest of its register', async () => {
    const { site } = shop
    const register = { id: 'shop-12/till-1' }
    const body = {
      specVersion: '1',
      type: 'pos.heartbeat',
      eventId: 'HB-shop-12/till-1-29767893',
      register,
      store: 'shop-12',
      outbox: { waiting: 3 },
    }
    expect((await site.post(body)).json).toMatchObject({ eventId: body.eventId, state: 'ignored' })
    const [row] = await site.sql('SELECT heartbeat, heartbeat_at FROM chekpost_register')
    expect(JSON.parse(row?.['heartbeat'] ?? '')).toEqual(body)
    expect(row?.['heartbeat_at']).not.toBeNull()
    expect(await site.value('SELECT COUNT(*) FROM chekpost_event')).toBe('0')
  })

  test('every genuine request tells when the register was seen, and from which installation', async () => {
    const { site } = shop
    for (const instance of ['one', 'two', 'one', 'x'.repeat(500)])
      await site.post(receipt([tea]), { headers: { 'chekpost-instance': instance } })
    await site.post(receipt([{ name: '?' }]), { headers: { 'chekpost-instance': 'two' } })
    await expect
      .poll(async () => JSON.parse((await site.value('SELECT instances FROM chekpost_register')) ?? '{}'))
      .toEqual({
        one: { at: expect.any(String), accepted: 2 },
        two: { at: expect.any(String), accepted: 2 },
      })
    expect(await site.value('SELECT seen_at FROM chekpost_register')).not.toBeNull()
  })
})

test('the alias answers as the address itself', async () => {
  const path = '/local/ajax/pos-sale-callback.php'
  expect((await shop.site.post(receipt([tea]), { path })).json['state']).toBe('booked')
})

test('what handlers print and the sessions they open do not reach the caller', async () => {
  const { site } = shop
  await site.fault('handler:OnDocumentAdd', 'output:<html>')
  const answer = await site.post(receipt([tea]))
  expectOurs(answer)
  expect(answer.json['state']).toBe('booked')
})
