/** The built program records a simulated register: by itself and between it and another program. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOutbox } from '../../../agent/store/open.ts'
import { drivers, openLine, parseTranscript } from '../../../drivers/index.ts'
import { playback } from '../../fakes/playback.ts'
import { createRegister, type SimulatedRegister } from '../../fakes/register.ts'

const cli = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url))
const never = new AbortController().signal
let folder = ''
let files = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-record-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const newFile = () => join(folder, `talk-${++files}.transcript`)

interface Running {
  readonly child: ChildProcess
  said(): string
  /** Waits for words on standard error. */
  until(words: RegExp): Promise<string>
  readonly ended: Promise<number | null>
}

function chekpost(...args: string[]): Running {
  const child = spawn(process.execPath, [cli, 'record', '--lang', 'en', ...args])
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  return {
    child,
    said: () => said,
    until: async (words) => {
      await expect.poll(() => said).toMatch(words)
      return words.exec(said)?.[1] ?? ''
    },
    ended: once(child, 'close').then(([code]) => code),
  }
}

function sold(frames: 'v1' | 'v2'): SimulatedRegister {
  return createRegister({ seed: 3, frames, drive: { receipts: 3 } })
}

describe.each(['v1', 'v2'] as const)('a register that speaks %s', (frames) => {
  const { shtrih } = drivers

  test('is read and recorded; the transcript plays the same reading again', async () => {
    await using register = sold(frames)
    const { address } = await register.listenTcp()
    const out = newFile()
    const options = ['--driver', 'shtrih', '--set', `frames=${frames}`, '--documents', '2', '--out', out]
    const running = chekpost(address, ...options)
    expect(await running.ended, running.said()).toBe(0)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const transcript = readFileSync(out, 'utf8')
    expect(transcript).toMatch(/^# chekpost \S+, tcp:/)
    await using line = playback(transcript)
    const again = await shtrih.connect(line, shtrih.settings.parse({ frames }), never)
    const { number: last } = await again.newest(never)
    for (const number of [last - 1, last]) {
      expect(await again.state(never)).toEqual({ kind: 'idle' })
      const { bytes } = await again.readDocument(number, never)
      expect(bytes).toEqual(register.documents.find((document) => document.number === number)?.body)
    }
  })

  test('is talked to by another program through us, byte for byte, and again after the program left', async () => {
    await using register = sold(frames)
    const { address } = await register.listenTcp()
    const out = newFile()
    const running = chekpost(address, '--through', 'tcp:0', '--out', out)
    const door = await running.until(/to (tcp:\S+)/)
    for (let visit = 0; visit < 2; visit++) {
      await using line = await openLine(door, never)
      const through = await shtrih.connect(line, shtrih.settings.parse({ frames }), never)
      expect(through.identity.storage).toBe(register.storage)
    }
    running.child.kill('SIGINT')
    expect(await running.ended).toBe(0)
    const said = parseTranscript(readFileSync(out, 'utf8'))
    const bytes = (way: string) =>
      said.filter((one) => one.way === way).reduce((sum, one) => sum + one.bytes.length, 0)
    const counted = () => ({ in: register.counters.bytesIn, out: register.counters.bytesOut })
    await expect.poll(counted).toEqual({ in: bytes('>'), out: bytes('<') })
    expect(shtrih.explain(said).filter(({ ok }) => !ok)).toEqual([])
  })
})

test('a recording that nobody stops ends with its time, and holds what was said', async () => {
  await using register = sold('v1')
  const { address } = await register.listenTcp()
  const out = newFile()
  expect(await chekpost(address, '--for', '1s', '--out', out).ended).toBe(0)
  expect(readFileSync(out, 'utf8')).toMatch(/# closed\n$/)
  expect(register.counters.bytesIn).toBe(0)
})

test('a line that is lost ends the recording with its reason, in the transcript too', async () => {
  await using register = sold('v1')
  const { address } = await register.listenTcp()
  const out = newFile()
  const running = chekpost(address, '--through', 'tcp:0', '--out', out)
  await running.until(/to (tcp:\S+)/)
  register.unplug()
  expect(await running.ended).toBe(1)
  expect(running.said()).toMatch(/127\.0\.0\.1:\d+/)
  expect(readFileSync(out, 'utf8')).toMatch(/# 127\.0\.0\.1/)
})

test('reading documents ends with 1 when one of them is not in the drive', async () => {
  await using register = createRegister({ seed: 3, frames: 'v1', clients: 'replace', drive: { receipts: 3 } })
  const { address } = await register.listenTcp()
  const config = join(folder, 'read.yaml')
  mkdirSync(join(folder, 'state'))
  openOutbox(join(folder, 'state', 'outbox.db'))[Symbol.dispose]()
  writeFileSync(join(folder, 'secret'), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n', { mode: 0o600 })
  writeFileSync(
    config,
    `store: s\ntimezone: UTC\nstateDir: ${folder}/state\nregisters: [{ name: till-1, driver: shtrih, address: '${address}' }]
bitrix: { url: 'https://shop.example/sale.php', secretFile: ${folder}/secret }\nstatus: { listen: null }\n`,
  )
  const read = async (range: string) => {
    const child = spawn(process.execPath, [cli, 'read', '--config', config, '--fd', range, '--json'])
    let out = ''
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString()
    })
    const [code] = await once(child, 'close')
    return { code, rows: out.trim().split('\n').length }
  }
  expect(await read('2-3')).toEqual({ code: 0, rows: 2 })
  expect(await read('5-6')).toEqual({ code: 1, rows: 2 })
})

test('an earlier transcript is not written over', async () => {
  const out = newFile()
  writeFileSync(out, '> 05\n')
  const running = chekpost('tcp:127.0.0.1:1', '--out', out)
  expect(await running.ended).toBe(2)
  expect(readFileSync(out, 'utf8')).toBe('> 05\n')
})
