/** `chekpost init` end to end: what it finds, what it writes, and that the daemon works with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { initCommand } from '../../agent/commands/init.ts'
import { readConfig } from '../../agent/config.ts'
import { remoteDesk } from '../../agent/desk/remote.ts'
import { destinationsOf } from '../../agent/destinations.ts'
import { openLog } from '../../agent/log.ts'
import { runAgent } from '../../agent/main.ts'
import { drivers, openLine, pause } from '../../drivers/index.ts'
import { listen } from './bitrix/bench.ts'
import { Daemon, environment, never, secret } from './daemon.ts'
import { answers, answersAndTrial, type Bench, bench } from './initbench.ts'
import { pickyPort } from './pickyport.ts'

/** The configs before, oldest first. */
const olds = ({ configPath }: Bench) =>
  readdirSync(join(configPath, '..'))
    .filter((name) => name.endsWith('.bak'))
    .map((name) => join(configPath, '..', name))
    .sort()

test('finds the register, writes a config that the daemon delivers a sale with, and asks nothing but questions', async () => {
  const shop = await bench()
  const said = await shop.init('--tcp', shop.address, ...answersAndTrial(shop))
  expect(said).toMatch(/1\. .+serial 0012340000567890, drive 9252440300123456/)
  expect(said).toMatch(/✓ shop-12\/till-1: the test was taken/)
  expect(said).toContain(
    `echo '${secret}' | php local/chekpost/install.php register add shop-12/till-1 --secret -`,
  )
  expect(said).toContain('3 receipts of this month were read')
  const config = readConfig(shop.configPath)
  expect(config.registers).toMatchObject([{ serial: '0012340000567890', from: 'now', store: 'shop-12' }])
  expect(destinationsOf(config, environment, shop.configPath)).toHaveLength(1)
  expect(statSync(shop.configPath).mode & 0o777).toBe(0o640)
  expect(shop.register.counters).toMatchObject({ forbidden: 0, disturbing: 0, undrained: 0 })
  expect(shop.bitrix.counts().booked).toBe(0)

  const stop = new AbortController()
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
  const running = runAgent(
    {
      ...{ config, configPath: shop.configPath, environment, allowDebugDrive: false },
      ...{ log: openLog('error', sink), clock: Date.now, random: Math.random },
    },
    stop.signal,
  )
  const desk = remoteDesk(join(shop.folder, 'state', 'control.sock'))
  const begun = async () => (await desk.status({}, never)).registers[0]?.newest != null
  while (!(await begun().catch(() => false))) await pause(50, never)
  shop.register.closeReceipt()
  while (shop.bitrix.counts().booked === 0) await pause(50, never)
  stop.abort()
  await running
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1, twice: 0 })
})

test('never touches a config that is there; with --force the old one stays beside it', async () => {
  const shop = await bench()
  writeFileSync(shop.configPath, 'store: precious\n')
  await expect(shop.init('--tcp', shop.address, ...answers(shop))).rejects.toThrow(/already/)
  expect(readFileSync(shop.configPath, 'utf8')).toBe('store: precious\n')
  expect(shop.register.counters.connections).toBe(0)
  await shop.init('--force', '--tcp', shop.address, ...answers(shop))
  const first = olds(shop)
  expect(first.map((name) => readFileSync(name, 'utf8'))).toEqual(['store: precious\n'])
  await shop.init('--force', '--tcp', shop.address, ...answers(shop))
  expect(olds(shop)).toHaveLength(2)
  expect(readFileSync(first[0] ?? '', 'utf8')).toBe('store: precious\n')
  expect(readConfig(shop.configPath).registers).toHaveLength(1)
})

test('with --force a register keeps its name, its settings and its way, and one that is off stays', async () => {
  const shop = await bench()
  const before = `store: shop-12
timezone: Europe/Moscow
stateDir: ${join(shop.folder, 'state')}
keepDays: 50
registers:
  - name: front
    driver: shtrih
    address: tcp:10.9.9.9:7778
    serial: '0012340000567890'
    quietSeconds: 7
    settings: { tries: 4 }
    bitrix: { url: 'https://other.example/sale.php', secretFile: webhook-secret }
  - { name: till-1, driver: shtrih, address: 'serial:/dev/ttyS77', serial: '0000000000000001' }
bitrix: { url: '${shop.bitrix.url}', secretFile: webhook-secret, lanes: 3 }
`
  writeFileSync(shop.configPath, before)
  const said = await shop.init('--force', '--yes', '--tcp', shop.address)
  expect(said).toContain('till-1 was not found')
  const config = readConfig(shop.configPath)
  expect(config).toMatchObject({ stateDir: join(shop.folder, 'state'), keepDays: 50 })
  expect(config.registers).toMatchObject([
    {
      ...{ name: 'front', address: `tcp:${shop.address}`, quietMs: 7_000, settings: { tries: 4 } },
      bitrix: { url: 'https://other.example/sale.php' },
    },
    { name: 'till-1', serial: '0000000000000001', bitrix: { url: shop.bitrix.url, lanes: 3 } },
  ])
})

test('with --force, a config with faults gives no more than the names', async () => {
  const shop = await bench()
  writeFileSync(
    shop.configPath,
    `nonsense: 1\nregisters: [{ name: front, driver: shtrih, address: 'tcp:${shop.address}', colour: red }]\n`,
  )
  const said = await shop.init('--force', '--tcp', shop.address, ...answers(shop))
  expect(said).toMatch(/only the registers were kept/)
  expect(readConfig(shop.configPath).registers).toMatchObject([{ name: 'front' }])
})

test('with --force, a config that cannot be read is said to have lost its names', async () => {
  const shop = await bench()
  writeFileSync(shop.configPath, 'registers:\n\t- name: front\n')
  const said = await shop.init('--force', '--tcp', shop.address, ...answers(shop))
  expect(said).toMatch(/could not be read.*names are new/)
  expect(await shop.init('--force', '--tcp', shop.address, ...answers(shop))).not.toMatch(/names are new/)
})

test('never replaces the config under a running daemon', async () => {
  const daemon = await Daemon.open()
  await daemon.start()
  await daemon.statusWhere(({ registers: [one] }) => one?.line === 'connected' && one.newest !== null)
  const before = readFileSync(daemon.configPath, 'utf8')
  const { connections } = daemon.register.counters
  const initing = initCommand(daemon.context()).parseAsync(
    ['--force', '--yes', '--store', 'shop-12', '--url', daemon.bitrix.url, '--tcp', '127.0.0.1:1'],
    { from: 'user' },
  )
  await expect(initing).rejects.toThrow(/systemctl stop chekpost/)
  expect(readFileSync(daemon.configPath, 'utf8')).toBe(before)
  expect(daemon.register.counters.connections).toBe(connections)
})

test('makes a secret of its own, and says in words that the site does not know it yet', async () => {
  const shop = await bench()
  rmSync(join(shop.folder, 'etc', 'secrets'), { recursive: true })
  // A program is asked nothing, even without --yes.
  const words = answers(shop).filter((word) => word !== '--yes')
  const done = JSON.parse(await shop.init('--json', '--tcp', shop.address, ...words))
  const made = readFileSync(done.secretFile, 'utf8').trim()
  expect(made).toMatch(/^whsec_/)
  expect(made).not.toBe(secret)
  expect(statSync(done.secretFile).mode & 0o777).toBe(0o640)
  expect(done.onSite).toEqual([expect.stringContaining(made)])
  expect(done.tests).toEqual([
    { register: 'shop-12/till-1', ok: false, said: expect.stringContaining('401') },
  ])
  expect(shop.unfinished).toEqual([expect.stringMatching(/shop-12\/till-1.*\n→ .*chekpost doctor$/)])
})

test('warns of products that the site cannot find by itself', async () => {
  const shop = await bench()
  const done = JSON.parse(await shop.init('--json', '--tcp', shop.address, ...answersAndTrial(shop)))
  const { coded, named, review, share } = done.dryRun
  expect(share).toBeCloseTo(coded / (coded + named + review), 10)
  expect(share).toBeLessThan(0.95)
  expect(await shop.init('--force', '--tcp', shop.address, ...answersAndTrial(shop))).toMatch(
    /Below 95 %.*trial mode/s,
  )
})

describe('a serial port', () => {
  test('is searched through the rates', async () => {
    const shop = await bench()
    const port = await pickyPort(shop.register, 9600)
    await shop.init('--serial', port, ...answers(shop))
    expect(readConfig(shop.configPath).registers).toMatchObject([{ address: `serial:${port}?baud=9600` }])
    expect(shop.register.counters.forbidden).toBe(0)
  })

  test('that another program holds is named and left alone', async () => {
    const shop = await bench()
    const port = await shop.register.listenPty()
    const holder = spawn('bash', ['-c', `exec 3<>${port.link}; echo held; read -r _`])
    onTestFinished(() => void holder.kill())
    await once(holder.stdout, 'data')
    const before = shop.register.counters.bytesIn
    await expect(shop.init('--serial', port.link, ...answers(shop))).rejects.toThrow(/No register/)
    expect(shop.register.counters.bytesIn).toBe(before)
    expect(existsSync(shop.configPath)).toBe(false)
  })

  test('without a register hears a few bytes and no more', async () => {
    const shop = await bench()
    shop.register.silence(true)
    const port = await shop.register.listenPty()
    await expect(shop.init('--serial', port.link, ...answers(shop))).rejects.toThrow(/No register/)
    expect(shop.register.counters.bytesIn).toBeLessThanOrEqual(14)
  })
})

test('a v2 register is found when a person says that the till speaks v2, and only then', async () => {
  const shop = await bench({ frames: 'v2', frameNumber: 7 })
  await expect(shop.init('--tcp', shop.address, ...answers(shop))).rejects.toThrow(/No register/)
  await pause(300, never)
  {
    await using line = await openLine(`tcp:${shop.address}`, never)
    await drivers.shtrih.connect(line, drivers.shtrih.settings.parse({ frames: 'v2' }), never)
  }
  await pause(300, never)
  await shop.init('--v2', '--tcp', shop.address, ...answers(shop))
  expect(readConfig(shop.configPath).registers).toMatchObject([{ settings: { frames: 'v2' } }])
})

test('something else that listens is no register', async () => {
  const shop = await bench()
  const port = await listen(createServer((socket) => void socket.write('220 mail ready\r\n')))
  await expect(shop.init('--tcp', `127.0.0.1:${port}`, ...answers(shop))).rejects.toThrow(/No register/)
})

test('a register with an open receipt is written down, and nothing but its state was asked', async () => {
  const shop = await bench()
  shop.register.openReceipt()
  const said = await shop.init('--tcp', shop.address, ...answers(shop))
  expect(said).toContain('A receipt is open')
  expect(readConfig(shop.configPath).registers).toMatchObject([{ serial: null }])
  expect(Object.keys(shop.register.counters.commands)).toEqual(['10'])
})
