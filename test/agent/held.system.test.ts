/** Commands that open a line themselves leave alone the one on which the daemon talks. */
import { expect, test } from 'vitest'
import { probeCommand } from '../../agent/commands/probe.ts'
import { recordCommand } from '../../agent/commands/record.ts'
import { Daemon } from './daemon.ts'

async function connected(): Promise<Daemon> {
  const daemon = await Daemon.open()
  await daemon.start()
  await daemon.statusWhere(({ registers: [one] }) => one?.line === 'connected' && one.newest !== null)
  return daemon
}

test('a probe of an address that the daemon is connected with tells what the daemon sees', async () => {
  const daemon = await connected()
  const { connections } = daemon.register.counters
  const context = daemon.context()
  const [seen] = (await daemon.statusWhere(() => true)).registers
  await probeCommand(context).parseAsync([seen?.address ?? '', '--json'], { from: 'user' })
  expect(JSON.parse(String(context.out.read()))).toMatchObject({
    identity: { serial: daemon.register.serial },
    problem: null,
  })
  expect(daemon.register.counters.connections).toBe(connections)
})

test('a register in the middle of a sale that the daemon has not met yet is found all the same', async () => {
  const daemon = await Daemon.open()
  daemon.register.openReceipt()
  await daemon.start()
  await daemon.statusWhere(({ registers: [one] }) => one?.line === 'connected')
  const context = daemon.context()
  await probeCommand(context).parseAsync([], { from: 'user' })
  expect(String(context.out.read())).toMatch(/receipt is open/)
})

test('a probe of a port that was let go of asks the register itself', async () => {
  const daemon = await connected()
  const pausing = { register: 'till-1', minutes: 5, reason: 'probing', who: 'a test' }
  await daemon.desk.pause(pausing, daemon.context().signal)
  const { connections } = daemon.register.counters
  // The register lets one client in at a time and may not have seen yet that the daemon has left.
  await daemon.until(async () => {
    const context = daemon.context()
    const probed = probeCommand(context).parseAsync(['--json'], { from: 'user' })
    await probed.catch(() => undefined)
    return JSON.parse(String(context.out.read())).identity?.serial === daemon.register.serial
  })
  expect(daemon.register.counters.connections).toBeGreaterThan(connections)
})

test('a recording of it is refused with the way to it, and works once the port was let go of', async () => {
  const daemon = await connected()
  const { connections } = daemon.register.counters
  const [seen] = (await daemon.statusWhere(() => true)).registers
  const words = [seen?.address ?? '', '--driver', 'shtrih', '--documents', '1']
  const record = (context = daemon.context()) =>
    recordCommand(context)
      .parseAsync(words, { from: 'user' })
      .then(() => String(context.out.read()))
  await expect(record()).rejects.toThrow(/chekpost pause till-1/)
  expect(daemon.register.counters.connections).toBe(connections)
  await daemon.desk.pause(
    { register: 'till-1', minutes: 5, reason: 'recording', who: 'a test' },
    daemon.context().signal,
  )
  expect(await record()).toMatch(/^< /m)
})
