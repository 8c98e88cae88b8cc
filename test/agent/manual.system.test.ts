/** Sending by hand on the page of a real daemon: a receipt that only the register has, found by its QR; files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Desk } from '../../agent/desk/desk.ts'
import { remoteDesk } from '../../agent/desk/remote.ts'
import { openShop, type Shop, type ShopOptions } from '../demo/shop.ts'
import { keepPort } from '../fakes/ports.ts'

const soon = () => AbortSignal.timeout(60_000)

interface Visitor {
  readonly shop: Shop
  readonly desk: Desk
  get(path: string): Promise<string>
  /** A button; the words of a refusal are an answer too. */
  press(path: string, fields: Readonly<Record<string, string | string[]>>): Promise<string>
}

async function visit(options: ShopOptions = {}): Promise<Visitor> {
  const { port, ...kept } = await keepPort()
  onTestFinished(() => kept[Symbol.asyncDispose]())
  const shop = await openShop({ ...options, config: { status: { listen: `127.0.0.1:${port}` } } })
  onTestFinished(() => shop[Symbol.asyncDispose]())
  shop.start()
  const base = `http://127.0.0.1:${port}`
  const served = () =>
    fetch(`${base}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await shop.until(served, 'the page is served')
  const desk = remoteDesk(join(shop.stateDir, 'control.sock'))
  const { url } = await desk.token({ who: 'anna' }, soon())
  const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const headers = { cookie, origin: base, 'x-chekpost': '1', 'content-type': 'application/json' }
  return {
    shop,
    desk,
    get: async (path) => await (await fetch(base + path, { headers: { cookie } })).text(),
    press: async (path, fields) => {
      const answer = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(fields) })
      const { html, failure } = (await answer.json()) as { html?: string; failure?: { ru: string } }
      return html ?? failure?.ru ?? ''
    },
  }
}

/** The hidden fields of the form that posts there. */
function formOf(html: string, path: string): Record<string, string> {
  const [, form = ''] = new RegExp(`<form data-do="${path}"[^>]*>(.*?)</form>`, 's').exec(html) ?? []
  const fields = form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)
  return Object.fromEntries(
    [...fields].map(([, name, value = '']) => [name, value.replaceAll('&quot;', '"')]),
  )
}

function qrOf({ number, storage, total, time, sign }: ReturnType<typeof soldAt>): string {
  return new URLSearchParams({
    t: time.replaceAll(/[-:]/g, '').slice(0, 13),
    s: ((total ?? 0) / 100).toFixed(2),
    fn: storage,
    i: String(number),
    fp: String(sign),
    n: '1',
  }).toString()
}

function soldAt(shop: Shop, place: number) {
  const sold = shop.register().receipts.at(place)
  if (sold === undefined) throw new Error('nothing was sold')
  return sold
}

test('a receipt that is only in the register is found by its QR, read, and delivered once', async () => {
  // The till is never idle for long enough, so nothing is read by itself.
  const { shop, desk, get, press } = await visit({ tills: { 'till-1': { config: { quietSeconds: 600 } } } })
  for (let n = 0; n < 3; n++) shop.register().closeReceipt()
  const sold = soldAt(shop, 1)
  await shop.statusWhere(({ registers }) => (registers[0]?.newest?.number ?? 0) >= sold.number, 'it is seen')
  const address = `/replay?qr=${encodeURIComponent(qrOf(sold))}`
  const found = await get(address)
  expect(found).toContain('Здесь этого чека нет')
  expect(shop.bitrix.counts().deliveries).toBe(0)
  const order = formOf(found, '/do/reread')
  expect(order).toMatchObject({ register: 'till-1', storage: sold.storage })
  expect(await press('/do/reread', order)).toContain('Напишите, зачем')
  await press('/do/reread', { ...order, reason: 'нет на сайте' })
  await shop.statusWhere(({ outbox }) => outbox.accepted === 1, 'it is booked')
  await shop.until(async () => (await get('/replay')).includes('Готово'), 'the page tells that it is done')
  const again = await get(address)
  expect(again).toContain('Этот чек есть здесь')
  expect(again).toContain('принят сайтом')
  expect(again).not.toContain('На бумаге и здесь разное')
  const send = formOf(again, '/do/resend')
  expect(await press('/do/resend', { ...send, reason: 'ещё раз' })).toContain('Поставлено в очередь')
  await shop.until(() => shop.bitrix.counts().duplicates === 1, 'it came again')
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1, twice: 0 })
  const { documents } = await desk.list({}, soon())
  expect(documents.map(({ number }) => number)).toEqual([sold.number])
})

test('numbers that are missing here are told from those that do not exist, and read on request', async () => {
  const { shop, get, press } = await visit({ tills: { 'till-1': { config: { quietSeconds: 600 } } } })
  for (let n = 0; n < 4; n++) shop.register().closeReceipt()
  const last = soldAt(shop, -1).number
  await shop.statusWhere(({ registers }) => (registers[0]?.newest?.number ?? 0) >= last, 'they are seen')
  const page = await get(`/replay?numbers=${last - 3}-${last}%2C${last + 7}`)
  expect(page).toContain(`может быть в ФН: ${last - 3}–${last}`)
  expect(page).toContain(`ещё не пробила таких номеров (последний ${last}): ${last + 7}`)
  await press('/do/reread', { ...formOf(page, '/do/reread'), reason: 'проверка' })
  await shop.until(() => shop.bitrix.counts().booked === 4, 'they are booked')
  const done = await get(`/replay?numbers=${last - 3}-${last}`)
  expect(done).not.toContain('может быть в ФН')
  expect(done).toContain(`Прочитаны и сохранены; чеки уйдут на сайт сами: ${last - 3}–${last}`)
})

/** As the script of the page does it. */
async function upload({ press }: Visitor, content: string | Buffer, name: string): Promise<string> {
  const bytes = Buffer.from(content as string)
  let id = ''
  for (let at = 0; at === 0 || at < bytes.length; at += 700) {
    const piece = bytes.subarray(at, at + 700).toString('base64')
    id = await press('/do/import/piece', { upload: id, at: String(at), of: String(bytes.length), piece })
  }
  return `${id} ${name}`
}

const { receipt: realOne } = JSON.parse(
  readFileSync('test/fixtures/documents/json-agrotorg-2024-weights.json', 'utf8'),
)
const realReceipt = JSON.stringify([realOne], null, 1)

test('a file is checked, imported with a reason, delivered once, and the same file again is all known', async () => {
  const visitor = await visit()
  const { shop, press, desk } = visitor
  const file = await upload(visitor, realReceipt, '<img src=x onerror=alert(1)>.json')
  const unknown = await press('/do/import/check', { file, register: '' })
  expect(unknown).toContain('выберите выше')
  expect(unknown).not.toContain('<img')
  expect(await press('/do/import/check', { file, register: 'till-9' })).toContain(
    'нет в настройках, есть: till-1',
  )
  const checked = await press('/do/import/check', { file, register: 'till-1' })
  expect(checked).toContain('Проба, ничего не записано')
  expect(shop.bitrix.counts().deliveries).toBe(0)
  const order = formOf(checked, '/do/import')
  expect(await press('/do/import', { ...order, reason: ' ' })).toContain('Напишите, зачем')
  const other = await upload(visitor, realReceipt.replace(/"totalSum":\s*\d+/, '"totalSum": 1'), 'other.json')
  expect(await press('/do/import', { ...order, uploads: other.slice(0, 36), reason: 'x' })).toContain(
    'не те файлы',
  )
  expect(await press('/do/import', { ...order, reason: 'касса сгорела' })).toContain('Новых: 1')
  await shop.statusWhere(({ outbox }) => outbox.accepted === 1, 'it is booked')
  const again = await upload(visitor, realReceipt, 'again.json')
  const known = await press('/do/import/check', { file: [again, again], register: 'till-1' })
  expect(known).toContain('Принимать нечего')
  expect(known).not.toContain('data-do="/do/import"')
  expect((await desk.list({ state: 'accepted' }, soon())).documents).toHaveLength(1)
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1, duplicates: 0, twice: 0 })
})

test('half a file, and a file of the wrong kind, are refused in words', async () => {
  const visitor = await visit()
  const half = await upload(visitor, realReceipt.slice(0, 600), 'half.json')
  expect(await visitor.press('/do/import/check', { file: half, register: '' })).toMatch(
    /обрезан в строке \d+, после «/,
  )
  const picture = await upload(visitor, Buffer.from('\u0089PNG\r\n', 'latin1'), 'receipt.png')
  expect(await visitor.press('/do/import/check', { file: picture, register: '' })).toContain('картинка')
  const large = { upload: '', at: '0', of: String(65 * 1024 * 1024), piece: '' }
  expect(await visitor.press('/do/import/piece', large)).toContain('больше 64 МБ')
  const nowhere = { upload: '../../outbox.db', at: '0', of: '1', piece: 'AAAA' }
  expect(await visitor.press('/do/import/piece', nowhere)).toContain('Не так заполнено')
})
