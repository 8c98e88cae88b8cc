/** Whatever happens in the middle: all of a receipt is booked or nothing of it, and the ledger says which. */
import { describe, expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'
import type { Answer } from './site.ts'

const shop = useShop()
const two = () => receipt([{ ...tea, quantity: '2' }, coffee])

async function stock(): Promise<string[]> {
  return [await shop.site.amount(7, 1), await shop.site.amount(9, 1)]
}

async function untouched(): Promise<void> {
  expect(await stock()).toEqual(['5', '10'])
  expect(await shop.site.documents()).toEqual([])
}

/** The fault is gone: the repeat books, once. */
async function heals(body: object & { readonly eventId: string }): Promise<void> {
  await shop.site.heal()
  const answer = await shop.site.post(body)
  expect([answer.status, answer.json['state']]).toEqual([200, 'booked'])
  expect((await shop.site.post(body)).json).toMatchObject({ state: 'booked', duplicate: true })
  expect(await stock()).toEqual(['3', '9'])
  expect(await shop.site.documents()).toHaveLength(1)
}

/** No answer at all, when the process was killed. */
async function post(body: object): Promise<Answer | null> {
  return await shop.site.post(body).catch(() => null)
}

describe('Bitrix says no', () => {
  test.each([
    ['handler:OnBeforeDocumentAdd', 'false', 'Битрикс отказал без объяснения'],
    ['handler:OnBeforeDocumentAdd', 'false:Склад закрыт.', 'Битрикс отказал: Склад закрыт.'],
    ['handler:OnBeforeDocumentUpdate', 'false', 'Битрикс отказал без объяснения'],
    ['handler:OnBeforeStoreProductUpdate', 'false', 'Битрикс отказал'],
    ['product_update_fails:9', 'yes', 'Битрикс отказал'],
    ['feature_off', 'yes', 'Битрикс отказал'],
    ['lying_conduct', 'string', 'Битрикс отказал без объяснения'],
  ])('%s = %s: the receipt waits with its words and is tried again', async (fault, value, words) => {
    const { site } = shop
    await site.fault(fault, value)
    const body = two()
    const answer = await site.post(body)
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['refused']])
    expect(String(answer.json['reasons'])).toContain(words)
    expect(await site.value('SELECT retry_at > UTC_TIMESTAMP() FROM chekpost_event')).toBe('1')
    await untouched()
    await heals(body)
  })

  test('the technical user is gone', async () => {
    const { site } = shop
    await site.sql("UPDATE b_user SET ACTIVE = 'N' WHERE ID = 2")
    const body = two()
    const answer = await site.post(body)
    expect(String(answer.json['reasons'])).toContain('Технический пользователь 2')
    await untouched()
    await site.sql("UPDATE b_user SET ACTIVE = 'Y' WHERE ID = 2")
    await heals(body)
  })

  test.each(['catalog', 'iblock'])('the module %s is missing: later, and not counted', async (module) => {
    const { site } = shop
    await site.fault(`module_missing:${module}`, 'yes')
    const body = two()
    for (let again = 0; again < 4; again++) {
      const answer = await site.post(body)
      expect([answer.status, answer.json['error']]).toEqual([503, 'module-missing'])
    }
    expect(await site.value('SELECT COUNT(*) FROM chekpost_failure')).toBe('0')
    expect(await shop.state(body.eventId)).toBeNull()
    await untouched()
    await heals(body)
  })
})

describe('Bitrix says yes and does something else', () => {
  test.each([
    ['line_fails:9', 'yes'],
    ['handler:OnBeforeCatalogStoreDocsElementAdd', 'false'],
    ['lying_conduct', 'true'],
    ['handler:OnDocumentAdd', 'sql:UPDATE b_catalog_docs_element SET AMOUNT = 1'],
    [
      'handler:OnDocumentAdd',
      'sql:INSERT INTO b_catalog_docs_element (DOC_ID, ELEMENT_ID, STORE_FROM, AMOUNT) SELECT MAX(ID), 8, 1, 1 FROM b_catalog_store_docs',
    ],
    ['handler:OnDocumentUpdate', "sql:UPDATE b_catalog_store_docs SET STATUS = 'N'"],
    ['handler:OnDocumentUpdate', 'sql:UPDATE b_catalog_store_product SET AMOUNT = AMOUNT + 1'],
  ])('%s = %s: nothing is booked', async (fault, value) => {
    const { site } = shop
    await site.fault(fault, value)
    const body = two()
    const answer = await site.post(body)
    expect([answer.status, answer.json['error'], answer.headers['retry-after']]).toEqual([
      503,
      'failed',
      '30',
    ])
    await untouched()
    await heals(body)
  })
})

describe('a handler throws', () => {
  const events = [
    'OnBeforeDocumentAdd',
    'OnDocumentAdd',
    'OnBeforeCatalogStoreDocsElementAdd',
    'OnBeforeStoreProductUpdate',
    'OnStoreProductUpdate',
    'OnBeforeProductUpdate',
    'OnProductUpdate',
    'OnBeforeDocumentUpdate',
    'OnDocumentUpdate',
  ]
  test.each(events)('in %s: nothing is booked, the repeat books', async (event) => {
    await shop.site.fault(`handler:${event}`, 'throw:sudden')
    const body = two()
    expect((await shop.site.post(body)).status).toBe(503)
    await untouched()
    expect(await shop.site.sql('SELECT attempts, last_error FROM chekpost_failure')).toMatchObject([
      { attempts: '1', last_error: expect.stringContaining('sudden') },
    ])
    await heals(body)
  })

  test.each(['throw:sudden', 'error', 'nested', 'exit'])(
    '%s three times: the receipt waits with the error, and books when it is gone',
    async (how) => {
      const { site } = shop
      await site.fault('handler:OnDocumentUpdate', how)
      const body = two()
      const answers = [await site.post(body), await site.post(body), await site.post(body)]
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 202])
      expect(answers[2]?.json['reasonCodes']).toEqual(['failed'])
      expect(answers[2]?.headers['content-type']).toBe('application/json')
      expect(answers[2]?.json).toMatchObject({ eventId: body.eventId, host: site.host })
      await untouched()
      expect((await site.post(body)).status).toBe(202)
      await untouched()
      await heals(body)
    },
  )
})

describe('the process dies', () => {
  test.each(['crash_after_add', 'crash_before_status', 'crash_before_commit'])(
    'at %s: nothing is booked, the repeat books',
    async (moment) => {
      for (const how of ['kill', 'exit', 'throw']) {
        await shop.furnish()
        await shop.site.fault(moment, how)
        const body = two()
        const answer = await post(body)
        expect([how, answer?.status]).toEqual([how, how === 'kill' ? undefined : 503])
        await untouched()
        await heals(body)
      }
    },
  )

  test.each(['kill', 'exit', 'throw'])(
    'after the commit (%s): it is booked, and the repeat says so',
    async (how) => {
      await shop.site.fault('crash_after_commit', how)
      const body = two()
      await post(body)
      expect(await stock()).toEqual(['3', '9'])
      await shop.site.heal()
      expect((await shop.site.post(body)).json).toMatchObject({ state: 'booked', duplicate: true })
      expect(await stock()).toEqual(['3', '9'])
    },
  )

  test('together with the database: nothing or all', async () => {
    const { site, db } = shop
    await site.fault('gate_before_status', 'inside', { times: 1 })
    await using gate = await site.gate('inside')
    const body = two()
    const asked = post(body)
    await gate.arrived()
    await db.kill()
    const answer = await asked
    if (answer !== null) {
      expect([answer.status, answer.json['error']]).toEqual([503, 'busy'])
      expect(answer.headers['retry-after']).toBe('2')
    }
    const meanwhile = await post(body)
    expect([meanwhile?.status, meanwhile?.headers['content-type']]).toEqual([503, 'application/json'])
    await db.start()
    await reopened()
    await untouched()
    await heals(body)
  })

  /** The tests’ own connection has died with the database. */
  async function reopened(): Promise<void> {
    await expect.poll(async () => await shop.site.value('SELECT 1').catch(() => null)).toBe('1')
  }
})

describe('the database', () => {
  test('goes at any query: nothing or all, and not counted', async () => {
    const { site } = shop
    let last = 0
    // Far beyond the last query of one request, so that every one of them is struck.
    const moments = Array.from({ length: 60 }, (_, at) => at + 1)
    for (const moment of moments) {
      await site.fault('db_gone_after', String(moment), { times: 1 })
      const body = receipt([
        { ...tea, quantity: '0.05' },
        { ...coffee, quantity: '0.05' },
      ])
      const answer = await site.post(body)
      expect([200, 503]).toContain(answer.status)
      last = answer.status
      expect(await shop.books.disagreements()).toEqual([])
      await site.heal()
      expect((await site.post(body)).json['state']).toBe('booked')
      expect(await shop.books.disagreements()).toEqual([])
    }
    expect(last).toBe(200)
    expect(await stock()).toEqual(['2', '7'])
    expect(await site.value('SELECT COUNT(*) FROM chekpost_failure')).toBe('0')
  })

  test.each(['b_catalog_store_product', 'b_catalog_docs_element', 'chekpost_movement'])(
    'cannot roll back in %s: the receipt waits until it can',
    async (table) => {
      const { site } = shop
      await site.sql(`ALTER TABLE ${table} ENGINE = MyISAM`)
      const body = two()
      try {
        await site.fault('handler:OnDocumentUpdate', 'throw')
        const answer = await site.post(body)
        expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['refused']])
        expect(String(answer.json['reasons'])).toContain(`${table} не InnoDB`)
        await untouched()
      } finally {
        await site.sql(`ALTER TABLE ${table} ENGINE = InnoDB`)
      }
      await heals(body)
    },
  )

  test('is gone before the request: 503 of ours', async () => {
    const { site, db } = shop
    await db.kill()
    const answer = await site.post(two())
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'application/json'])
    expect(answer.json).toMatchObject({ error: 'died', eventId: expect.stringMatching(/^FN/) })
    await db.start()
    await expect.poll(async () => await site.value('SELECT 1').catch(() => null)).toBe('1')
  })

  test.each([1213, 1205])('answers %i in the middle: later, and not counted', async (number) => {
    const { site } = shop
    await site.fault('handler:OnDocumentUpdate', `sql:SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = ${number}`)
    const body = two()
    for (let again = 0; again < 4; again++) {
      const answer = await site.post(body)
      expect([answer.status, answer.json['error'], answer.headers['retry-after']]).toEqual([503, 'busy', '2'])
    }
    expect(await site.value('SELECT COUNT(*) FROM chekpost_failure')).toBe('0')
    await untouched()
    await heals(body)
  })

  test('has our lock taken by somebody: later within two seconds', async () => {
    const { site } = shop
    await site.fault('gate_before_status', 'inside', { times: 1 })
    await using gate = await site.gate('inside')
    const first = site.post(two())
    await gate.arrived()
    // Far less than the shop would wait for an answer.
    const second = await site.post(receipt([tea]), { timeoutMs: 10_000 })
    expect([second.status, second.headers['retry-after']]).toEqual([503, '2'])
    await gate.open()
    expect((await first).json['state']).toBe('booked')
  })
})

describe('somebody ends our transaction', () => {
  const alarms = async () =>
    await shop.site.sql("SELECT event_key FROM chekpost_audit WHERE action = 'transaction-ended'")
  const mails = async () => Number(await shop.site.value('SELECT COUNT(*) FROM fake_mail'))

  test.each(['commit', 'ddl'])(
    'by %s, and all goes well: booked, and the owner is told once',
    async (how) => {
      const { site } = shop
      await site.fault('handler:OnStoreProductUpdate', how)
      const body = two()
      expect((await site.post(body)).json['state']).toBe('booked')
      expect(await stock()).toEqual(['3', '9'])
      expect([(await alarms()).length, await mails()]).toEqual([1, 1])
      await site.heal()
      expect((await site.post(body)).json).toMatchObject({ state: 'booked', duplicate: true })
      expect(await stock()).toEqual(['3', '9'])
    },
  )

  test.each([
    ['throw:sudden', 'exception'],
    ['false', 'refusal'],
    ['exit', 'end of the process'],
    ['kill', 'death'],
  ])('by a commit, and then comes %s (%s): never booked again unseen', async (how) => {
    const { site } = shop
    await site.fault('handler:OnStoreProductUpdate', 'commit', { times: 1 })
    await site.fault('handler:OnBeforeDocumentUpdate', how)
    const body = two()
    await post(body)
    await site.heal()
    for (let again = 0; again < 2; again++) {
      const answer = await site.post(body)
      expect([answer.status, answer.json['state'], answer.json['reasonCodes']]).toEqual([
        202,
        'parked',
        ['half-booked'],
      ])
      expect(String(answer.json['reasons'])).toContain('остатки могли измениться')
    }
    expect(await site.sql('SELECT state, suspect, retry_at FROM chekpost_event')).toEqual([
      { state: 'parked', suspect: 'half-booked', retry_at: null },
    ])
    expect([(await alarms()).length, await mails()]).toEqual([1, 1])
    expect(await site.value('SELECT COUNT(*) FROM chekpost_movement')).toBe('0')
    await mended(body.eventId)
  })

  test('by a rollback, and the rest is written without one: told, and never booked again unseen', async () => {
    const { site } = shop
    await site.fault('handler:OnStoreProductUpdate', 'rollback', { times: 1 })
    const body = two()
    const answer = await site.post(body)
    expect([answer.status, answer.json['state']]).toEqual([202, 'parked'])
    await site.heal()
    expect((await site.post(body)).json['reasonCodes']).toEqual(['half-booked'])
    expect((await alarms()).length).toBe(1)
    await mended(body.eventId)
  })

  test('by a rollback before anything has moved: later, and the repeat books', async () => {
    const { site } = shop
    await site.fault('handler:OnBeforeDocumentAdd', 'rollback', { times: 1 })
    const body = two()
    const answer = await site.post(body)
    expect(answer.status === 503 || answer.json['state'] === 'parked').toBe(true)
    await site.heal()
    await mended(body.eventId)
  })

  /** What the owner does: puts the stock right and lets the receipt be booked or not. */
  async function mended(key: string): Promise<void> {
    const { site } = shop
    await site.sql(`UPDATE b_catalog_store_product SET AMOUNT = IF(PRODUCT_ID = 7, 5, 10)
      WHERE STORE_ID = 1 AND PRODUCT_ID IN (7, 9);
      DELETE FROM b_catalog_docs_element; DELETE FROM b_catalog_store_docs; DELETE FROM chekpost_movement`)
    const state = await site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
      return Chekpost\\Receiver::open()->sales()->retry('${key}', Chekpost\\Override::apply('owner', 'counted'))->status;`)
    expect([200, 404]).toContain(state)
  }

  test('not: nested transactions and those that are left open are no harm', async () => {
    const { site } = shop
    await site.fault('handler:OnDocumentAdd', 'nested-commit')
    const body = two()
    expect((await site.post(body)).json['state']).toBe('booked')
    expect(await alarms()).toEqual([])
  })
})
