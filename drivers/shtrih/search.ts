/**
 * How a register of the family is found: ENQ, which every one of them answers and which no settings change; rates in
 * the order in which the vendor's own driver tries them («Протокол работы ККТ с ФН» 1.17).
 */
import type { Greeting, Line, Search } from '../contract.ts'
import { untouched } from './framing.ts'
import { NumberedTalk } from './numberedtalk.ts'
import { ShtrihSettings } from './settings.ts'
import { StandardTalk } from './standardtalk.ts'

/** Quick: a register answers ENQ at once, and whatever else is on the line must soon have its peace. */
const quick = ShtrihSettings.parse({ byteTimeoutMs: 300, controlTimeoutMs: 350, stillMs: 50, tries: 1 })
/** A register that was just spoken to may take a second over a network. */
const calm = ShtrihSettings.parse({ tries: 1 })
const enquiries = 2

export const search: Search = {
  speeds: [115_200, 4_800, 9_600, 19_200, 38_400, 57_600, 2_400],
  addresses: ['tcp:192.168.137.111:7778', 'tcp:192.168.137.10:7778'],
  async greet(line: Line, bold: boolean, signal: AbortSignal): Promise<Greeting> {
    const talk = new StandardTalk(line, quick)
    let odd = false
    for (let asked = 0; asked < enquiries; asked++) {
      const state = await talk.enquire(signal)
      if (state === 'ready' || state === 'answering') return { kind: 'answers', settings: { frames: 'v1' } }
      odd ||= state === 'odd'
    }
    // A register that is on and speaks v1 has answered by now, so an empty v2 frame chooses nothing for it.
    return bold && !odd ? await greetNumbered(line, signal) : { kind: odd ? 'foreign' : 'silent' }
  },
  // To a register that was just switched on, ENQ would be the choice of v1 (docs/decisions/007).
  mayGreet: (settings) => ShtrihSettings.parse(settings ?? {}).frames !== 'v2',
}

async function greetNumbered(line: Line, signal: AbortSignal): Promise<Greeting> {
  const state = await new NumberedTalk(line, calm).hail(signal)
  if (state === 'silent') return { kind: 'silent' }
  if (state === 'used') return { kind: 'answers', settings: { frames: 'v2' } }
  const { text, hint } = untouched()
  return { kind: 'undecided', text, hint: hint ?? text }
}
