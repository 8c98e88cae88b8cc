/** What the doctor must not do on its way: to the files of the shop, to the till, to other programs. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../agent/config.ts'
import { lookElsewhere } from '../../agent/doctor/elsewhere.ts'
import { openOwnWard } from '../../agent/doctor/own.ts'
import { makeRound } from '../../agent/doctor/walk.ts'
import { drivers, openLine, pause, seesEveryProgram, Tap } from '../../drivers/index.ts'
import { listen } from './bitrix/bench.ts'
import { Clinic } from './clinic.ts'
import { Daemon, environment, never } from './daemon.ts'
import { pickyPort } from './pickyport.ts'

const nobody = 65_534

describe('before the first start', () => {
  test('nothing is left where the outbox will be, and the daemon begins there as in a new shop', async () => {
    const daemon = await Daemon.open()
    mkdirSync(daemon.stateDir)
    {
      using ward = openOwnWard(readConfig(daemon.configPath), environment, daemon.configPath)
      await makeRound(ward, undefined, () => undefined, never)
    }
    expect(readdirSync(daemon.stateDir)).toEqual([])
    await daemon.start()
    daemon.sell(1)
    await daemon.delivered(1)
    const { registers } = await daemon.desk.status({}, never)
    expect(registers[0]?.trouble).toBeNull()
  })
})

/** Hears what the doctor sends and never answers. */
async function deaf(): Promise<{ readonly address: string; readonly heard: () => Buffer[] }> {
  const heard: Buffer[] = []
  const hear = (bytes: Buffer) => void heard.push(bytes)
  const port = await listen(createServer((socket) => void socket.on('data', hear)))
  return { address: `tcp:127.0.0.1:${port}`, heard: () => heard }
}

const quick = 'controlTimeoutMs: 50, byteTimeoutMs: 50, tries: 2'

describe('a silent register', () => {
  test('of `frames: v1` is sent ENQ alone: a v2 frame would be its choice when it comes up', async () => {
    const clinic = await Clinic.open()
    const { address, heard } = await deaf()
    const { first } = await clinic.examine({ address, register: `settings: { ${quick} }` })
    expect(first?.step).toBe('frames')
    expect([...new Set(Buffer.concat(heard()))]).toEqual([0x05])
    expect(first?.hex).toMatch(/^> 05 \(×\d+\)$/)
  })

  test('of `frames: v2` is sent no byte of v1', async () => {
    const clinic = await Clinic.open()
    const { address, heard } = await deaf()
    const { first } = await clinic.examine({ address, register: `settings: { frames: v2, ${quick} }` })
    expect(first?.step).toBe('frames')
    expect(heard().length).toBeGreaterThan(0)
    expect(heard().filter((bytes) => bytes[0] !== 0x8f)).toEqual([])
  })

  test('of `frames: v2` is found at another rate in its own talk', async () => {
    const clinic = await Clinic.open({ frames: 'v2' })
    {
      await using line = await openLine(clinic.address, never)
      await drivers.shtrih.connect(line, drivers.shtrih.settings.parse({ frames: 'v2' }), never)
    }
    const port = await pickyPort(clinic.register, 4800)
    const { first } = await clinic.examine({
      address: `serial:${port}?baud=115200`,
      register: 'settings: { frames: v2, tries: 2 }',
    })
    expect(first).toMatchObject({ step: 'frames', text: { en: expect.stringContaining('answers at 4800') } })
  })

  test('is asked in the other talk when a person says so, and that is shown', async () => {
    const clinic = await Clinic.open()
    const { address, heard } = await deaf()
    const { first } = await clinic.examine({ address, register: `settings: { ${quick} }`, isBold: true })
    expect(Buffer.concat(heard()).includes(0x8f)).toBe(true)
    expect(first?.hex).toContain('> 8f')
  })
})

describe('run by root over files of the daemon’s user', () => {
  /** The state directory belongs to nobody; the process is root's again after the test. */
  async function ofNobody(): Promise<Clinic> {
    const clinic = await Clinic.open()
    chmodSync(clinic.folder, 0o755)
    chownSync(clinic.stateDir, nobody, nobody)
    onTestFinished(() => {
      process.seteuid?.(0)
      process.setegid?.(0)
    })
    return clinic
  }

  test('a program of another user that has the only place of the register is named', async () => {
    const clinic = await ofNobody()
    const [, , port = ''] = clinic.address.split(':')
    const rival = spawn('socat', ['-d', '-d', `TCP:127.0.0.1:${port}`, 'STDIO'])
    onTestFinished(() => void rival.kill())
    while (clinic.register.counters.connections === 0) await pause(20, never)
    const { first } = await clinic.examine()
    expect(process.geteuid?.()).toBe(nobody)
    expect(first).toMatchObject({
      step: 'line',
      text: { en: expect.stringContaining(`(socat, ${rival.pid})`) },
    })
  })

  test('a serial port that another user’s program has open is not even opened', async () => {
    const clinic = await ofNobody()
    const port = await clinic.register.listenPty()
    chmodSync(port.link, 0o666)
    const holder = spawn('bash', ['-c', `exec 3<>${port.link}; echo held; read -r _`])
    onTestFinished(() => void holder.kill())
    await once(holder.stdout, 'data')
    const before = clinic.register.counters.bytesIn
    const { first } = await clinic.examine({ address: port.address })
    expect(first).toMatchObject({
      step: 'line',
      text: { en: expect.stringContaining(`(bash, ${holder.pid})`) },
    })
    expect(clinic.register.counters.bytesIn).toBe(before)
  })
})

test('where a program could have the port unseen, its rate is not changed', async () => {
  const clinic = await Clinic.open()
  const port = await pickyPort(clinic.register, 4800)
  await clinic.examine({ address: `serial:${port}?baud=115200`, register: 'settings: { tries: 2 }' })
  const [config] = readConfig(clinic.configPath).registers
  if (config === undefined) throw new Error('there is one')
  const look = (sees: boolean) => {
    const search = { tap: new Tap(Date.now), isBold: false, seesAll: () => Promise.resolve(sees) }
    return lookElsewhere(drivers.shtrih, config, search, never)
  }
  expect(await look(false)).toMatchObject({ finding: null, note: { en: expect.stringContaining('sudo') } })
  expect(execFileSync('stty', ['-F', port, 'speed'], { encoding: 'utf8' }).trim()).toBe('115200')
  expect((await look(true)).finding?.text.en).toContain('answers at 4800')
})

test('who is not root cannot be sure that nobody has a port open', async () => {
  expect(await seesEveryProgram()).toBe(true)
  onTestFinished(() => void process.seteuid?.(0))
  process.seteuid?.(nobody)
  expect(await seesEveryProgram()).toBe(false)
})

test('two rounds at once find the same sound disk, and what lies in the way of the probe stays as it is', async () => {
  const clinic = await Clinic.open()
  const precious = join(clinic.folder, 'precious')
  writeFileSync(precious, 'kept')
  symlinkSync(precious, join(clinic.stateDir, `.doctor-${process.pid}`))
  await clinic.examine()
  using ward = openOwnWard(readConfig(clinic.configPath), environment, clinic.configPath)
  const both = await Promise.all([1, 2].map(() => makeRound(ward, undefined, () => undefined, never)))
  const disks = both.flatMap(({ examinations }) =>
    examinations.flatMap(({ findings }) => findings.filter(({ step }) => step === 'disk')),
  )
  expect(disks.map(({ verdict }) => verdict)).toEqual(['good', 'good'])
  expect(readFileSync(precious, 'utf8')).toBe('kept')
})
