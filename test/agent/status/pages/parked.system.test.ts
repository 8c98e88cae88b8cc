/** The pages of a real daemon over HTTP: a parked group is looked at, sent again with a reason, and books once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../../../../agent/config.ts'
import type { Desk } from '../../../../agent/desk/desk.ts'
import { isAlive, remoteDesk } from '../../../../agent/desk/remote.ts'
import { runAgent } from '../../../../agent/main.ts'
import { openOutbox } from '../../../../agent/store/open.ts'
import { pause } from '../../../../drivers/index.ts'
import { type Bitrix, openBitrix } from '../../../fakes/bitrix.ts'
import { type KeptPort, keepPort } from '../../../fakes/ports.ts'
import { createRegister, type SimulatedRegister } from '../../../fakes/register.ts'
import { hiddenFields } from './receiptsface.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const signal = new AbortController().signal
const hostile = 'Товар <script>alert(1)</script>"><img src=x onerror=alert(1)> не найден'

let folder = ''
let register: SimulatedRegister
let bitrix: Bitrix
let kept: KeptPort
let desk: Desk
let cookie = ''
let stop = new AbortController()
let running: Promise<void> = Promise.resolve()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-parked-'))
  register = createRegister()
  bitrix = await openBitrix({ secrets: { 'shop/till-1': [secret] } })
  kept = await keepPort()
  writeFileSync(join(folder, 'webhook'), `${secret}\n`)
  const { address } = await register.listenTcp()
  const config = parseConfig(
    `store: shop
timezone: Europe/Moscow
stateDir: ${folder}/state
registers:
  - { name: till-1, driver: shtrih, address: '${address}', from: first, pollSeconds: 0.05, quietSeconds: 0 }
bitrix: { url: '${bitrix.url}', secretFile: webhook }
status: { listen: '127.0.0.1:${kept.port}' }
`,
    'test',
  )
  stop = new AbortController()
  running = runAgent(
    {
      config,
      configPath: join(folder, 'chekpost.yaml'),
      environment: {
        language: 'ru',
        credentialsDirectory: null,
        runtimeDirectory: null,
        notifySocket: null,
        watchdogMs: null,
      },
      allowDebugDrive: false,
      log: pino({ level: 'silent' }),
      clock: Date.now,
      random: Math.random,
    },
    stop.signal,
  )
  const socket = join(folder, 'state', 'control.sock')
  await until(() => isAlive(socket, signal))
  desk = remoteDesk(socket)
  await until(() => isServed())
  const { url } = await desk.token({ who: 'anna' }, signal)
  const entered = await fetch(url, { redirect: 'manual' })
  cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
})
afterEach(async () => {
  stop.abort()
  await running
  await register[Symbol.asyncDispose]()
  await bitrix[Symbol.asyncDispose]()
  await kept[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20, signal)
}

async function isServed(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${kept.port}/healthz`).catch(() => null)
  return answer?.ok === true
}

async function get(path: string, language = 'ru'): Promise<string> {
  const headers = { cookie: `${cookie}; lang=${language}` }
  const answer = await fetch(`http://127.0.0.1:${kept.port}${path}`, { headers })
  expect(answer.status, path).toBe(200)
  return await answer.text()
}

/** Sends the form that posts to `path`, filled in; gives the words of the answer. */
async function press(page: string, path: string, filled: Record<string, string> = {}): Promise<string> {
  const [, form = ''] = new RegExp(`<form data-do="${path}"[^>]*>(.*?)</form>`, 's').exec(page) ?? []
  const fields = Object.fromEntries(hiddenFields(form))
  const answer = await fetch(`http://127.0.0.1:${kept.port}${path}`, {
    method: 'POST',
    headers: {
      cookie,
      origin: `http://127.0.0.1:${kept.port}`,
      'x-chekpost': '1',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ...fields, ...filled }),
  })
  const said = (await answer.json()) as { html?: string; failure?: { ru: string } }
  return said.html ?? said.failure?.ru ?? ''
}

test('a parked group is previewed, sent again with a reason, books once, and tells its history', async () => {
  bitrix.behave = ({ id }) => ({
    status: 422,
    body: JSON.stringify({ eventId: id, state: 'parked', reasons: [hostile] }),
  })
  for (let sold = 0; sold < 3; sold++) register.closeReceipt()
  await until(async () => (await desk.status({}, signal)).outbox.parked === 3)

  // Whoever stands there with a phone is told a button, not a command.
  const [, health = ''] = /<div id="health"(.*?)<div id="queue"/s.exec(await get('/')) ?? []
  expect(health).toContain('<a href="/parked">Причины и повторная отправка</a>')
  expect(health).not.toContain('chekpost outbox')
  for (const language of ['ru', 'en']) {
    const page = await get('/parked', language)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/<script>|<img/)
  }
  const preview = await press(await get('/parked'), '/do/resend/preview')
  expect(preview).toContain('Проба, ещё ничего не отправлено')
  expect(preview).toContain('Чеков: 3')
  expect(await press(preview, '/do/resend', { reason: ' ' })).toContain('Напишите, зачем')
  expect(bitrix.counts().booked).toBe(0)

  bitrix.behave = () => 'accept'
  // One of them goes by other hands meanwhile: what was shown is no longer what would be sent.
  const [first] = register.receipts
  const one = { storage: register.storage, fromNumber: first?.number ?? 0, toNumber: first?.number ?? 0 }
  await desk.replay({ selection: one, who: 'boris', reason: 'first' }, signal)
  await until(() => bitrix.counts().booked === 1)
  const again = await press(preview, '/do/resend', { reason: 'товар заведён' })
  expect(again).toContain('Ничего не отправлено')
  expect(again).toContain('Чеков: 2')
  expect(await press(again, '/do/resend', { reason: 'товар заведён' })).toContain('Поставлено в очередь: 2.')
  await until(async () => (await desk.status({}, signal)).outbox.accepted === 3)
  expect(bitrix.counts()).toMatchObject({ booked: 3, twice: 0 })

  expect(await get('/parked')).toContain('Здесь ничего не отложено')
  const found = await get('/receipts?state=accepted&receipts=1')
  expect(found).toContain('Найдено: 3')
  const number = first?.number ?? 0
  // Attempts are written beside the work.
  await until(async () => (await desk.show({ number }, signal)).history.length === 2)
  const receipt = await get(`/receipt?fn=${register.storage}&fd=${number}`)
  expect(receipt).toContain('Проведён на сайте')
  expect(receipt).toContain('>200</td>')
  expect(receipt).toContain('>422</td>')
  expect(receipt).not.toMatch(/<script>|<img/)

  stop.abort()
  await running
  using outbox = openOutbox(join(folder, 'state', 'outbox.db'))
  expect(outbox.audits(10)).toMatchObject([
    {
      who: 'anna',
      action: 'replay',
      reason: 'товар заведён',
      detail: expect.stringContaining('"why":"422: '),
    },
    { who: 'boris', action: 'replay', reason: 'first' },
  ])
})

test('wrong questions are answered with words, never with a fault of the program', async () => {
  register.closeReceipt()
  await until(() => bitrix.counts().booked === 1)
  // The index is opened after the first poll, which may be after the first delivery.
  await until(async () => (await desk.search({ limit: 1 }, signal).catch(() => null)) !== null)
  const addresses = [
    '/receipts?number=abc&from=x&to=y&sum=z&sumTo=q&state=w',
    '/receipts?after=made-up',
    `/receipts?after=${'a'.repeat(2_000)}`,
    `/receipts?number=${'9'.repeat(3_000)}`,
    '/receipts?number=1&number=2&register[]=x&__proto__=y',
    '/receipts?number=%00%ff%3Cscript%3E',
    `/receipts?number=FN${register.storage}-FD4000000000`,
    '/receipts?number=t%3D1%26s%3D2',
    '/receipt',
    '/receipt?fn=1&fd=2',
    `/receipt?fn=${register.storage}&fd=4000000000`,
    '/parked?site=%3Cscript%3E',
  ]
  for (const address of addresses)
    for (const language of ['ru', 'en']) expect(await get(address, language)).not.toContain('<script>')
})

test.each(['{}', '{"state":"parked","limit":-1}', '[', `{"why":"${'x'.repeat(5_000)}"}`])(
  'a selection that somebody made up (%#) sends nothing',
  async (selection) => {
    register.closeReceipt()
    await until(() => bitrix.counts().booked === 1)
    const fields = { selection, into: 'x', mark: '1-0', reason: 'because' }
    expect(await press('', '/do/resend', fields)).toMatch(/[а-я]/)
    expect(await press('', '/do/resend', { ...fields, into: '"><script>' })).toMatch(/[а-я]/)
    expect(bitrix.counts().deliveries).toBe(1)
  },
)
