/** What became of a document that was read by hand. */
import type { ReadRow } from '../desk/desk.ts'
import { type Text, text } from '../text.ts'

const places: Readonly<Record<ReadRow['outbox'], Text>> = {
  kept: text('сохранён', 'kept'),
  known: text('уже есть', 'known'),
  filled: text('дополнен', 'filled'),
  'not kept': text('не сохранён', 'not kept'),
  differs: text('здесь под этим номером другой', 'another one is kept here'),
}

/** Where it is now: `уже есть`. */
export function placeInWords({ outbox }: ReadRow): Text {
  return places[outbox]
}

/** The desk's own phrases; what the decoder says stays as it is. */
const problems: ReadonlyMap<string, Text> = new Map([
  [
    'before the beginning of this drive',
    text(
      'до начала учёта этого ФН: считается проведённым (начать раньше: chekpost begin)',
      'before the beginning of this drive: taken as booked (to begin earlier: chekpost begin)',
    ),
  ],
  [
    'only the short record is left in the drive',
    text(
      'в ФН остался только итог, строк уже нет',
      'only the totals are left in the drive, without the lines',
    ),
  ],
])

/** What is wrong with it; null when nothing is. */
export function problemInWords({ absent, problem }: ReadRow): Text | null {
  if (absent === true) return text('такого номера в ФН нет', 'the drive has no such number')
  return problem === null ? null : (problems.get(problem) ?? text(problem, problem))
}
