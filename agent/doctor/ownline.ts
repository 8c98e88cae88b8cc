/** The line and its frames, when no daemon holds the line: it is opened here, and closed again. */

import {
  type Driver,
  driverNamed,
  type Line,
  parseAddress,
  type Register,
  RegisterError,
  Tap,
} from '../../drivers/index.ts'
import { attempt } from '../attempt.ts'
import { isHungUp, openPatiently } from '../patientline.ts'
import { codeOf } from '../store/faults.ts'
import { type Text, text } from '../text.ts'
import { lookElsewhere } from './elsewhere.ts'
import { bad, good, notReached, warning } from './finding.ts'
import { evidenceOf, wholeEvidence } from './hex.ts'
import { missingNetwork } from './neighbourhood.ts'
import { deviceSteps, laterHint, type Reached, unwillingHint } from './reach.ts'
import type { Finding } from './report.ts'
import { rivalsOf, seesAll } from './sight.ts'
import type { Patient, Tell } from './ward.ts'

const openLimitMs = 15_000
const connectLimitMs = 40_000

/** Tells of `line` and `frames`, then works with the register; null when it cannot be reached. */
export async function overOwnLine<Result>(
  patient: Patient,
  tell: Tell,
  work: (reached: Reached) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result | null> {
  const { config, ward } = patient
  const driver = driverNamed(config.driver)
  const tap = new Tap(ward.clock)
  const proof = () => evidenceOf(driver, tap)
  const holder = await holderOf(config.address)
  if (holder !== null) {
    stop(tell, holder)
    return null
  }
  const opened = await attempt(openLimitMs, silence, signal, (limited) =>
    openPatiently(config.address, limited),
  )
  if (opened instanceof RegisterError) {
    const finding = isHungUp(opened)
      ? await hungUp(config.address, opened)
      : explainOpen(config.address, opened)
    stop(tell, finding)
    return null
  }
  const failure = await (async () => {
    await using line = tap.over(opened)
    const register = await connect(driver, line, config.settings, signal)
    if (register instanceof RegisterError) return register
    tell(lineOpen(config.address))
    tell(good('frames', text(`касса отвечает (${driver.name})`, `the register answers (${driver.name})`)))
    return { result: await work({ ask: (asked) => asked(register, signal), evidence: proof }) }
  })()
  if ('result' in failure) return failure.result
  await explainMeeting(patient, driver, tap, failure, tell, signal)
  return null
}

function connect(
  driver: Driver,
  line: Line,
  settings: unknown,
  signal: AbortSignal,
): Promise<Register | RegisterError> {
  return attempt(connectLimitMs, silence, signal, (limited) => driver.connect(line, settings, limited))
}

const silence = text('Касса отвечает слишком долго', 'The register takes too long')

function stop(tell: Tell, finding: Finding): void {
  tell(finding)
  for (const later of notReached(finding.step, deviceSteps)) tell(later)
}

function lineOpen(address: string): Finding {
  return good('line', text(`${address}: линия открыта`, `${address}: the line is open`))
}

function explainOpen(address: string, error: RegisterError): Finding {
  const network = missingNetwork(address)
  const refused = codeOf(error.cause) === 'ECONNREFUSED'
  if (network === null || refused) return bad('line', error.text, { hint: error.hint ?? null })
  return bad('line', both(error.text, network.text), { hint: network.hint })
}

/** The line is open and nobody could be met on it. */
async function explainMeeting(
  { config, ward }: Patient,
  driver: Driver,
  tap: Tap,
  error: RegisterError,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const heard = tap.latest().some(({ way }) => way === '<')
  if (error.fault === 'lost' && !heard) return stop(tell, await hungUp(config.address, error))
  tell(lineOpen(config.address))
  if (error.fault === 'lost' || error.fault === 'silent' || error.fault === 'garbled') {
    const { finding, note } = await lookElsewhere(
      driver,
      config,
      { tap, isBold: ward.isBold, seesAll },
      signal,
    )
    return stop(
      tell,
      finding ?? (await notUnderstood(config.address, error, note, wholeEvidence(driver, tap))),
    )
  }
  const hex = evidenceOf(driver, tap)
  tell(good('frames', text('касса отвечает', 'the register answers')))
  if (error.fault === 'busy' && error.code === undefined)
    return stop(tell, warning('register', error.text, { hint: error.hint ?? laterHint }))
  const hint = error.hint ?? (error.fault === 'busy' ? unwillingHint : null)
  return stop(tell, bad('register', error.text, { hint, hex }))
}

/** Connected, and hung up on before a word was said: the register has no place for a second client. */
async function hungUp(address: string, error: RegisterError): Promise<Finding> {
  const rival = await rivalOf(address)
  if (rival !== null) return bad('line', both(error.text, rival.text), { hint: rival.hint })
  const said = text(
    'касса закрыла соединение, не сказав ни слова: её единственное место занято другой программой',
    'the register hung up without a word: another program has its only place',
  )
  return bad('line', both(error.text, said), { hint: elsewhereHint })
}

async function notUnderstood(
  address: string,
  error: RegisterError,
  note: Text | null,
  hex: string | null,
): Promise<Finding> {
  const rival = error.fault === 'garbled' ? null : await rivalOf(address)
  if (rival !== null) return bad('frames', both(error.text, rival.text), { hint: rival.hint, hex })
  const { hint = null } = error
  const more =
    note === null || hint === null ? (note ?? hint) : text(`${hint.ru} ${note.ru}`, `${hint.en} ${note.en}`)
  return bad('frames', error.text, { hint: more, hex })
}

/**
 * A serial port that another program has is not even opened. Looked at with more right than the opening has itself: a
 * program of another user that does not lock would share the port with us, and its bytes.
 */
async function holderOf(address: string): Promise<Finding | null> {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'serial') return null
  const [holder] = await rivalsOf(address)
  if (holder === undefined) return null
  const who = `${holder.name ?? '?'}, ${holder.pid}`
  return bad(
    'line',
    text(
      `порт ${parsed.path} занят программой (${who})`,
      `the port ${parsed.path} is in use by a program (${who})`,
    ),
    {
      hint: text(
        'На одном порту может быть только одна программа. Закройте её или подключите кассу по сети (tcp:).',
        'Only one program can use a port. Close the other one, or connect the register by network (tcp:).',
      ),
    },
  )
}

async function rivalOf(address: string): Promise<{ text: Text; hint: Text } | null> {
  const [rival] = await rivalsOf(address)
  if (rival === undefined) return null
  const who = `${rival.name ?? '?'}, ${rival.pid}`
  return {
    text: text(`с кассой соединена программа (${who})`, `a program is connected to the register (${who})`),
    hint: elsewhereHint,
  }
}

const elsewhereHint = text(
  'Касса обслуживает по сети одну программу: закройте другую (на этом или другом ПК) или дайте ей другой порт кассы.',
  'A register serves one program over the network: close the other one (here or on another PC), or give it another port of the register.',
)

function both(one: Text, other: Text): Text {
  const plain = (sentence: string) => sentence.replace(/\.$/, '')
  return text(`${plain(one.ru)}; ${other.ru}`, `${plain(one.en)}; ${other.en}`)
}
