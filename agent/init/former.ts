/**
 * The config that `init --force` replaces. Documents wait under the name of their register, and the site knows it by
 * that name: what was there keeps its name, its settings and where it sends to.
 */
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { driverNames, parseAddress } from '../../drivers/index.ts'
import { isAlive } from '../desk/remote.ts'
import { type Environment, socketToAsk } from '../environment.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import type { Sighting } from './seek.ts'
import type { WrittenRegister } from './yaml.ts'

const Values = z.record(z.string(), z.unknown())

/** Looser than the config's own schema: a config with a fault somewhere still says which register is which. */
const Register = z
  .looseObject({
    name: z.string().regex(/^[a-z0-9-]{1,32}$/),
    driver: z.enum(driverNames),
    address: z.string(),
    settings: Values.nullish().transform((given) => given ?? {}),
    serial: z.coerce.string().nullish(),
  })
  .transform(({ name, driver, address, settings, serial, ...kept }) => ({
    ...{ name, driver, address, settings, serial: serial ?? null, model: null, kept },
  }))

const Former = z
  .looseObject({
    store: z.string().nullable().catch(null).default(null),
    timezone: z.string().nullable().catch(null).default(null),
    stateDir: z.string().nullable().catch(null).default(null),
    bitrix: Values.nullable().catch(null).default(null),
    registers: z.array(z.unknown()).catch([]).default([]),
  })
  .transform(({ store, timezone, stateDir, bitrix, registers, ...kept }) => ({
    ...{ store, timezone, stateDir, bitrix, kept },
    registers: registers.flatMap((one) => Register.safeParse(one).data ?? []),
  }))

/** `kept`: what `init` asks nothing of, at the top and of each register. */
export type Former = z.output<typeof Former>

/** There was no config, or none that could be read. */
export const none: Former = {
  store: null,
  timezone: null,
  stateDir: null,
  bitrix: null,
  registers: [],
  kept: {},
}

/** Never throws: of what cannot be read there is nothing to keep. */
export function readFormer(path: string): Former {
  try {
    return existsSync(path) ? (Former.safeParse(parse(readFileSync(path, 'utf8'))).data ?? none) : none
  } catch {
    return none
  }
}

/** Throws `UsageError` while the daemon of this config runs: it has the ports, and the names in its hands. */
export async function demandStopped(
  environment: Environment,
  stateDir: string,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isAlive(socketToAsk(environment, stateDir), signal))) return
  throw new UsageError(
    text(
      'Служба работает с этими настройками. Остановите её: systemctl stop chekpost, затем повторите chekpost init --force',
      'The daemon works with this config. Stop it: systemctl stop chekpost, then chekpost init --force again',
    ),
  )
}

/** The registers to be written down. */
export interface Combined {
  readonly registers: readonly WrittenRegister[]
  /** Former ones that nobody met: they stay as they are. */
  readonly unmet: readonly string[]
  /** Former ones that nobody met, and whose address is none or leads to another now: they cannot stay. */
  readonly lost: readonly string[]
}

/** A register is known by its factory number, else by its address. Pure. */
export function combine(
  found: readonly Sighting[],
  picked: readonly Sighting[],
  former: readonly WrittenRegister[],
): Combined {
  const known = match(found, former)
  const taken = new Set(former.map(({ name }) => name))
  const written = picked.map((one) => {
    const before = known.get(one)
    const { identity, driver, address, settings } = one
    return {
      name: before?.name ?? freeName(taken),
      ...{ driver, address, settings: { ...before?.settings, ...settings } },
      serial: identity?.serial ?? before?.serial ?? null,
      model: identity?.model ?? null,
      kept: before?.kept ?? {},
    }
  })
  const met = new Set(known.values())
  const away = former.filter((one) => !met.has(one))
  const addresses = new Set(written.map(({ address }) => address))
  const unmet = away.filter(
    ({ address }) => parseAddress(address).kind !== 'wrong' && !addresses.has(address),
  )
  const names = (of: readonly WrittenRegister[]) => of.map(({ name }) => name)
  return {
    registers: [...written, ...unmet],
    ...{ unmet: names(unmet), lost: names(away.filter((one) => !unmet.includes(one))) },
  }
}

function match(
  found: readonly Sighting[],
  former: readonly WrittenRegister[],
): Map<Sighting, WrittenRegister> {
  const known = new Map<Sighting, WrittenRegister>()
  const isSame: ((one: Sighting, before: WrittenRegister) => boolean)[] = [
    ({ identity }, { serial }) => serial !== null && identity?.serial === serial,
    // A register that was replaced stands at the address of the one before, and is the same till to the site.
    ({ address, driver }, before) => address === before.address && driver === before.driver,
  ]
  for (const same of isSame)
    for (const one of found) {
      if (known.has(one)) continue
      const free = former.filter((before) => ![...known.values()].includes(before))
      const before = free.find((candidate) => same(one, candidate))
      if (before !== undefined) known.set(one, before)
    }
  return known
}

function freeName(taken: Set<string>): string {
  let number = 1
  while (taken.has(`till-${number}`)) number++
  taken.add(`till-${number}`)
  return `till-${number}`
}
