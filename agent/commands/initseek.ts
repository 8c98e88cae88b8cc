/** `chekpost init`, first part: looks for the registers, shows them, and lets a person choose. */
import { type Driver, driverNamed, drivers } from '../../drivers/index.ts'
import { chosen } from '../init/answers.ts'
import { checkAddresses, type Named, placesOf } from '../init/places.ts'
import { meet, type Sighting, type Sought, seekRegisters } from '../init/seek.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'
import type { Interviewer } from './asking.ts'
import { type Context, print, say } from './context.ts'
import { settingPairs, settingsFor } from './driversettings.ts'
import type { InitOptions } from './init.ts'

/** With nobody to answer, one look; else until there is a register or no further address. */
export async function seek(
  context: Context,
  teller: Context,
  options: InitOptions,
  interviewer: Interviewer | null,
): Promise<Sought> {
  const settings = settingPairs(options.set ?? [])
  // A setting that no driver knows is told before anything is asked.
  for (const driver of Object.values<Driver>(drivers)) settingsFor(driver, options.set ?? [])
  const named = { ...options, settings, bold: options.v2 === true }
  const look = async (more: Named) => {
    const places = await placesOf(more)
    const sought = await seekRegisters(places, progress(teller), context.signal)
    clear(teller)
    for (const { where, text: said, hint } of sought.blanks) {
      print(teller, `  · ${where}: ${said[teller.language]}`)
      if (hint !== null) print(teller, `      → ${hint[teller.language]}`)
    }
    return sought
  }
  say(teller, text('Ищу кассы (только вопросы)…', 'Looking for registers (questions only)…'))
  let sought = await look(named)
  while (sought.found.length === 0 && interviewer !== null) {
    const question = text(
      'Касса не найдена. Адрес кассы в сети (Enter — закончить)',
      'No register was found. Its address in the network (Enter to end)',
    )
    const answer = await interviewer.ask(question, '', checkAddresses)
    if (answer === '') break
    // What was looked at has said its word.
    sought = await look({ settings, bold: named.bold, tcp: [answer] })
  }
  if (interviewer === null) return sought
  const found: Sighting[] = []
  for (const one of sought.found) found.push(await acquaint(context, one, interviewer))
  return { ...sought, found }
}

const asItIs = '-'

/** A register that answers without saying who it is: a person closes its receipt, or knows its password. */
async function acquaint(context: Context, first: Sighting, interviewer: Interviewer): Promise<Sighting> {
  let met = first
  while (met.identity === null) {
    show(context, '·', met)
    const driver = driverNamed(met.driver)
    const question = text(
      'Enter: спросить кассу ещё раз. С настройкой: password=30. Записать как есть: -',
      'Enter: ask the register again. With a setting: password=30. Write it as it is: -',
    )
    const answer = await interviewer.ask(question, '', (given) => checkSettings(driver, given))
    if (answer === asItIs) return met
    met = await meet(
      driver,
      met.address,
      { ...met.settings, ...settingPairs(wordsOf(answer)) },
      context.signal,
    )
  }
  return met
}

function wordsOf(answer: string): readonly string[] {
  return answer.split(/[\s,]+/).filter((word) => word !== '')
}

function checkSettings(driver: Driver, given: string): Text | null {
  if (given === asItIs) return null
  if (!wordsOf(given).every((word) => /^\w+=./.test(word)))
    return text('настройка пишется так: password=30', 'a setting is written so: password=30')
  try {
    settingsFor(driver, wordsOf(given))
    return null
  } catch (error) {
    if (error instanceof UsageError) return error.text
    throw error
  }
}

/** One line that is written over on a terminal; on anything else, nothing until there is a result. */
function progress(context: Context): (place: string, done: number, of: number) => void {
  return (place, done, of) => {
    if (context.interactive) context.out.write(`\r\u001b[K  ${done + 1}/${of} ${place}`)
  }
}

export function clear(context: Context): void {
  if (context.interactive) context.out.write('\r\u001b[K')
}

export async function choose(
  context: Context,
  found: readonly Sighting[],
  interviewer: Interviewer | null,
): Promise<readonly Sighting[]> {
  for (const [index, one] of found.entries()) show(context, `${index + 1}.`, one)
  if (interviewer === null || found.length === 1) return found
  const all = found.map((_, index) => index + 1).join(',')
  const answer = await interviewer.ask(
    text('Какие кассы записать', 'Which registers to write down'),
    all,
    (given) =>
      chosen(given, found) === null ? text('номера через запятую', 'numbers with commas between') : null,
  )
  return chosen(answer, found) ?? found
}

function show(context: Context, mark: string, one: Sighting): void {
  print(context, `  ${mark} ${described(one)[context.language]}`)
  if (one.hint !== null) print(context, `      → ${one.hint[context.language]}`)
}

function described({ address, identity, lastDocument, state, problem }: Sighting): Text {
  if (identity === null) return text(`${address}: ${problem?.ru ?? '?'}`, `${address}: ${problem?.en ?? '?'}`)
  const { model, serial, storage, debugStorage } = identity
  const busy = state?.kind === 'busy' || state?.kind === 'stopped' ? state.text : text('', '')
  const end = (said: string) => (said === '' ? '' : `, ${said}`)
  return text(
    `${model}, зав. № ${serial ?? '?'}, ФН ${storage}${debugStorage ? ' (отладочный)' : ''}, последний ФД ${lastDocument ?? '?'}, ${address}${end(busy.ru)}`,
    `${model}, serial ${serial ?? '?'}, drive ${storage}${debugStorage ? ' (debug)' : ''}, last document ${lastDocument ?? '?'}, ${address}${end(busy.en)}`,
  )
}
