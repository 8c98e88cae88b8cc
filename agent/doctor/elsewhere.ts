/**
 * A register that is silent where the config looks for it may answer at another rate or in another framing. Tried on
 * our own line only, with the few bytes by which its driver finds registers.
 */
import {
  type Driver,
  type Greeting,
  openLine,
  parseAddress,
  pause,
  RegisterError,
  type Tap,
  withDeadline,
} from '../../drivers/index.ts'
import type { RegisterConfig } from '../config.ts'
import { type Text, text } from '../text.ts'
import { bad } from './finding.ts'
import { wholeEvidence } from './hex.ts'
import type { Finding } from './report.ts'
import { rivalsOf } from './sight.ts'

const greetingLimitMs = 6_000
const leavingMs = 300

/** How a search is made. */
interface Search {
  /** Hears all that is sent: it is shown. */
  readonly tap: Tap
  /** A person says that the till speaks another talk than the config has it. */
  readonly isBold: boolean
  /** True when no program can have a port open unseen. */
  readonly seesAll: () => Promise<boolean>
}

/** `finding` names where it answers; null when it answers nowhere, and then `note` may say what was left out. */
interface Elsewhere {
  readonly finding: Finding | null
  readonly note: Text | null
}

export async function lookElsewhere(
  driver: Driver,
  config: RegisterConfig,
  { tap, isBold, seesAll }: Search,
  signal: AbortSignal,
): Promise<Elsewhere> {
  const proof = () => wholeEvidence(driver, tap)
  const at = (address: string, bold: boolean) => greetAt(driver, config, address, bold, tap, signal)
  // `auto` has asked in both talks already, the one time that it may; another talk is for a person to allow.
  const here = await at(config.address, isBold)
  const settings = here.kind === 'answers' ? differing(here.settings, config.settings) : []
  if (settings.length > 0) return found(otherSettings(settings.join(', '), proof()))
  if (here.kind === 'undecided') return found(bad('frames', here.text, { hint: here.hint, hex: proof() }))
  // It answers, if not always: the rate is right.
  if (here.kind === 'answers') return nowhere
  const isSerial = parseAddress(config.address).kind === 'serial'
  if (isSerial && !(await seesAll())) return { finding: null, note: ratesNote }
  for (const address of otherRates(config.address, driver.search.speeds)) {
    // The rate belongs to the device: of a program that has come meanwhile it would be changed too.
    if ((await rivalsOf(address)).length > 0) return nowhere
    const greeting = await at(address, false)
    if (greeting.kind === 'answers') return found(otherRate(address, proof()))
  }
  // Over a serial line noise may be a bad cable; over a network bytes are what somebody meant to say.
  const isForeign = here.kind === 'foreign' && parseAddress(config.address).kind === 'tcp'
  return isForeign ? found(noRegister(proof())) : nowhere
}

const nowhere: Elsewhere = { finding: null, note: null }

function found(finding: Finding): Elsewhere {
  return { finding, note: null }
}

const ratesNote = text(
  'Другие скорости не пробовались: не видно, не держит ли порт другая программа. Подробно: sudo chekpost doctor',
  'Other rates were not tried: whether another program has the port cannot be seen. In detail: sudo chekpost doctor',
)

function noRegister(hex: string | null): Finding {
  return bad(
    'frames',
    text('по этому адресу отвечает не касса', 'what answers at this address is no register'),
    {
      hint: text(
        'Проверьте адрес и порт кассы: chekpost probe. Кто отвечает: ping и arp -n.',
        "Check the register's address and port: chekpost probe. Who answers: ping and arp -n.",
      ),
      hex,
    },
  )
}

/** With no more than the config's own talk, unless `bold`. */
async function greetAt(
  driver: Driver,
  config: RegisterConfig,
  address: string,
  bold: boolean,
  tap: Tap,
  signal: AbortSignal,
): Promise<Greeting> {
  try {
    // The register must notice first that the line before this one was closed.
    await pause(leavingMs, signal)
    return await withDeadline(greetingLimitMs, signal, async (limited) => {
      await using line = tap.over(await openLine(address, limited))
      if (driver.search.mayGreet(config.settings)) return await driver.search.greet(line, bold, limited)
      await driver.connect(line, config.settings, limited)
      return { kind: 'answers', settings: {} }
    })
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof RegisterError)
      // Who says no has answered.
      return error.fault === 'refused' || error.fault === 'busy'
        ? { kind: 'answers', settings: {} }
        : { kind: 'silent' }
    if (error instanceof Error && error.name === 'DeadlinePassed') return { kind: 'silent' }
    throw error
  }
}

/** `frames: v2`: what the register wants otherwise than the config has it. */
function differing(wanted: Readonly<Record<string, unknown>>, settings: unknown): string[] {
  const configured = typeof settings === 'object' && settings !== null ? settings : {}
  const has = new Map(Object.entries(configured))
  return Object.entries(wanted).flatMap(([key, value]) =>
    has.get(key) === value ? [] : [`${key}: ${String(value)}`],
  )
}

function otherRates(address: string, speeds: readonly number[]): string[] {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'serial') return []
  return speeds.filter((speed) => speed !== parsed.baud).map((speed) => `serial:${parsed.path}?baud=${speed}`)
}

function otherRate(address: string, hex: string | null): Finding {
  const baud = /\d+$/.exec(address)?.[0] ?? ''
  return bad(
    'frames',
    text(
      `неверная скорость порта: касса молчит, а на ${baud} отвечает`,
      `the wrong rate: the register is silent, and answers at ${baud}`,
    ),
    {
      hint: text(`Впишите в настройки address: ${address}`, `Write into the config address: ${address}`),
      hex,
    },
  )
}

function otherSettings(settings: string, hex: string | null): Finding {
  return bad(
    'frames',
    text(
      `касса молчит на то, что в настройках, и отвечает при ${settings}`,
      `the register is silent to what the config says, and answers with ${settings}`,
    ),
    {
      hint: text(
        `Впишите в настройки settings: { ${settings} }, как у программы кассы.`,
        `Write into the config settings: { ${settings} }, as the till's program has it.`,
      ),
      hex,
    },
  )
}
