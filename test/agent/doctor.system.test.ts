/** Each fault provoked for real, and named as the first bad thing. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { doctorCommand } from '../../agent/commands/doctor.ts'
import { steps } from '../../agent/doctor/report.ts'
import { drivers, openLine, pause } from '../../drivers/index.ts'
import { listen } from './bitrix/bench.ts'
import { Clinic } from './clinic.ts'
import { Daemon, never } from './daemon.ts'
import { pickyPort } from './pickyport.ts'

test('all is well: every step once and in its order, and nothing but questions was asked', async () => {
  const clinic = await Clinic.open()
  clinic.register.confirm(5)
  const { findings, first, of } = await clinic.examine()
  expect(first).toBeNull()
  expect(findings.map(({ step }) => step)).toEqual(steps)
  expect(of('documents').text.en).toMatch(/document 5 was read in \d+ ms and understood/)
  expect(of('drive').text.en).toContain('the OFD has everything')
  expect(of('clock').text.en).toContain("the register's clock is right")
  expect(clinic.register.counters).toMatchObject({ forbidden: 0, disturbing: 0, undrained: 0 })
  expect(clinic.bitrix.counts()).toMatchObject({ booked: 0 })
})

describe('the line', () => {
  test('a port that another process holds, with its name', async () => {
    const clinic = await Clinic.open()
    const port = await clinic.register.listenPty()
    const holder = spawn('bash', ['-c', `exec 3<>${port.link}; echo held; read -r _`])
    onTestFinished(() => void holder.kill())
    await once(holder.stdout, 'data')
    const { first, of } = await clinic.examine({ address: port.address })
    expect(first).toMatchObject({
      step: 'line',
      text: { en: expect.stringContaining(`(bash, ${holder.pid})`) },
    })
    expect(of('documents').verdict).toBe('unknown')
    expect(of('receiver').verdict).toBe('good')
  })

  test('a port that is not there', async () => {
    const clinic = await Clinic.open()
    const { first } = await clinic.examine({ address: 'serial:/dev/ttyUSB77' })
    expect(first).toMatchObject({ step: 'line', text: { en: expect.stringContaining('no such port') } })
  })

  test('nobody listens at the address', async () => {
    const clinic = await Clinic.open()
    clinic.register.unplug()
    const { first } = await clinic.examine()
    expect(first).toMatchObject({
      step: 'line',
      text: { en: expect.stringContaining('refused') },
      hint: { en: expect.stringContaining('table 21') },
    })
  })

  test('the only place of the register is taken: by a program of this PC, which is named', async () => {
    const clinic = await Clinic.open()
    const [, , port = ''] = clinic.address.split(':')
    const rival = spawn('socat', ['-d', '-d', `TCP:127.0.0.1:${port}`, 'STDIO'])
    onTestFinished(() => void rival.kill())
    while (clinic.register.counters.connections === 0) await pause(20, never)
    const { first } = await clinic.examine()
    expect(first).toMatchObject({
      step: 'line',
      text: { en: expect.stringContaining(`(socat, ${rival.pid})`) },
    })
  })
})

/** Silence is believed after two questions in place of ten. */
const soon = 'settings: { tries: 2 }'

describe('the frames', () => {
  test('another rate than the config says', async () => {
    const clinic = await Clinic.open()
    const port = await pickyPort(clinic.register, 4800)
    const { first } = await clinic.examine({ address: `serial:${port}?baud=115200`, register: soon })
    expect(first).toMatchObject({
      step: 'frames',
      text: { en: expect.stringContaining('answers at 4800') },
      hint: { en: expect.stringContaining(`serial:${port}?baud=4800`) },
      hex: expect.stringContaining('< 15'),
    })
  })

  test('the other framing', async () => {
    const clinic = await Clinic.open({ frames: 'v2' })
    // The till has worked with it.
    {
      await using line = await openLine(clinic.address, never)
      await drivers.shtrih.connect(line, drivers.shtrih.settings.parse({ frames: 'v2' }), never)
    }
    const { first } = await clinic.examine({ register: soon })
    expect(first).toMatchObject({ step: 'frames', hint: { en: expect.stringContaining('frames: v2') } })
  })

  test('something that is no register', async () => {
    const clinic = await Clinic.open()
    const port = await listen(createServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')))
    const { first } = await clinic.examine({ address: `tcp:127.0.0.1:${port}`, register: soon })
    expect(first).toMatchObject({ step: 'frames', text: { en: expect.stringContaining('no register') } })
  })
})

describe('the register', () => {
  test('a wrong password, shown in hex without the password', async () => {
    const clinic = await Clinic.open({ systemPassword: 77 })
    const { first } = await clinic.examine({ register: 'settings: { password: 7654321 }' })
    expect(first).toMatchObject({
      step: 'register',
      hint: { en: expect.stringContaining('settings.password') },
    })
    expect(first?.hex).toMatch(/< .* 4f/)
    // 7654321 is 0x74CBB1.
    expect(first?.hex).not.toMatch(/b1 cb 74/i)
    expect(first?.hex).toContain('·· ·· ·· ··')
  })

  test.each([
    ['a technical reset', (clinic: Clinic) => clinic.register.requireTechReset(), /technical reset/],
    ['its date to be confirmed', (clinic: Clinic) => clinic.register.requireDate(), /date to be confirmed/],
  ])('that waits for %s', async (_what, provoke, said) => {
    const clinic = await Clinic.open()
    provoke(clinic)
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'register', text: { en: expect.stringMatching(said) } })
  })

  test('another one than was followed', async () => {
    const clinic = await Clinic.open()
    const { first } = await clinic.examine({ register: 'serial: "0099990000567890"' })
    expect(first).toMatchObject({
      step: 'register',
      text: { en: expect.stringContaining('another register') },
    })
  })

  test('that refuses questions though it is idle', async () => {
    const clinic = await Clinic.open()
    clinic.register.refuse('FC', 0x73, 100)
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'register', hint: { en: expect.stringContaining('PC mode') } })
  })

  test('with an open receipt is left in peace, and that is no fault', async () => {
    const clinic = await Clinic.open()
    clinic.register.openReceipt()
    const { first, of } = await clinic.examine()
    expect(first).toBeNull()
    expect(of('register')).toMatchObject({
      verdict: 'warning',
      text: { en: expect.stringContaining('receipt') },
    })
    expect(of('drive').verdict).toBe('unknown')
    expect(Object.keys(clinic.register.counters.commands)).toEqual(['10'])
  })
})

describe('the drive and its documents', () => {
  test('an expired drive', async () => {
    const clinic = await Clinic.open({ drive: { expires: '2021-01-31', receipts: 1 } })
    const { first } = await clinic.examine()
    expect(first).toMatchObject({
      step: 'drive',
      text: { en: expect.stringContaining('expired on 2021-01-31') },
    })
  })

  test('a closed archive', async () => {
    const clinic = await Clinic.open()
    clinic.register.closeDrive()
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'drive', text: { en: expect.stringContaining('archive') } })
  })

  test('documents that the operator lacks for weeks', async () => {
    const clinic = await Clinic.open({
      operatorConfirms: false,
      drive: { registeredAt: '2021-01-31T10:00:00', receipts: 1 },
    })
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'drive', text: { en: expect.stringContaining('2021-01-31 10:00') } })
  })

  test('a debug drive is told of and no fault', async () => {
    const clinic = await Clinic.open({ drive: { debug: true, receipts: 1 } })
    const { first, of } = await clinic.examine()
    expect(first).toBeNull()
    expect(of('drive')).toMatchObject({ verdict: 'warning', text: { en: expect.stringContaining('debug') } })
  })
})

describe('the disk', () => {
  const mounted = async (size: string, more = '') => {
    const clinic = await Clinic.open()
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}${more}`, 'tmpfs', clinic.stateDir])
    onTestFinished(() => void execFileSync('umount', [clinic.stateDir]))
    return clinic
  }

  test('that is full', async () => {
    const clinic = await mounted('64k')
    expect(() => writeFileSync(join(clinic.stateDir, 'filler'), Buffer.alloc(128 * 1024))).toThrow(/ENOSPC/)
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'disk', text: { en: expect.stringContaining('no room left') } })
  })

  test('without room for more files', async () => {
    const clinic = await mounted('200m', ',nr_inodes=4')
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'disk', text: { en: expect.stringContaining('inodes') } })
  })

  test('that may only be read', async () => {
    const clinic = await mounted('200m', ',ro')
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'disk', text: { en: expect.stringContaining('read-only') } })
  })
})

describe('through the running daemon', () => {
  test('the register is asked between its polls, and goes on being read', async () => {
    const daemon = await Daemon.open()
    await daemon.start()
    daemon.sell(2)
    await daemon.delivered(2)
    const { examinations } = await daemon.desk.doctor({}, never)
    const [{ findings } = { findings: [] }] = examinations
    expect(findings.map(({ step }) => step)).toEqual(steps)
    expect(findings.filter(({ verdict }) => verdict === 'bad')).toEqual([])
    daemon.sell(1)
    await daemon.delivered(3)
    expect(daemon.register.counters.forbidden).toBe(0)
  })

  test('the other talk is not asked behind its back', async () => {
    const daemon = await Daemon.open()
    await daemon.start()
    const asking = doctorCommand(daemon.context()).parseAsync(['--v2'], { from: 'user' })
    await expect(asking).rejects.toThrow(/systemctl stop chekpost/)
  })

  test('a register that fell silent is a fault of the frames, with the way to try the rates', async () => {
    const daemon = await Daemon.open({}, { register: 'settings: { controlTimeoutMs: 50, tries: 2 }' })
    daemon.register.silence(true)
    await daemon.start()
    await daemon.statusWhere(({ registers }) => registers[0]?.trouble?.kind === 'silent')
    const { examinations } = await daemon.desk.doctor({}, never)
    const bad = examinations[0]?.findings.find(({ verdict }) => verdict === 'bad')
    expect(bad).toMatchObject({
      step: 'frames',
      hint: { en: expect.stringContaining('systemctl stop chekpost') },
    })
  })
})
