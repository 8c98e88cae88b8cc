/** The desk of a running daemon over its control socket: what people ask of it, and that it is audited. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeCommand } from '../../agent/commands/probe.ts'
import { parseConfig } from '../../agent/config.ts'
import type { Desk } from '../../agent/desk/desk.ts'
import { openDesk } from '../../agent/desk/open.ts'
import { isAlive, remoteDesk } from '../../agent/desk/remote.ts'
import { runAgent } from '../../agent/main.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { UsageError } from '../../agent/usage.ts'
import { pause } from '../../drivers/index.ts'
import { type Bitrix, openBitrix } from '../fakes/bitrix.ts'
import { createRegister, type SimulatedRegister } from '../fakes/register.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const environment = {
  language: 'en',
  credentialsDirectory: null,
  runtimeDirectory: null,
  notifySocket: null,
  watchdogMs: null,
} as const
const signal = new AbortController().signal

let folder = ''
let register: SimulatedRegister
let bitrix: Bitrix
let socket = ''
let stop = new AbortController()
let running: Promise<void> = Promise.resolve()
let config: ReturnType<typeof parseConfig>

async function startDaemon(): Promise<Desk> {
  stop = new AbortController()
  running = runAgent(
    {
      config,
      configPath: join(folder, 'chekpost.yaml'),
      environment,
      allowDebugDrive: false,
      log: pino({ level: 'silent' }),
      clock: Date.now,
      random: Math.random,
    },
    stop.signal,
  )
  await until(() => isAlive(socket, signal))
  return remoteDesk(socket)
}

async function stopDaemon(): Promise<void> {
  stop.abort()
  await running
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20, signal)
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-desk-'))
  register = createRegister()
  bitrix = await openBitrix({ secrets: { 'shop/till-1': [secret] } })
  writeFileSync(join(folder, 'webhook'), `${secret}\n`)
  socket = join(folder, 'state', 'control.sock')
  const { address } = await register.listenTcp()
  config = parseConfig(
    `store: shop
timezone: Europe/Moscow
stateDir: ${folder}/state
registers:
  - { name: till-1, driver: shtrih, address: '${address}', from: first, pollSeconds: 0.05, quietSeconds: 0 }
bitrix: { url: '${bitrix.url}', secretFile: webhook }
status: { listen: null }
`,
    'test',
  )
})
afterEach(async () => {
  await stopDaemon()
  await register[Symbol.asyncDispose]()
  await bitrix[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Three receipts sold and booked. */
async function soldThree(): Promise<Desk> {
  for (let sold = 0; sold < 3; sold++) register.closeReceipt()
  const desk = await startDaemon()
  await until(() => bitrix.counts().booked === 3)
  await until(async () => (await desk.status({}, signal)).outbox.accepted === 3)
  return desk
}

test('status tells one sentence of truth and the same facts to programs', async () => {
  const desk = await soldThree()
  const snapshot = await desk.status({}, signal)
  expect(snapshot.health.colour).toBe('green')
  expect(snapshot.registers[0]).toMatchObject({
    name: 'till-1',
    line: 'connected',
    identity: { serial: register.serial, storage: register.storage },
    behind: 0,
  })
  expect(snapshot.outbox).toMatchObject({ waiting: 0, parked: 0, accepted: 3 })
})

test('a document is shown with its lines, its body and the answer', async () => {
  const desk = await soldThree()
  const sold = register.receipts[0]
  const shown = await desk.show({ number: sold?.number ?? 0 }, signal)
  expect(shown).toMatchObject({ state: 'accepted', decoded: { fd: sold?.number }, problem: null })
  expect(JSON.stringify(shown.sale)).toContain(`FN${register.storage}-FD${sold?.number}`)
  expect(JSON.parse(shown.answer ?? '{}')).toMatchObject({ state: 'booked' })
})

test('a replay is previewed first, sends again, books once, and is kept in the audit', async () => {
  const desk = await soldThree()
  const [first] = register.receipts
  const selection = { fromNumber: first?.number ?? 0, toNumber: first?.number ?? 0 }
  const preview = await desk.previewReplay({ selection }, signal)
  expect(preview).toMatchObject({ count: 1, documents: [{ number: first?.number }] })
  expect(bitrix.counts().deliveries).toBe(3)
  const done = await desk.replay({ selection, who: 'anna', reason: 'the site was restored' }, signal)
  expect(done).toEqual({ replayed: 1 })
  await until(() => bitrix.counts().duplicates === 1)
  expect(bitrix.counts()).toMatchObject({ booked: 3, twice: 0 })
  await stopDaemon()
  using outbox = openOutbox(join(folder, 'state', 'outbox.db'))
  expect(outbox.audits(10)).toMatchObject([
    { who: 'anna', action: 'replay', reason: 'the site was restored' },
  ])
})

test('a replay without a reason is refused and sends nothing', async () => {
  const desk = await soldThree()
  await expect(desk.replay({ selection: {}, who: 'anna', reason: '  ' }, signal)).rejects.toThrow(/reason/)
  expect(bitrix.counts().deliveries).toBe(3)
})

test('read asks the register itself and compares with what is kept', async () => {
  const desk = await soldThree()
  const [sold] = register.receipts
  const number = sold?.number ?? 0
  const rows = await desk.read({ fromNumber: number, toNumber: number, keep: false }, signal)
  expect(rows.documents).toMatchObject([{ number, outbox: 'known', decoded: { fd: number }, problem: null }])
  const beyond = await desk.read({ fromNumber: 9000, toNumber: 9000, keep: true }, signal)
  expect(beyond.documents).toMatchObject([{ number: 9000, outbox: 'not kept', decoded: null }])
})

test('probe asks the daemon that holds the line, and the line itself once the daemon has gone', async () => {
  await soldThree()
  const path = join(folder, 'chekpost.yaml')
  const [one] = config.registers
  writeFileSync(
    path,
    `store: shop
timezone: Europe/Moscow
stateDir: ${folder}/state
registers: [{ name: till-1, driver: shtrih, address: '${one?.address}' }]
bitrix: { url: '${bitrix.url}', secretFile: webhook }
`,
  )
  const probe = async () => {
    const out = new PassThrough()
    const context = {
      environment,
      language: 'en',
      configPath: path,
      out,
      interactive: false,
      signal,
    } as const
    await probeCommand({ ...context, input: process.stdin }).parseAsync(['--json'], { from: 'user' })
    return JSON.parse(String(out.read()))
  }
  const connections = register.counters.connections
  expect(await probe()).toMatchObject({ identity: { serial: register.serial }, problem: null })
  expect(register.counters.connections).toBe(connections)
  await stopDaemon()
  // The register lets one client in at a time and may not have seen yet that the daemon has left.
  await until(async () => (await probe().catch(() => null))?.identity?.serial === register.serial)
  expect(register.counters.connections).toBeGreaterThan(connections)
  // In the middle of a sale it says no more than that, and is a register all the same.
  register.openReceipt()
  await until(async () => {
    const { answers, identity, problem } = (await probe().catch(() => null)) ?? {}
    return answers === true && identity === null && /receipt/.test(problem?.en)
  })
})

test('read finds a document the same although its buyer is masked here by now', async () => {
  const desk = await soldThree()
  const number = register.receipts[0]?.number ?? 0
  using outbox = openOutbox(join(folder, 'state', 'outbox.db'))
  outbox.maskOlder(Date.now() + 1000, 100, ({ bytes }) => bytes && new Uint8Array(bytes.length))
  const rows = await desk.read({ fromNumber: number, toNumber: number, keep: false }, signal)
  expect(rows.documents).toMatchObject([{ number, outbox: 'known' }])
})

test('documents before the beginning are read and shown and never kept, so they cannot be sent', async () => {
  register.closeReceipt()
  config = { ...config, registers: config.registers.map((one) => ({ ...one, from: 'now' as const })) }
  const desk = await startDaemon()
  await until(async () => (await desk.status({}, signal)).registers[0]?.newest !== null)
  const number = register.receipts[0]?.number ?? 0
  const rows = await desk.read({ fromNumber: number, toNumber: number, keep: true }, signal)
  expect(rows.documents).toMatchObject([{ outbox: 'not kept', problem: expect.stringMatching(/beginning/) }])
  expect((await desk.list({}, signal)).documents).toEqual([])
})

test('an export goes into another outbox whole, is known there the second time, and owes nothing twice', async () => {
  const desk = await soldThree()
  const { lines, after } = await desk.exportLines({}, signal)
  expect(after).toBeNull()
  const again = await desk.importText(
    { text: lines.join('\n'), dryRun: false, who: 'anna', reason: 'test' },
    signal,
  )
  expect(again).toMatchObject({ kept: 0, conflicts: [] })
  expect(bitrix.counts().deliveries).toBe(3)
})

test('the control socket is for its owner and group, and takes no unknown words', async () => {
  await soldThree()
  expect(statSync(socket).mode & 0o777).toBe(0o660)
  expect(await post('/desk/replay', { selection: { storrage: '1' }, who: 'a', reason: 'b' })).toBe(400)
  expect(await post('/desk/format', {})).toBe(404)
})

test('a second daemon on the same directory refuses to start and says why', async () => {
  await soldThree()
  const options = { config, configPath: join(folder, 'chekpost.yaml'), environment, allowDebugDrive: false }
  const second = runAgent(
    { ...options, log: pino({ level: 'silent' }), clock: Date.now, random: Math.random },
    signal,
  )
  await expect(second).rejects.toThrow(/running already/)
  expect(await isAlive(socket, signal)).toBe(true)
})

test('with the daemon stopped the same questions are answered from the files', async () => {
  await soldThree()
  await stopDaemon()
  await using opened = await openDesk(config, environment, join(folder, 'chekpost.yaml'), signal)
  expect((await opened.desk.list({ state: 'accepted' }, signal)).documents).toHaveLength(3)
  const snapshot = await opened.desk.status({}, signal)
  expect(snapshot.health).toMatchObject({ colour: 'red', hint: { en: 'systemctl start chekpost' } })
})

test('a wrong word to a stopped daemon changes nothing: the beginnings written down stay as they are', async () => {
  await soldThree()
  await stopDaemon()
  const written = () => readFileSync(join(folder, 'state', 'start.json'), 'utf8')
  const before = written()
  await using opened = await openDesk(config, environment, join(folder, 'chekpost.yaml'), signal)
  const { storage } = register
  const begin = { register: 'till-1', storage, at: 1, who: 'anna', reason: 'test' }
  await expect(opened.desk.begin({ ...begin, at: 0 }, signal)).rejects.toThrow(UsageError)
  await expect(opened.desk.begin({ ...begin, storage: '12' }, signal)).rejects.toThrow(UsageError)
  await expect(opened.desk.begin({ ...begin, reason: ' ' }, signal)).rejects.toThrow(UsageError)
  await expect(opened.desk.begin({ ...begin, register: 'till-9' }, signal)).rejects.toThrow(/till-9/)
  expect(written()).toBe(before)
})

function post(path: string, body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: socket, path, method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    asked.on('error', reject)
    asked.end(JSON.stringify(body))
  })
}
