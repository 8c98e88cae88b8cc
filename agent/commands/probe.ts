/** `chekpost probe [address]`: who answers there. Asking commands only. */
import { Command, Option } from 'commander'
import {
  type Driver,
  driverNamed,
  driverNames,
  drivers,
  type Identity,
  openLine,
  RegisterError,
  type RegisterState,
  withDeadline,
} from '../../drivers/index.ts'
import type { RegisterStatus } from '../status/snapshot.ts'
import { type Text, text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import { type Context, loadConfig, print, printJson, say } from './context.ts'
import { settingsFor } from './driversettings.ts'
import { askDaemon, onLine } from './held.ts'
import { driverSetting } from './values.ts'
import { example, words } from './words.ts'

interface Found {
  readonly address: string
  readonly driver: string
  /** A register that is busy or says no answers all the same. */
  readonly answers: boolean
  readonly identity: Identity | null
  readonly state: RegisterState | null
  readonly lastDocument: number | null
  readonly problem: Text | null
  readonly hint: Text | null
}

/** How long one driver may try to make sense of what is on the line. */
const limitMs = 20_000

export function probeCommand(context: Context): Command {
  return new Command('probe')
    .description(
      words(context, 'кто отвечает по адресу (только вопросы)', 'who answers at an address (questions only)'),
    )
    .argument(
      '[address]',
      words(
        context,
        'tcp:хост:порт, serial:/dev/… или hid:VID:PID',
        'tcp:host:port, serial:/dev/… or hid:VID:PID',
      ),
    )
    .addOption(new Option('--driver <name>', words(context, 'протокол', 'the protocol')).choices(driverNames))
    .option(
      '--set <key=value>',
      words(context, 'настройка протокола, например frames=v2', "a driver's setting, e.g. frames=v2"),
      driverSetting,
    )
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText(
      'after',
      example(
        context,
        'chekpost probe',
        'chekpost probe tcp:192.168.137.111:7778',
        'chekpost probe "serial:/dev/ttyACM0?baud=115200"',
        'chekpost probe tcp:192.168.137.111:7778 --driver shtrih --set frames=v2',
      ),
    )
    .action(async (address: string | undefined, options: Options) => {
      const found: Found[] = []
      const wanted = targets(context, address, options)
      const registers = (await askDaemon(context)) ?? []
      for (const target of wanted) {
        const held = registers.filter((one) => isHeld(one, address === undefined))
        const known = await onLine(held, target.address)
        const result =
          known === null
            ? await probe(target.address, target.driver, target.settings, context.signal)
            : seenByDaemon(known)
        found.push(result)
        if (options.json) printJson(context, result)
        else describe(context, result)
      }
      if (!found.some(({ answers }) => answers))
        throw new Failure(text('Касса не найдена', 'No register was found'))
    })
}

interface Options {
  readonly driver?: string
  readonly set?: readonly string[]
  readonly json?: boolean
}

interface Target {
  readonly address: string
  readonly driver: Driver
  readonly settings: unknown
}

function targets(context: Context, address: string | undefined, { driver: name, set }: Options): Target[] {
  if (address === undefined && set !== undefined)
    throw new UsageError(
      text(
        'С --set нужен адрес: без него касса берётся из настроек вместе с ними.',
        '--set wants an address: without one the register and its settings are those of the config.',
      ),
    )
  if (address === undefined)
    return loadConfig(context).registers.map(({ address: configured, driver, settings }) => ({
      ...{ address: configured, driver: driverNamed(driver), settings },
    }))
  return Object.values(drivers as Record<string, Driver>)
    .filter((driver) => name === undefined || driver.name === name)
    .map((driver) => ({ address, driver, settings: settingsFor(driver, set ?? []) }))
}

/** Nobody else can ask there; one that it tries to reach is its own to tell of, unless an address is named. */
function isHeld({ line, pausedUntil }: RegisterStatus, isOfConfig: boolean): boolean {
  return line === 'connected' || (isOfConfig && pausedUntil === null)
}

function seenByDaemon(seen: RegisterStatus): Found {
  const { address, driver, line, identity, state, newest, trouble } = seen
  return {
    ...{ address, driver, answers: line === 'connected' || trouble?.kind === 'refused', identity, state },
    lastDocument: newest?.number ?? null,
    ...{ problem: trouble?.text ?? null, hint: trouble?.hint ?? null },
  }
}

async function probe(
  address: string,
  driver: Driver,
  settings: unknown,
  signal: AbortSignal,
): Promise<Found> {
  const nothing = {
    address,
    driver: driver.name,
    answers: false,
    identity: null,
    state: null,
    lastDocument: null,
    hint: null,
  }
  try {
    return await withDeadline(limitMs, signal, async (limited) => {
      await using line = await openLine(address, limited)
      const register = await driver.connect(line, settings, limited)
      const state = await register.state(limited)
      const lastDocument = state.kind === 'idle' ? (await register.newest(limited)).number : null
      return { ...nothing, answers: true, identity: register.identity, state, lastDocument, problem: null }
    })
  } catch (error) {
    if (error instanceof RegisterError) {
      const { fault, text: problem, hint = null } = error
      return { ...nothing, answers: fault === 'busy' || fault === 'refused', problem, hint }
    }
    if (!(error instanceof Error) || error.name !== 'DeadlinePassed') throw error
    return { ...nothing, problem: text('нет ответа', 'no answer') }
  }
}

function describe(context: Context, found: Found): void {
  const { identity, problem, hint, state } = found
  print(context, `${found.address} (${found.driver})`)
  if (problem !== null) print(context, `  ${problem[context.language]}`)
  if (hint !== null) print(context, `  → ${hint[context.language]}`)
  if (identity !== null) describeIdentity(context, identity, found.lastDocument)
  if (state !== null && state.kind !== 'idle') print(context, `  ${state.text[context.language]}`)
}

function describeIdentity(context: Context, identity: Identity, lastDocument: number | null): void {
  say(
    context,
    text(
      `  ${identity.model}, зав. № ${identity.serial ?? '?'}, РНМ ${identity.registrationNumber ?? '?'}`,
      `  ${identity.model}, serial ${identity.serial ?? '?'}, registration ${identity.registrationNumber ?? '?'}`,
    ),
  )
  say(
    context,
    text(
      `  ФН ${identity.storage}${identity.debugStorage ? ' (отладочный)' : ''}, последний ФД ${lastDocument ?? '?'}`,
      `  drive ${identity.storage}${identity.debugStorage ? ' (debug)' : ''}, last document ${lastDocument ?? '?'}`,
    ),
  )
}
