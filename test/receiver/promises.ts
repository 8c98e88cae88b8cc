/**
 * What a receiver of sales must keep, whatever happens to it. Each promise is put to the real receiver, which must keep
 * them all, and to the one that follows the common advice, which breaks what it must break: so the promises are known to
 * see these faults.
 */
import { expect } from 'vitest'
import { pause } from '../../drivers/index.ts'
import { type Receipt, receipt } from './site/receipts.ts'
import type { Answer, PostOptions, Site } from './site.ts'

export type Post = (body: object | string | Uint8Array, options?: PostOptions) => Promise<Answer>

/** `site` stands as `furnish` has left it; `post` delivers to the receiver in question. */
export type Promised = (site: Site, post: Post) => Promise<void>

const tea = { id: 7, ean: '4600000000071' }
const rice = { id: 8, ean: '4600000000088' }

/** Five packs of tea and ten kilograms of rice in store 1, a set of both, tea in the forbidden store 2. */
export async function furnish(site: Site): Promise<void> {
  await site.reset()
  for (const id of [1, 2]) await site.store({ id })
  await site.product({ id: tea.id, amount: { 1: 5, 2: 4 }, barcode: tea.ean, name: 'Чай' })
  await site.product({ id: rice.id, amount: { 1: 10 }, barcode: rice.ean, measure: 166, name: 'Рис' })
  await site.product({ id: 9, type: 2, barcode: '4600000000095', set: { 7: 2, 8: '0.5' } })
  await site.register({ storeId: 1 })
}

/** As the agent does: the same body until somebody has acknowledged it, or refused it for good. */
async function deliver(post: Post, body: Receipt): Promise<Answer> {
  const end = performance.now() + 20_000
  for (;;) {
    const answer = await post(body).catch(() => null)
    if (answer !== null && (answer.status < 300 || [400, 401, 410, 413, 422].includes(answer.status)))
      return answer
    if (performance.now() > end) throw new Error(`never acknowledged: ${answer?.status} ${answer?.text}`)
    await nap(50)
  }
}

async function nap(ms: number): Promise<void> {
  await pause(ms, new AbortController().signal)
}

async function stock(site: Site): Promise<string[]> {
  return [await site.amount(tea.id, 1), await site.amount(rice.id, 1)]
}

async function conducted(site: Site): Promise<number> {
  return (await site.documents()).filter(({ status }) => status === 'Y').length
}

const sale = (fd: number, ...lines: Parameters<typeof receipt>[0]['lines']) => receipt({ fd, lines })

/** A fault that strikes once, in the middle: nothing is half done, and the repeat books everything exactly once. */
function survives(fault: string, value: string, isBookedBefore = false): Promised {
  return async (site, post) => {
    await site.fault(fault, value, { times: 1 })
    const body = sale(1, { ean: tea.ean }, { ean: rice.ean })
    const first = await post(body).catch(() => null)
    const isBooked = isBookedBefore || first?.json['state'] === 'booked'
    expect(await stock(site)).toEqual(isBooked ? ['4', '9'] : ['5', '10'])
    const last = await deliver(post, body)
    expect(await stock(site)).toEqual(['4', '9'])
    expect([await conducted(site), (await site.documents()).length]).toEqual([1, 1])
    expect(last.json['state']).toBe('booked')
  }
}

/** A fault that stays: not a thing is booked, and nobody is told that it was. */
function refuses(fault: string, value: string): Promised {
  return async (site, post) => {
    await site.fault(fault, value)
    const answer = await post(sale(1, { ean: tea.ean }, { ean: rice.ean }))
    expect([await stock(site), await conducted(site)]).toEqual([['5', '10'], 0])
    expect(answer.json['state']).not.toBe('booked')
  }
}

/** Whatever this request is, it moves nothing and is refused with this status. */
function isRefused(
  status: number,
  options: PostOptions,
  body: object | string = sale(1, { ean: tea.ean }),
): Promised {
  return async (site, post) => {
    const answer = await post(body, options)
    expect([await stock(site), await site.documents()]).toEqual([['5', '10'], []])
    expect(answer.status).toBe(status)
  }
}

/** A document that a person must decide upon. */
function isParked(body: Receipt): Promised {
  return async (site, post) => {
    const answer = await post(body)
    expect([await stock(site), await site.documents()]).toEqual([['5', '10'], []])
    expect([answer.status, answer.json['state']]).toEqual([202, 'parked'])
  }
}

const now = () => Math.floor(Date.now() / 1000)

export const promises: Readonly<Record<string, Promised>> = {
  'a sale lowers stock by what was sold': async (site, post) => {
    const answer = await post(sale(1, { ean: tea.ean, quantity: '2' }))
    expect(await stock(site)).toEqual(['3', '10'])
    expect([answer.status, answer.json['state']]).toEqual([200, 'booked'])
    expect(await site.quantity(tea.id)).toBe('7')
  },

  'a sale becomes one conducted document that bears its number': async (site, post) => {
    const body = sale(1, { ean: tea.ean })
    await post(body)
    expect(await site.documents()).toMatchObject([
      { type: 'D', number: body.eventId, status: 'Y', cancelled: false },
    ])
  },

  'a return raises stock by what came back': async (site, post) => {
    await post(receipt({ fd: 1, type: 'pos.return', lines: [{ ean: tea.ean }] }))
    expect(await stock(site)).toEqual(['6', '10'])
    expect((await site.documents()).map(({ type }) => type)).toEqual(['R'])
  },

  'fractions are exact to the thousandth': async (site, post) => {
    for (const fd of [1, 2, 3]) await post(sale(fd, { ean: rice.ean, quantity: '0.356' }))
    expect(await stock(site)).toEqual(['5', '8.932'])
  },

  'a repeat moves nothing more': async (site, post) => {
    const body = sale(1, { ean: tea.ean })
    await post(body)
    const again = await post(body)
    expect([await stock(site), await conducted(site)]).toEqual([['4', '10'], 1])
    expect(again.json).toMatchObject({ state: 'booked', duplicate: true })
  },

  'twenty copies at once are one sale': async (site, post) => {
    const body = sale(1, { ean: tea.ean })
    await Promise.all(Array.from({ length: 20 }, () => deliver(post, body)))
    expect([await stock(site), await conducted(site)]).toEqual([['4', '10'], 1])
    expect(await site.documents()).toHaveLength(1)
  },

  'two equal receipts with different numbers are two sales': async (site, post) => {
    await post(sale(1, { ean: tea.ean }))
    await post(sale(2, { ean: tea.ean }))
    expect([await stock(site), await conducted(site)]).toEqual([['3', '10'], 2])
  },

  'two lines of one product lose nothing': async (site, post) => {
    await post(sale(1, { ean: tea.ean, quantity: '1' }, { ean: tea.ean, quantity: '2' }))
    expect(await stock(site)).toEqual(['2', '10'])
  },

  'of two receipts at once on one product none is lost': async (site, post) => {
    await using gate = await site.gate('between')
    await site.fault('gate_between_read_and_write', 'between', { times: 1 })
    const slow = deliver(post, sale(1, { ean: tea.ean }))
    await gate.arrived()
    const quick = deliver(post, sale(2, { ean: tea.ean, quantity: '2' }))
    await Promise.race([quick, nap(300)])
    await gate.open()
    await Promise.all([slow, quick])
    expect([await stock(site), await conducted(site)]).toEqual([['2', '10'], 2])
  },

  'a set takes its parts': async (site, post) => {
    const answer = await post(sale(1, { ean: '4600000000095', quantity: '2' }))
    expect(await stock(site)).toEqual(['1', '9'])
    expect(answer.json['state']).toBe('booked')
  },

  'a line that nobody knows parks the whole receipt': isParked(
    sale(1, { ean: tea.ean }, { ean: '4699999999999' }),
  ),

  'a line that a person must judge parks the whole receipt': isParked(
    sale(1, { ean: tea.ean }, { ean: rice.ean, move: 'review' }),
  ),

  'a correction waits for a person': isParked(
    receipt({ fd: 1, type: 'pos.correction', lines: [{ ean: tea.ean }] }),
  ),

  'a receipt that may be for an order of the site waits for a person': isParked(
    receipt({ fd: 1, lines: [{ ean: tea.ean }], mayBeSiteOrder: ['paid in the Internet'] }),
  ),

  'more than there is, where the site forbids it, waits whole': isParked(
    sale(1, { ean: rice.ean }, { ean: tea.ean, quantity: '6' }),
  ),

  'a line that moves nothing moves nothing': async (site, post) => {
    await post(sale(1, { ean: tea.ean }, { ean: rice.ean, move: 'none' }))
    expect(await stock(site)).toEqual(['4', '10'])
  },

  'a death before the status is no half sale': survives('crash_before_status', 'kill'),
  'a death after the document was added is no half sale': survives('crash_after_add', 'kill'),
  'a death after everything was booked is no double sale': survives('crash_after_commit', 'kill', true),
  'a handler that throws once is no half sale': survives('handler:OnDocumentUpdate', 'throw'),
  'a database that goes away in the middle, wherever that is, is no half sale': async (site, post) => {
    const moments = [1, 3, 6, 9, 12, 15, 18, 21, 24]
    for (const [index, moment] of moments.entries()) {
      await site.fault('db_gone_after', String(moment), { times: 1 })
      await deliver(post, sale(moment, { ean: tea.ean, quantity: '0.1' }, { ean: rice.ean, quantity: '0.1' }))
      await site.fault('db_gone_after', null)
      const sold = (index + 1) / 10
      expect(await stock(site)).toEqual([String(5 - sold), String(10 - sold)])
    }
    expect([await conducted(site), (await site.documents()).length]).toEqual([moments.length, moments.length])
  },

  'a handler that says no to the status leaves nothing': refuses('handler:OnBeforeDocumentUpdate', 'false'),
  'a handler that says no to the document leaves nothing': refuses('handler:OnBeforeDocumentAdd', 'false'),
  'a line that was not stored leaves nothing': refuses('line_fails:8', 'yes'),
  'a second line that fails leaves nothing': refuses('product_update_fails:8', 'yes'),
  'a conduct that lies is found out': refuses('lying_conduct', 'true'),
  'a conduct that answers with a text is not believed': refuses('lying_conduct', 'string'),

  'a handler that takes the status back is found out': refuses(
    'handler:OnDocumentUpdate',
    "sql:UPDATE b_catalog_store_docs SET STATUS = 'N'",
  ),
  'a handler that changes an amount by itself is found out': refuses(
    'handler:OnStoreProductUpdate',
    'sql:UPDATE b_catalog_store_product SET AMOUNT = AMOUNT - 1 WHERE STORE_ID = 1',
  ),

  'what an exchange with 1C writes meanwhile is not overwritten': async (site, post) => {
    await using gate = await site.gate('between')
    await site.fault('gate_between_read_and_write', 'between', { times: 1 })
    const selling = deliver(post, sale(1, { ean: tea.ean }))
    await gate.arrived()
    const exchange = site.import1c({ [tea.id]: { 1: '20' } })
    await Promise.race([exchange, nap(300)])
    await gate.open()
    await Promise.all([selling, exchange])
    expect(await stock(site)).toEqual(['20', '10'])
  },

  'without a signature nothing happens': isRefused(401, {
    secret: null,
    headers: { 'webhook-signature': null },
  }),
  'with a foreign secret nothing happens': isRefused(401, { secret: `whsec_${'A'.repeat(43)}=` }),
  'an old request is refused': isRefused(401, { timestamp: now() - 3600 }),
  'an unknown register is refused': isRefused(401, { register: 'shop-12/till-9' }),
  'what is not JSON is refused': isRefused(400, { id: 'FN9285000100150175-FD1' }, '{"type":'),
  'another method is refused': isRefused(405, { method: 'PUT' }),

  'the caller does not choose the product': async (site, post) => {
    await post(sale(1, { ean: tea.ean, more: { product_id: rice.id } }))
    expect(await site.amount(rice.id, 1)).toBe('10')
  },

  'the caller does not choose the store': async (site, post) => {
    await post(sale(1, { ean: tea.ean, more: { store_id: 2 } }))
    expect(await site.amount(tea.id, 2)).toBe('4')
  },

  'the same number with other facts is refused': async (site, post) => {
    await post(sale(1, { ean: tea.ean }))
    const other = await post(receipt({ fd: 1, fpd: '1', lines: [{ ean: rice.ean }] }))
    expect(await stock(site)).toEqual(['4', '10'])
    expect(other.status).toBe(422)
  },

  'nobody is handed a session': async (_site, post) => {
    expect((await post(sale(1, { ean: tea.ean }))).headers['set-cookie']).toBeUndefined()
  },
}
