/** What may happen, as plain data: a failing run is a list that can be kept (`cases.ts`). */
import fc from 'fast-check'
import { documentStates, type Selection, type StateSought } from '../../agent/outbox.ts'
import { type AnswerName, answerNames } from './answers.ts'
import { drives, tills, top } from './documents.ts'
import { effects, type Fault, points } from './faults.ts'

const dayMs = 86_400_000

export type Step =
  /** A register gives one document: whole, its short record, nothing, or another one under a known number. */
  | { readonly op: 'read'; readonly drive: number; readonly n: number; readonly how: How }
  /** The numbers that are missing are read, at most so many. */
  | { readonly op: 'poll'; readonly drive: number; readonly most: number }
  | { readonly op: 'answer'; readonly which: number; readonly as: AnswerName; readonly seconds: number }
  /** Everything that waits for an answer gets the same. */
  | { readonly op: 'answerAll'; readonly as: AnswerName; readonly seconds: number }
  | { readonly op: 'down' | 'up' | 'space' | 'full' | 'move' | 'export' | 'import' }
  /** `books`: a bit for each request under way, set = the receiver booked it all the same. */
  | { readonly op: 'crash' | 'stop'; readonly books: number }
  | { readonly op: 'arm'; readonly fault: Fault }
  | { readonly op: 'clock'; readonly ms: number }
  | { readonly op: 'replay'; readonly selection: Selection }
  | { readonly op: 'age'; readonly keepDays: number }

type How = 'whole' | 'summary' | 'absent' | 'forged'

/** One life of a shop. */
export interface Story {
  readonly lanes: number
  /** Seeds the jitter of the agent. */
  readonly seed: number
  readonly steps: readonly Step[]
}

const drive = fc.nat(drives.length - 1)
const n = fc.integer({ min: 1, max: top })
const books = fc.nat(15)
/** How far ahead `Retry-After` points; beyond an hour it must not be believed. */
const seconds = fc.constantFrom(1, 30, 1_800, 90_000)
const as = fc.constantFrom(...answerNames)

const fault = fc.record({
  point: fc.constantFrom(...points),
  effect: fc.constantFrom(...effects),
  nth: fc.constantFrom(1, 1, 2, 3),
  skip: fc.constantFrom(0, 0, 0, 1, 2),
})

const selection = fc.oneof(
  fc.constant({ state: 'parked' } as const),
  fc.record(
    {
      storage: fc.constantFrom(...drives.map(({ storage }) => storage)),
      register: fc.constantFrom(...tills),
      fromNumber: n,
      toNumber: n,
      state: fc.constantFrom<StateSought>(...documentStates, 'settled'),
    },
    { requiredKeys: [] },
  ),
)

const leaps = [
  ...[1, 900, 5_001, 31_000, 310_000, 660_000, 4_000_000, 3 * dayMs, 44.5 * dayMs, 46 * dayMs, 410 * dayMs],
  ...[-1_000, -3_600_001, -3 * dayMs, -50 * dayMs],
]

function weighted(weight: number, arbitrary: fc.Arbitrary<Step>) {
  return { weight, arbitrary }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(
    5,
    fc.record({
      op: fc.constant('read'),
      drive,
      n,
      how: fc.constantFrom('whole', 'whole', 'whole', 'summary', 'absent', 'forged'),
    }),
  ),
  weighted(8, fc.record({ op: fc.constant('poll'), drive, most: fc.integer({ min: 1, max: top }) })),
  weighted(10, fc.record({ op: fc.constant('answer'), which: fc.nat(7), as, seconds })),
  weighted(6, fc.record({ op: fc.constant('answer'), which: fc.nat(7), as: fc.constant('booked'), seconds })),
  weighted(3, fc.record({ op: fc.constant('answerAll'), as, seconds })),
  weighted(3, fc.record({ op: fc.constant('answerAll'), as: fc.constant('booked'), seconds })),
  weighted(1, fc.record({ op: fc.constant('down') })),
  weighted(2, fc.record({ op: fc.constant('up') })),
  weighted(2, fc.record({ op: fc.constantFrom('crash', 'stop'), books })),
  weighted(6, fc.record({ op: fc.constant('arm'), fault })),
  weighted(1, fc.record({ op: fc.constantFrom('full', 'space') })),
  weighted(8, fc.record({ op: fc.constant('clock'), ms: fc.constantFrom(...leaps) })),
  weighted(3, fc.record({ op: fc.constant('replay'), selection })),
  weighted(3, fc.record({ op: fc.constant('age'), keepDays: fc.constantFrom(100, 400) })),
  weighted(1, fc.record({ op: fc.constantFrom('move', 'export', 'import') })),
)

export const story: fc.Arbitrary<Story> = fc.record({
  lanes: fc.constantFrom(1, 1, 2, 3, 8),
  seed: fc.nat(),
  steps: fc.array(step, { maxLength: 80, size: 'max' }),
})
