/** A port that was let go of: another program works with the register, nothing is read, and nothing is lost by it. */
import { expect, test } from 'vitest'
import { pauseCommand, resumeCommand } from '../../agent/commands/pause.ts'
import { statusCommand } from '../../agent/commands/status.ts'
import { heartbeatOf } from '../../agent/heartbeat.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { Failure } from '../../agent/usage.ts'
import type { RegisterView } from '../../agent/view.ts'
import { drivers, openLine, pause } from '../../drivers/index.ts'
import { Daemon, never } from './daemon.ts'

const who = { who: 'anna', reason: 'a test of the driver' }

/** Another program at the register: it can hold the one connection that there is, and read with it. */
async function otherProgram(address: string): Promise<number> {
  await using line = await openLine(address, never)
  const { shtrih } = drivers
  const register = await shtrih.connect(line, shtrih.settings.parse({}), never)
  const { number } = await register.newest(never)
  await register.readDocument(1, never)
  return number
}

/** When it is said to be free, it is: nobody waits for more. */
async function released(daemon: Daemon): Promise<void> {
  const { until } = await daemon.desk.pause({ register: 'till-1', minutes: 5, ...who }, never)
  const [shown] = (await daemon.desk.status({}, never)).registers
  expect(shown).toMatchObject({ line: 'lost', leaving: false, pausedUntil: expect.any(String) })
  expect(Math.abs(Date.parse(until) - Date.parse(shown?.pausedUntil ?? ''))).toBeLessThan(1_000)
}

test('while the port is let go of another program talks to the register and nothing is read; then everything is', async () => {
  const daemon = await Daemon.open()
  daemon.sell(3)
  await daemon.start()
  await daemon.delivered(3)
  const { address = '' } = (await daemon.desk.status({}, never)).registers[0] ?? {}
  await released(daemon)

  expect(await otherProgram(address)).toBe(daemon.register.documents.length)
  daemon.sell(4)
  const asked = daemon.register.counters.connections
  await pause(500, never)
  const meanwhile = await daemon.desk.status({}, never)
  expect(daemon.register.counters.connections).toBe(asked)
  expect(meanwhile.outbox.accepted).toBe(3)
  expect(meanwhile.health).toMatchObject({
    colour: 'amber',
    hint: { ru: expect.stringMatching(/chekpost resume till-1/) },
  })
  expect(meanwhile.health.text.ru).toMatch(/порт отпущен/)
  expect(meanwhile.registers[0]).toMatchObject({ state: null, trouble: null })

  expect(await daemon.desk.resume({ register: 'till-1', who: 'anna' }, never)).toEqual({ resumed: true })
  await daemon.delivered(7)
  expect((await daemon.desk.status({}, never)).health.colour).toBe('green')
  expect(await daemon.desk.resume({ register: 'till-1', who: 'anna' }, never)).toEqual({ resumed: false })
  await daemon.stop()
  using outbox = openOutbox(`${daemon.stateDir}/outbox.db`)
  expect(outbox.audits(9).map(({ action }) => action)).toEqual(expect.arrayContaining(['pause', 'resume']))
})

test('while a document is read to its end the port is said to be in use, to everybody', async () => {
  const daemon = await Daemon.open()
  daemon.sell(20)
  daemon.register.pace(38_400)
  await daemon.start()
  await daemon.statusWhere(({ outbox }) => outbox.documents > 1)
  // The rest of the one that is being read now takes seconds.
  daemon.register.pace(2_400)
  const { address = '' } = (await daemon.desk.status({}, never)).registers[0] ?? {}
  let isFree = false
  const going = released(daemon).then(() => {
    isFree = true
  })
  const seen = await daemon.statusWhere(({ registers: [one] }) => one?.leaving === true)
  expect(seen.registers[0]).toMatchObject({ line: 'connected', pausedUntil: null })
  expect(seen.health).toMatchObject({
    colour: 'amber',
    text: { ru: expect.stringMatching(/порт отпускается/) },
    hint: { ru: expect.stringMatching(/chekpost resume till-1/) },
  })
  expect(isFree).toBe(false)
  const context = daemon.context()
  await statusCommand(context).parseAsync([], { from: 'user' })
  expect(String(context.out.read())).toMatch(/till-1: the port is being let go of/)
  daemon.register.pace(null)
  await going
  expect(await otherProgram(address)).toBe(daemon.register.documents.length)
})

test('a restart of the daemon leaves the port to whoever has it; taken back, it stays ours over a restart', async () => {
  const daemon = await Daemon.open()
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(1)
  await released(daemon)
  const before = (await daemon.desk.status({}, never)).registers[0]?.pausedUntil ?? ''
  await daemon.stop()
  const takenBack = () => daemon.log.filter((line) => line.includes('port taken back')).length
  expect(takenBack()).toBe(0)
  const connections = daemon.register.counters.connections
  // The wall's clock is put on by an hour meanwhile.
  daemon.ahead = 3_600_000
  daemon.sell(1)
  await daemon.start()
  const { registers } = await daemon.statusWhere(({ registers: [one] }) => one?.pausedUntil !== null)
  const left = Date.parse(registers[0]?.pausedUntil ?? '') - 3_600_000 - Date.parse(before)
  expect(Math.abs(left)).toBeLessThan(1_000)
  await pause(300, never)
  expect(daemon.register.counters.connections).toBe(connections)

  daemon.ahead = 0
  expect(await daemon.desk.resume({ register: 'till-1', who: 'anna' }, never)).toEqual({ resumed: true })
  await daemon.delivered(2)
  expect(takenBack()).toBe(1)
  await daemon.stop()
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(3)
})

test('questions fail at once with the time and the way back', async () => {
  const daemon = await Daemon.open()
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(1)
  await released(daemon)
  const began = performance.now()
  const read = daemon.desk.read({ fromNumber: 1, toNumber: 1, keep: false }, never)
  await expect(read).rejects.toThrow(/until \d\d:\d\d.*chekpost resume till-1/)
  await expect(read).rejects.toBeInstanceOf(Failure)
  expect(performance.now() - began).toBeLessThan(10_000)
  const { registers } = await daemon.desk.audit({ repair: false, confirmed: false, ...who }, never)
  expect(registers[0]?.registerProblem?.en).toMatch(/let go of/)
})

test('let go of in the middle of a backlog, nothing is lost', async () => {
  const daemon = await Daemon.open()
  daemon.sell(150)
  daemon.register.pace(115_200)
  await daemon.start()
  await daemon.statusWhere(({ outbox }) => outbox.documents > 20)
  await released(daemon)
  daemon.register.pace(null)
  const { outbox, work, registers } = await daemon.desk.status({}, never)
  expect(outbox.documents).toBeLessThan(daemon.register.documents.length)
  // What is missing is counted in full, not by the piece that is read next.
  expect(registers[0]?.behind).toBe(daemon.register.documents.length - outbox.documents)
  expect(work).toEqual([])
  await pause(300, never)
  expect((await daemon.desk.status({}, never)).outbox.documents).toBe(outbox.documents)
  // The clock on the wall is put on: the time is not over for that.
  daemon.ahead = 3_600_000
  await pause(300, never)
  expect((await daemon.desk.status({}, never)).outbox.documents).toBe(outbox.documents)
  daemon.ahead = 0
  await daemon.desk.resume({ register: 'till-1', who: 'anna' }, never)
  await daemon.delivered(150)
})

test('the commands say it, and status as well', async () => {
  const daemon = await Daemon.open()
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(1)
  const context = daemon.context()
  const run = async (make: typeof pauseCommand, ...words: string[]) => {
    await make(context).exitOverride().parseAsync(words, { from: 'user' })
    return String(context.out.read() ?? '')
  }
  const json = JSON.parse(await run(pauseCommand, 'till-1', '--reason', 'a test', '--json'))
  expect(Date.parse(json.until)).toBeGreaterThan(Date.now() + 9 * 60_000)
  expect(await run(statusCommand)).toMatch(/till-1: the port is let go of until \d\d:\d\d/)
  expect(await run(resumeCommand, 'till-1')).toMatch(/ours again/)
  expect(await run(resumeCommand, 'till-1')).toMatch(/had not been/)
  await expect(run(pauseCommand, 'till-9', '--reason', 'a test')).rejects.toThrow(/no register till-9/)
  await expect(run(pauseCommand, 'till-1', '--reason', 'a', '--minutes', '500')).rejects.toThrow()
})

test('a heartbeat does not claim to see a register whose port is let go of', async () => {
  const daemon = await Daemon.open()
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(1)
  await released(daemon)
  const { registers } = await daemon.desk.status({}, never)
  const [shown] = registers
  if (shown === undefined) throw new Error('no register')
  const view = {
    ...shown,
    lineSince: Date.parse(shown.lineSince),
    stateSince: 0,
    trouble: null,
    ...{ pausedUntil: 1, leaving: false },
  }
  const counts = { waiting: 0, parked: 0, oldestWaitingAt: null }
  const beat = heartbeatOf(
    {
      ...{ viewOf: () => view as unknown as RegisterView, outbox: { counts: () => counts as never } },
      ...{
        dispatch: () => ({ ways: [], underWay: 0 }),
        version: '1',
        instance: 'i',
        sawSite: () => undefined,
      },
      ...{ clock: Date.now, random: () => 0, log: undefined as never },
    },
    { register: 'till-1', id: 'shop/till-1', store: 'shop' },
    Date.now(),
  )
  expect(beat.device.state).toBe('lost')
})
