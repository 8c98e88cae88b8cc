/** A start on a disk that is full: the state directory lies on a small file system of its own, which needs root. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { statusCommand } from '../../agent/commands/status.ts'
import { readStartFile } from '../../agent/startfile.ts'
import { condemnOutbox } from '../../agent/store/open.ts'
import { keepPort } from '../fakes/ports.ts'
import { Daemon, never } from './daemon.ts'

/**
 * A daemon on a small file system that has kept and sent two receipts and was stopped; `harm` is what happens to its
 * directory before that is filled to the last byte.
 */
async function onFullDisk(
  status: string,
  harm: (daemon: Daemon) => void = () => undefined,
): Promise<{ daemon: Daemon; makeRoom: () => void }> {
  const daemon = await stopped(status, 'size=4m')
  harm(daemon)
  const filler = join(daemon.stateDir, 'filler')
  expect(() => writeFileSync(filler, Buffer.alloc(8 * 1024 * 1024))).toThrow(/ENOSPC/)
  return { daemon, makeRoom: () => rmSync(filler) }
}

async function stopped(status: string, options: string): Promise<Daemon> {
  const daemon = await Daemon.open({}, { status })
  mkdirSync(daemon.stateDir, { mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `${options},mode=700`, 'tmpfs', daemon.stateDir])
  onTestFinished(() => void execFileSync('umount', ['--lazy', daemon.stateDir]))
  await daemon.start()
  daemon.sell(2)
  await daemon.delivered(2)
  await daemon.stop()
  return daemon
}

/** Between the two nobody listens for a moment. */
async function untilOpened(daemon: Daemon): Promise<void> {
  await daemon.until(() =>
    daemon.desk.status({}, never).then(
      (snapshot) => snapshot.unopened === undefined,
      () => false,
    ),
  )
}

async function statusOf(daemon: Daemon): Promise<string> {
  const context = daemon.context()
  await statusCommand(context).parseAsync([], { from: 'user' })
  process.exitCode = undefined // A red status sets it, for the shell.
  return String(context.out.read())
}

test('started on a full disk it says so to the commands, and reads and sends on once there is room', async () => {
  const { daemon, makeRoom } = await onFullDisk('listen: null')
  daemon.sell(3)
  await daemon.start()
  const { health, registers, unopened } = await daemon.desk.status({}, never)
  expect({ unopened, registers }).toEqual({ unopened: true, registers: [] })
  expect(health).toMatchObject({
    colour: 'red',
    text: { en: expect.stringMatching(/^The disk is full \(.*state: 0 MB free\)/) },
    hint: { en: expect.stringContaining('df -h') },
  })
  const said = await statusOf(daemon)
  expect(said).toMatch(/^■ The disk is full/)
  // Nobody knows how many.
  expect(said).not.toMatch(/queue|waiting/)
  await expect(daemon.desk.list({}, never)).rejects.toThrow(/The disk is full .*df -h/)
  expect(daemon.bitrix.counts().booked).toBe(2)

  makeRoom()
  await untilOpened(daemon)
  await daemon.delivered(5)
  expect(daemon.bitrix.counts()).toMatchObject({ booked: 5, duplicates: 0 })
  expect((await daemon.desk.status({}, never)).registers).toHaveLength(1)
})

test.each([
  ['condemned', (path: string) => condemnOutbox(path, 'row 3 missing from index')],
  ['damaged', (path: string) => writeFileSync(path, 'power cut '.repeat(1000))],
])(
  'a database that is %s is told as set aside once there is room, and nobody is accused',
  async (_, harm) => {
    const { daemon, makeRoom } = await onFullDisk('listen: null', ({ stateDir }) => {
      harm(join(stateDir, 'outbox.db'))
      for (const name of ['instance.json', 'start.json']) rmSync(join(stateDir, name))
    })
    await daemon.start()
    makeRoom()
    await untilOpened(daemon)
    const { storageTrouble } = await daemon.desk.status({}, never)
    expect(storageTrouble?.en).toMatch(/damaged and set aside: .*outbox\.damaged-\d{8}T\d{6}Z\.db/)
    // Not from now on, as at a first start: the ledger of the site says where.
    expect(readStartFile(daemon.stateDir).lost).toBe(true)
  },
)

test('its page says it too, and who came in by a link stays in', async () => {
  await using kept = await keepPort()
  const base = `http://127.0.0.1:${kept.port}`
  const { daemon, makeRoom } = await onFullDisk(`listen: 127.0.0.1:${kept.port}`)
  await daemon.start()
  const statusOfPage = (path: string) =>
    fetch(base + path).then(
      ({ status }) => status,
      () => 0,
    )
  await daemon.until(async () => (await statusOfPage('/readyz')) === 503)
  const { url } = await daemon.desk.token({ who: 'anna' }, never)
  const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const get = async (path: string) => await (await fetch(base + path, { headers: { cookie } })).text()
  const overview = await get('/')
  expect(overview).toContain('Диск заполнен')
  expect(overview).toContain('df -h')
  expect(overview, 'no number that nobody knows').not.toContain('ждут доставки')
  expect(await get('/receipts')).toContain('Диск заполнен')
  expect(await get('/metrics')).not.toMatch(/^chekpost_oldest_undelivered_age_seconds /m)

  makeRoom()
  // Between the two nobody listens for a moment.
  await daemon.until(async () => (await get('/').catch(() => '')).includes('ждут доставки'))
  expect(await get('/receipts')).not.toContain('Диск заполнен')
})

test('asked to end while it waits for room it ends', async () => {
  const { daemon } = await onFullDisk('listen: null')
  await daemon.start()
  await daemon.stop()
  expect(daemon.log.some((line) => line.includes('the outbox cannot be opened'))).toBe(true)
})
