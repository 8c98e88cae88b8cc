/** `chekpost init`, first part: looks for the registers, shows them, and lets a person choose. */
import { type Driver, drivers } from '../../drivers/index.ts'
import { chosen, type Interviewer } from '../init/answers.ts'
import { checkAddresses, type Named, placesOf } from '../init/places.ts'
import { type Sighting, type Sought, seekRegisters } from '../init/seek.ts'
import { type Text, text } from '../text.ts'
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
  return sought
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
  for (const [index, one] of found.entries()) {
    print(context, `  ${index + 1}. ${described(one)[context.language]}`)
    if (one.hint !== null) print(context, `      → ${one.hint[context.language]}`)
  }
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
