/** The promises of a line, kept over every kind of it and over both wire layers. Real time, real ports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drivers, type Line, openLine } from '../../drivers/index.ts'
import { type Disorder, overReports, type Packing } from '../fakes/hid.ts'
import { createRegister, type SimulatedRegister } from '../fakes/register.ts'
import { framings, type Place, placeOf } from './place.ts'
import { keepPromise, promises } from './promises.ts'

type Wiring = (register: SimulatedRegister) => Promise<Place['open']>

const never = new AbortController().signal

const hid =
  (packing: Packing, disorder?: Disorder): Wiring =>
  (register) =>
    Promise.resolve(async () => overReports(register.openLine(), packing, disorder))

const wirings: Readonly<Record<string, Wiring>> = {
  'a line in memory': (register) => Promise.resolve(async () => inTurns(register.openLine())),
  TCP: async (register) => {
    const { address } = await register.listenTcp()
    return () => openLine(address, never)
  },
  'a serial port (pty)': async (register) => {
    const { address } = await register.listenPty()
    return () => openLine(address, never)
  },
  'HID reports whose id is their length': hid({ kind: 'id-len' }),
  'HID reports that count': hid({ kind: 'len', report: 64 }, { pads: true, mixes: true }),
  'raw HID reports': hid({ kind: 'raw', report: 64 }),
}

/** A talk in memory would leave no turn of the event loop to the hand on the cable. */
function inTurns(line: Line): Line {
  return {
    async write(bytes, signal) {
      await new Promise((resolve) => setImmediate(resolve))
      await line.write(bytes, signal)
    },
    read: (signal) => line.read(signal),
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  }
}

const lines = framings.flatMap((frames) =>
  Object.entries(wirings).map(([over, wiring]) => ({ frames, over, wiring })),
)

describe.each(lines)('$over, $frames', ({ frames, wiring }) => {
  let place: Place

  beforeAll(async () => {
    const register = createRegister({ seed: 7, frames, clients: 'replace' })
    place = placeOf(drivers.shtrih, frames, register, { open: await wiring(register) })
  })

  afterAll(() => place.register[Symbol.asyncDispose]())

  it.each(promises)('$says', async (promise) => {
    await expect(keepPromise(promise, place)).resolves.toBeUndefined()
  })
})
