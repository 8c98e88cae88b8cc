/** A selection of documents in words, so that nobody has to trust what a form carries unseen. */
import type { InputOf } from '../../desk/desk.ts'
import { type Text, text } from '../../text.ts'
import { stateWords } from '../../wording/documents.ts'
import { plainly } from '../../wording/plain.ts'
import { whyInWords } from '../../wording/reasons.ts'
import { receiptTime } from '../figures.ts'
import type { Look } from './look.ts'
import { rangesOf, written } from './replaynumbers.ts'

/** Which documents are meant. One that names nothing is refused: nobody sends everything by a slip. */
export type Selection = InputOf<'list'>

const whyLength = 300

/** `Выбрано: касса till-1; ФД 120–150.` */
export function described(selection: Selection, look: Pick<Look, 'at'>): Text {
  const { ru, en } = meant(selection, look)
  return text(`Выбрано: ${ru}.`, `Chosen: ${en}.`)
}

/** `касса till-1; ФД 120–150` */
export function meant(selection: Selection, { at }: Pick<Look, 'at'>): Text {
  const { register, storage, fromNumber, toNumber, fromTime, toTime, since, state, why, limit } = selection
  const range = (from: string | number | undefined, to: string | number | undefined) =>
    from === to ? `${from}` : `${from ?? ''}–${to ?? ''}`
  const clock = (time: string | undefined) => (time === undefined ? undefined : receiptTime(time))
  const parts: Text[] = []
  const part = (ru: string, en: string) => void parts.push(text(ru, en))
  if (register !== undefined) part(`касса ${plainly(register, 64)}`, `register ${plainly(register, 64)}`)
  if (storage !== undefined) part(`ФН ${storage}`, `fiscal drive ${storage}`)
  if (fromNumber !== undefined || toNumber !== undefined)
    part(`ФД ${range(fromNumber, toNumber)}`, `documents ${range(fromNumber, toNumber)}`)
  if (selection.numbers !== undefined) {
    const list = written(rangesOf(selection.numbers))
    part(`ФД ${list}`, `documents ${list}`)
  }
  if (fromTime !== undefined || toTime !== undefined)
    part(
      `время на чеке ${range(clock(fromTime), clock(toTime))}`,
      `time on it ${range(clock(fromTime), clock(toTime))}`,
    )
  if (since !== undefined) part(`прочитаны с ${at(since)}`, `read since ${at(since)}`)
  if (state !== undefined) parts.push(stateWords(state).words)
  if (why !== undefined) {
    const { ru, en } = whyInWords(why)
    part(`причина: ${plainly(ru, whyLength)}`, `reason: ${plainly(en, whyLength)}`)
  }
  if (limit !== undefined) part(`не больше ${limit}`, `at most ${limit}`)
  return text(parts.map(({ ru }) => ru).join('; '), parts.map(({ en }) => en).join('; '))
}
