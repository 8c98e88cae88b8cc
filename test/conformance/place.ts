/** Where the promises of a line are kept: a simulated register, a line to it, and the hand on its cable. */
import type { Driver, Line } from '../../drivers/index.ts'
import type { SimulatedRegister } from '../fakes/register.ts'

/** The wire layers that a register can be locked to. */
export const framings = ['v1', 'v2'] as const
export type Frames = (typeof framings)[number]

/** One kind of line with a register at its end. Nothing else reads it while a promise is tried. */
export interface Place {
  readonly driver: Driver
  /** As the driver's schema gives them, for what the register speaks. */
  readonly settings: unknown
  /** The same for the wire layer that the register does not speak. */
  readonly strangeSettings: unknown
  /** What the register speaks: the setting that the message of the wrong one must name. */
  readonly frames: Frames
  readonly register: SimulatedRegister
  /** Opens the line anew; rejects with `RegisterError('lost')` while the cable is out. */
  open(): Promise<Line>
  pull(): Promise<void>
  putBack(): Promise<void>
}

/** Time limits of a line without distance; a slow machine brings its own. */
export const shortLimits = { byteTimeoutMs: 30, controlTimeoutMs: 60, answerTimeoutMs: 120, stillMs: 10 }

/** What a place knows by itself of a register that speaks `frames`. */
export function placeOf(
  driver: Driver,
  frames: Frames,
  register: SimulatedRegister,
  hands: Pick<Place, 'open'> & Partial<Pick<Place, 'pull' | 'putBack'>>,
  limits: Readonly<Record<string, number>> = shortLimits,
): Place {
  const other = frames === 'v1' ? 'v2' : 'v1'
  return {
    driver,
    settings: driver.settings.parse({ ...limits, frames }),
    strangeSettings: driver.settings.parse({ ...limits, frames: other }),
    frames,
    register,
    pull: () => Promise.resolve(register.unplug()),
    putBack: () => register.plug(),
    ...hands,
  }
}
