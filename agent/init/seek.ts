/**
 * Looks for registers on the ports and addresses given, with a few asking bytes at each rate. A port that another
 * program holds is named and left alone; one where something else answers has its peace again within seconds.
 */

import {
  type Driver,
  drivers,
  type FoundPort,
  type Greeting,
  type Identity,
  pause,
  RegisterError,
  type RegisterState,
} from '../../drivers/index.ts'
import { attempt } from '../attempt.ts'
import { openPatiently } from '../patientline.ts'
import { type Text, text } from '../text.ts'

/** At an address there may be nobody; a port that is there only takes its time, on an old PC with a cold disk. */
const openLimitMs = (address: string) => (address.startsWith('tcp:') ? 6_000 : 15_000)
const greetingLimitMs = 6_000
const connectLimitMs = 30_000
/** A register with one place for a client must notice that we have left before we come again. */
const leavingMs = 300

/** Where to look. */
export interface Places {
  readonly ports: readonly FoundPort[]
  /** `tcp:host:port` */
  readonly addresses: readonly string[]
  /** Driver settings that a person has named, e.g. a password. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The till speaks another talk than a register's first; see `Search.greet`. */
  readonly bold: boolean
}

/** A register that answered; `identity` is null when it had no time, or said no. */
export interface Sighting {
  readonly address: string
  readonly driver: string
  /** What differs from the driver's defaults. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly identity: Identity | null
  readonly state: RegisterState | null
  readonly lastDocument: number | null
  readonly problem: Text | null
  readonly hint: Text | null
}

/** A place where no register was found, and why that may be. */
export interface Blank {
  readonly where: string
  readonly text: Text
  readonly hint: Text | null
}

export interface Sought {
  readonly found: readonly Sighting[]
  readonly blanks: readonly Blank[]
}

/** What is tried right now. */
export type Trying = (place: string, done: number, of: number) => void

export async function seekRegisters(places: Places, trying: Trying, signal: AbortSignal): Promise<Sought> {
  const found: Sighting[] = []
  const blanks: Blank[] = []
  const goals = [
    ...places.addresses.map((address) => ({ where: address, at: () => address, rates: false })),
    ...places.ports.map((port) => ({
      where: port.name,
      at: (baud: number) => port.addressAt(baud),
      rates: true,
    })),
  ]
  for (const [done, goal] of goals.entries()) {
    const tell = (address: string) => trying(address, done, goals.length)
    const result = await seekAt(goal, places, tell, signal)
    if ('where' in result) blanks.push(result)
    else if (isNew(found, result)) found.push(result)
    else blanks.push({ where: goal.where, text: sameRegister(result), hint: null })
  }
  return { found, blanks }
}

/** One register may be reached in two ways: the first that was found is taken. */
function isNew(found: readonly Sighting[], { identity }: Sighting): boolean {
  const serial = identity?.serial ?? null
  return serial === null || !found.some((one) => one.identity?.serial === serial)
}

function sameRegister({ identity }: Sighting): Text {
  const serial = identity?.serial ?? '?'
  return text(`та же касса ещё раз (зав. № ${serial})`, `the same register once more (serial ${serial})`)
}

interface Goal {
  readonly where: string
  at(baud: number): string
  readonly rates: boolean
}

async function seekAt(
  goal: Goal,
  places: Places,
  tell: (address: string) => void,
  signal: AbortSignal,
): Promise<Sighting | Blank> {
  let foreign = false
  for (const driver of Object.values(drivers as Record<string, Driver>)) {
    const addresses = goal.rates ? driver.search.speeds.map((baud) => goal.at(baud)) : [goal.at(0)]
    // A bridge that keeps its rate has one address for all of them.
    for (const [tries, address] of [...new Set(addresses)].entries()) {
      tell(address)
      const greeting = await greetAt(driver, address, places.bold && tries === 0, signal)
      if (greeting instanceof RegisterError)
        return { where: goal.where, text: greeting.text, hint: greeting.hint ?? null }
      if (greeting.kind === 'answers')
        return await meet(driver, address, { ...greeting.settings, ...places.settings }, signal)
      if (greeting.kind === 'undecided')
        return { where: goal.where, text: greeting.text, hint: greeting.hint }
      foreign ||= greeting.kind === 'foreign'
    }
  }
  return {
    where: goal.where,
    text: foreign
      ? text('отвечает не касса', 'something else than a register answers')
      : text('никто не отвечает', 'nobody answers'),
    hint: null,
  }
}

async function greetAt(
  driver: Driver,
  address: string,
  bold: boolean,
  signal: AbortSignal,
): Promise<Greeting | RegisterError> {
  const opened = await attempt(openLimitMs(address), silence, signal, (limited) =>
    openPatiently(address, limited),
  )
  if (opened instanceof RegisterError) return opened
  await using line = opened
  const greeting = await attempt(greetingLimitMs, silence, signal, (limited) =>
    driver.search.greet(line, bold, limited),
  )
  // Hung up on, or chattered at without end: no register's manner.
  return greeting instanceof RegisterError
    ? { kind: greeting.fault === 'silent' ? 'silent' : 'foreign' }
    : greeting
}

/** Asks the register who it is. One that answers and says no is a register all the same. */
export async function meet(
  driver: Driver,
  address: string,
  wanted: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Sighting> {
  await pause(leavingMs, signal)
  const parsed = driver.settings.parse(wanted)
  const nothing = { address, driver: driver.name, settings: differing(driver, wanted) }
  const met = await attempt(connectLimitMs, silence, signal, async (limited) => {
    await using line = await openPatiently(address, limited)
    const register = await driver.connect(line, parsed, limited)
    const state = await register.state(limited)
    const lastDocument = state.kind === 'idle' ? (await register.newest(limited)).number : null
    return { identity: register.identity, state, lastDocument }
  })
  if (!(met instanceof RegisterError)) return { ...nothing, ...met, problem: null, hint: null }
  const { text: problem, hint = null } = met
  return { ...nothing, identity: null, state: null, lastDocument: null, problem, hint }
}

/** Only what the config has to say: defaults are not written down. */
function differing(driver: Driver, wanted: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const usual = new Map(Object.entries(Object(driver.settings.parse({}))))
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => usual.get(key) !== value))
}

const silence = text('нет ответа', 'no answer')
