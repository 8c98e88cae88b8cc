/** The driver against the simulated register, in memory, over TCP and a pseudo-terminal: other code, real time. */
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../drivers/bytes.ts'
import { type Line, openLine, pause, type Register, RegisterError } from '../../../drivers/index.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import type { ShtrihSettings } from '../../../drivers/shtrih/settings.ts'
import {
  cashCoreModel,
  createRegister,
  type RegisterOptions,
  type SimulatedRegister,
} from '../../fakes/register.ts'

const limits = { byteTimeoutMs: 30, controlTimeoutMs: 60, answerTimeoutMs: 120, stillMs: 10 }
const talks = { v1: shtrih.settings.parse(limits), v2: shtrih.settings.parse({ ...limits, frames: 'v2' }) }
const never = new AbortController().signal

type Way = 'memory' | 'tcp' | 'pty'
type Opening = () => Promise<Line>

async function wayTo(machine: SimulatedRegister, way: Way): Promise<Opening> {
  if (way === 'memory') return () => Promise.resolve(machine.openLine())
  const { address } = way === 'tcp' ? await machine.listenTcp() : await machine.listenPty()
  return () => openLine(address, never)
}

function soldOver(options: RegisterOptions): SimulatedRegister {
  const machine = createRegister({ seed: 7, ...options })
  machine.openShift()
  for (let i = 0; i < 6; i++) machine.closeReceipt()
  machine.closeShift()
  return machine
}

/** Reads everything there is, opening the line anew after faults as the agent does. */
async function readEverything(
  open: Opening,
  settings: ShtrihSettings,
  between = () => Promise.resolve(),
): Promise<Map<number, string>> {
  const read = new Map<number, string>()
  for (let attempt = 0; attempt < 60; attempt++) {
    try {
      await using line = await open()
      const register = await shtrih.connect(line, settings, never)
      const { number: last } = await register.newest(never)
      for (let number = 1; number <= last; number++)
        if (!read.has(number)) await readOne(register, number, read)
      return read
    } catch (error) {
      if (!(error instanceof RegisterError)) throw error
      await between()
    }
  }
  return read
}

async function readOne(register: Register, number: number, read: Map<number, string>) {
  expect(await register.state(never)).toEqual({ kind: 'idle' })
  const { bytes } = await register.readDocument(number, never)
  read.set(number, bytes === null ? 'gone' : toHex(bytes))
}

function truth(machine: SimulatedRegister): Map<number, string> {
  return new Map(machine.documents.map(({ number, body }) => [number, body === null ? 'gone' : toHex(body)]))
}

describe.each(['v1', 'v2'] as const)('a simulated register that speaks %s', (frames) => {
  const settings = talks[frames]
  const sold = (options: RegisterOptions = {}) => soldOver({ frames, ...options })
  const readAll = async (machine: SimulatedRegister, way: Way = 'memory') =>
    readEverything(await wayTo(machine, way), settings)

  it.each<[string, RegisterOptions, Way?]>([
    ['over TCP', {}, 'tcp'],
    ['over a pseudo-terminal', {}, 'pty'],
    ['in memory', {}],
    ['of a cash-core model', { model: cashCoreModel }],
    ['with a stray FF after each ACK', { wire: { strayFf: 'afterAck' } }],
    ['with a stray FF before each control byte', { wire: { strayFf: 'beforeControl' } }],
    ['byte by byte', { chop: 'bytes' }],
    ['cut anywhere', { chop: 'random' }],
    [
      'whose long elements are cut between children',
      { stream: { portions: 'children', portionBytes: 60 } },
      'tcp',
    ],
    ['whose portions know no elements', { stream: { portions: 'fixed', portionBytes: 37 } }],
    ['that ends a stream with an empty portion', { stream: { end: 'empty' } }],
    ['that counts a header into the length', { stream: { lengthCounts: 'bodyAndHeader' } }],
    ['that repeats the header in the stream', { stream: { repeatsHeader: true } }],
  ])('is read byte for byte %s', async (_how, options, way) => {
    await using machine = sold(options)
    expect(await readAll(machine, way)).toEqual(truth(machine))
    expect(machine.counters).toMatchObject({ forbidden: 0, undrained: 0 })
    expect(machine.mode).toBe(4)
  })

  it.each<[string, (machine: SimulatedRegister) => void]>([
    ['one answer in ten is lost', (machine) => machine.loseAnswers(0.1)],
    ['one answer in ten is lost with its ACK', (machine) => machine.loseAnswers(0.1, true)],
    ['one answer in ten is damaged', (machine) => machine.corruptAnswers(0.1)],
    ['one message in fifty has a bit turned round, either way', (machine) => machine.noise(0.02)],
  ])('is read byte for byte when %s', async (_what, disturb) => {
    await using machine = sold()
    disturb(machine)
    expect(await readAll(machine)).toEqual(truth(machine))
    expect(machine.counters.forbidden).toBe(0)
  })

  it('is read whole though documents end early at first', async () => {
    await using machine = sold()
    machine.shortenStreams(3)
    expect(await readAll(machine)).toEqual(truth(machine))
  })

  it('gives totals of documents that are too old and nothing of forgotten ones', async () => {
    await using machine = sold()
    machine.expireTlv(4)
    machine.forget(5)
    await using line = machine.openLine()
    const register = await shtrih.connect(line, settings, never)
    expect(await register.readDocument(3, never)).toMatchObject({
      bytes: null,
      summary: { total: expect.any(Number) },
    })
    await expect(register.readDocument(5, never)).rejects.toMatchObject({ fault: 'absent' })
  })

  it('is asked nothing but its state while a receipt is open', async () => {
    await using machine = sold()
    machine.openReceipt()
    await using line = machine.openLine()
    await expect(shtrih.connect(line, settings, never)).rejects.toMatchObject({ fault: 'busy' })
    expect(Object.keys(machine.counters.commands)).toEqual(['10'])
  })

  it('is found drained after a reader was cut off in the middle of a document', async () => {
    await using machine = sold()
    {
      await using line = machine.openLine()
      const register = await shtrih.connect(line, settings, never)
      machine.loseAnswers({ next: 1_000 }, true)
      await register.readDocument(3, never).catch(() => undefined)
      machine.loseAnswers(0)
    }
    expect(await readAll(machine)).toEqual(truth(machine))
    expect(machine.mode).toBe(4)
  })

  it.each<[string, (machine: SimulatedRegister) => void, string]>([
    ['a technical reset', (machine) => machine.requireTechReset(), 'refused'],
    ['the confirmation of its date', (machine) => machine.requireDate(), 'refused'],
    ['an inspector', (machine) => machine.lockMode(), 'refused'],
    ['paper', (machine) => machine.paperOut(), 'busy'],
    ['the end of a print', (machine) => machine.print(60_000), 'busy'],
  ])('that waits for %s says so', async (_what, trouble, fault) => {
    await using machine = sold()
    trouble(machine)
    await using line = machine.openLine()
    await expect(shtrih.connect(line, settings, never)).rejects.toMatchObject({ fault })
  })

  it('tells who it is', async () => {
    await using machine = createRegister({ frames, serial: '0012340000567890', drive: { debug: true } })
    await using line = machine.openLine()
    const { identity } = await shtrih.connect(line, settings, never)
    expect(identity).toMatchObject({
      serial: '0012340000567890',
      inn: '7701234568',
      registrationNumber: '0001234567012345',
      organisation: 'ООО «Магазин»',
      storage: machine.storage,
      debugStorage: true,
      storageExpires: '2027-12-31',
    })
    expect(identity.address).toContain('Мясницкая')
  })

  it('shows a drive that was put in while the line stood', async () => {
    await using machine = sold()
    await using line = machine.openLine()
    const register = await shtrih.connect(line, settings, never)
    machine.replaceDrive({ number: '9252440300999999' })
    const newest = await register.newest(never).catch((error: unknown) => error)
    if (newest instanceof RegisterError) expect(['lost', 'silent']).toContain(newest.fault)
    else expect(newest).toEqual({ storage: '9252440300999999', number: 1 })
  })
})

describe('a register of v2 with two readers', () => {
  it('is read whole by both, and no stream is left open', async () => {
    await using machine = soldOver({ frames: 'v2' })
    const rests = [3, 17].map((ms) => () => pause(ms, never))
    const opens: Opening[] = [
      () => Promise.resolve(machine.openLine()),
      () => Promise.resolve(machine.openAnotherLine()),
    ]
    const both = await Promise.all(opens.map((open, i) => readEverything(open, talks.v2, rests[i])))
    expect(both).toEqual([truth(machine), truth(machine)])
    expect(machine.counters.forbidden).toBe(0)
    expect(machine.mode).toBe(4)
  })
})

describe('a register that speaks the other framing', () => {
  it.each([
    ['v1', 'v2'],
    ['v2', 'v1'],
  ] as const)(
    'hears %s, is asked in %s and stays silent; the text names the setting',
    async (hears, asked) => {
      await using machine = soldOver({ frames: hears })
      await using line = machine.openLine()
      const error = await shtrih.connect(line, talks[asked], never).catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        fault: 'silent',
        hint: { en: expect.stringContaining(`settings.frames: ${hears}`) },
      })
      expect(machine.counters.commands).toEqual({})
    },
  )

  it('is found by auto', async () => {
    for (const frames of ['v1', 'v2'] as const) {
      await using machine = soldOver({ frames })
      {
        await using till = machine.openLine()
        await shtrih.connect(till, talks[frames], never)
      }
      const looking = shtrih.settings.parse({ ...limits, frames: 'auto' })
      expect(await readEverything(() => Promise.resolve(machine.openLine()), looking)).toEqual(truth(machine))
    }
  })
})
