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
  Tap,
  withDeadline,
} from '../../drivers/index.ts'
import type { RegisterConfig } from '../config.ts'
import { text } from '../text.ts'
import { bad } from './finding.ts'
import { evidenceOf } from './hex.ts'
import type { Finding } from './report.ts'

const greetingLimitMs = 6_000
const leavingMs = 300

/** The finding that names where it answers; null when it answers nowhere. */
export async function lookElsewhere(
  driver: Driver,
  config: RegisterConfig,
  clock: () => number,
  signal: AbortSignal,
): Promise<Finding | null> {
  const tap = new Tap(clock)
  const greet = (address: string, bold: boolean) => greetAt(driver, address, bold, tap, signal)
  const here = await greet(config.address, true)
  const settings = here.kind === 'answers' ? differing(here.settings, config.settings) : []
  if (settings.length > 0) return otherSettings(settings.join(', '), evidenceOf(driver, tap))
  if (here.kind === 'undecided')
    return bad('frames', here.text, { hint: here.hint, hex: evidenceOf(driver, tap) })
  // It answers, if not always: the rate is right.
  if (here.kind === 'answers') return null
  for (const address of otherRates(config.address, driver.search.speeds)) {
    const greeting = await greet(address, false)
    if (greeting.kind === 'answers') return otherRate(address, evidenceOf(driver, tap))
  }
  // Over a serial line noise may be a bad cable; over a network bytes are what somebody meant to say.
  const isForeign = here.kind === 'foreign' && parseAddress(config.address).kind === 'tcp'
  return isForeign ? noRegister(evidenceOf(driver, tap)) : null
}

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

async function greetAt(
  driver: Driver,
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
      return await driver.search.greet(line, bold, limited)
    })
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof RegisterError || (error instanceof Error && error.name === 'DeadlinePassed'))
      return { kind: 'silent' }
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
