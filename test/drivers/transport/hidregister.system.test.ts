/** The simulated register behind HID devices of every framing, read by the real driver: real time limits. */
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../drivers/bytes.ts'
import { type Line, RegisterError } from '../../../drivers/index.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { type Disorder, overReports, type Packing } from '../../fakes/hid.ts'
import { createRegister, type RegisterOptions, type SimulatedRegister } from '../../fakes/register.ts'

const limits = { byteTimeoutMs: 30, controlTimeoutMs: 60, answerTimeoutMs: 120, stillMs: 10 }
const talks = { v1: shtrih.settings.parse(limits), v2: shtrih.settings.parse({ ...limits, frames: 'v2' }) }
const never = new AbortController().signal

function sold(options: RegisterOptions = {}): SimulatedRegister {
  const machine = createRegister({ seed: 7, ...options })
  machine.openShift()
  for (let i = 0; i < 6; i++) machine.closeReceipt()
  machine.closeShift()
  return machine
}

/** Reads everything there is, opening the device anew after faults as the agent does. */
async function readEverything(
  open: () => Promise<Line>,
  settings: typeof talks.v1,
): Promise<Map<number, string>> {
  const read = new Map<number, string>()
  for (let attempt = 0; attempt < 60; attempt++) {
    try {
      await using line = await open()
      const register = await shtrih.connect(line, settings, never)
      const { number: last } = await register.newest(never)
      for (let number = 1; number <= last; number++) {
        if (read.has(number)) continue
        const { bytes } = await register.readDocument(number, never)
        read.set(number, toHex(bytes ?? new Uint8Array()))
      }
      return read
    } catch (error) {
      if (!(error instanceof RegisterError)) throw error
    }
  }
  return read
}

function truth(machine: SimulatedRegister): Map<number, string> {
  return new Map(machine.documents.map(({ number, body }) => [number, toHex(body ?? new Uint8Array())]))
}

const bytewise = (bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte))

describe.each(['v1', 'v2'] as const)('over %s frames', (frames) => {
  const settings = talks[frames]

  it.each<[string, Packing, Disorder, RegisterOptions?]>([
    ['a CP2110', { kind: 'id-len' }, {}],
    ['a CP2110, byte by byte', { kind: 'id-len' }, { chop: bytewise }],
    ['a CP2110 with padded, empty and foreign reports', { kind: 'id-len' }, { pads: true, mixes: true }],
    ['a CP2110, cut anywhere', { kind: 'id-len' }, {}, { chop: 'random' }],
    ['a CH9329', { kind: 'len', report: 64 }, {}],
    [
      'a CH9329, byte by byte, padded with rubbish',
      { kind: 'len', report: 64 },
      { chop: bytewise, pads: true },
    ],
    ['numbered counted reports of 8 bytes', { kind: 'len', report: 8, id: 3 }, { mixes: true }],
    ['reports of the largest count', { kind: 'len', report: 256 }, { pads: true }],
    ['raw reports of 64 bytes', { kind: 'raw', report: 64 }, {}],
    ['raw reports padded with FF', { kind: 'raw', report: 64, padding: 0xff }, {}],
    ['raw numbered reports of 8 bytes', { kind: 'raw', report: 8, id: 3 }, { mixes: true }],
    ['raw reports of one byte', { kind: 'raw', report: 1 }, {}],
  ])('a register behind %s is read byte for byte', async (_what, packing, disorder, options) => {
    await using machine = sold({ frames, ...options })
    expect(await readEverything(() => overReports(machine.openLine(), packing, disorder), settings)).toEqual(
      truth(machine),
    )
    expect(machine.counters).toMatchObject({ forbidden: 0, undrained: 0 })
  })

  it.each<[string, Packing]>([
    ['a CP2110', { kind: 'id-len' }],
    ['a CH9329', { kind: 'len', report: 64 }],
  ])('noise behind %s costs time, never a wrong document', async (_what, packing) => {
    await using machine = sold({ frames })
    machine.corruptAnswers(0.1)
    expect(await readEverything(() => overReports(machine.openLine(), packing), settings)).toEqual(
      truth(machine),
    )
    expect(machine.counters.forbidden).toBe(0)
  })

  it('a cable that is pulled again and again costs time, never a document', async () => {
    await using machine = sold({ frames })
    let openings = 0
    const open = () => {
      const unplugged = openings++ < 5
      let reports = 0
      const pulled: Disorder = {
        chop: (bytes) => {
          if (unplugged && ++reports > 40) throw new Error('pulled')
          return [bytes]
        },
      }
      return overReports(machine.openLine(), { kind: 'len', report: 64 }, pulled)
    }
    expect(await readEverything(open, settings)).toEqual(truth(machine))
    expect(openings).toBe(6)
  })
})
