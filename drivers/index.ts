/** All that the agent may know of the drivers: the contract, the registry, and how to open a line. */
export * from './contract.ts'
export { DeadlinePassed, pause, withDeadline } from './deadline.ts'
export { type Address, parseAddress } from './transport/address.ts'
export { type FoundPort, findPorts, portAt } from './transport/find.ts'
export { findRivals, seesEveryProgram } from './transport/findrivals.ts'
export type { Holder } from './transport/holders.ts'
export { findListeners } from './transport/listeners.ts'
export { openLine } from './transport/open.ts'
export { parseTranscript, recordLine, TranscriptError } from './transport/recorded.ts'
export { adviseAddress } from './transport/stable.ts'
export { type Overheard, Tap } from './transport/tap.ts'

import type { Driver } from './contract.ts'
import { shtrih } from './shtrih/driver.ts'

/** Every driver by its name in the config: one line each. */
export const drivers = { shtrih } satisfies Record<string, Driver>
export type DriverName = keyof typeof drivers
export const driverNames = Object.keys(drivers) as [DriverName, ...DriverName[]]

/** Throws for a name that no config can hold. */
export function driverNamed(name: string): Driver {
  const driver = Object.values<Driver>(drivers).find((one) => one.name === name)
  if (driver === undefined) throw new Error(`no driver ${name}`)
  return driver
}
