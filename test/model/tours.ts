/** Stories that meet everything once, so that the random ones cannot grow hollow without being noticed. */
import { type AnswerName, answerNames } from './answers.ts'
import { drives, top } from './documents.ts'
import { effects, type FaultEffect, type Point, points } from './faults.ts'
import type { Step, Story } from './steps.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

const again: readonly Step[] = [
  { op: 'replay', selection: {} },
  { op: 'clock', ms: hourMs + 1 },
]

/** Every answer to a document, and to the test of a stopped way; each is healed before the next. */
function answerTour(names: readonly AnswerName[], lanes: number): Story {
  const healed: readonly Step[] = Array.from({ length: 3 }, () => [
    { op: 'clock', ms: 2 * hourMs } as const,
    { op: 'answerAll', as: 'booked', seconds: 1 } as const,
  ]).flat()
  const steps = names.flatMap((as): Step[] => [
    ...again,
    { op: 'answer', which: 0, as, seconds: 30 },
    ...healed,
    ...again,
    { op: 'answerAll', as: 'http403', seconds: 30 },
    // The way is stopped and nothing is under way: what comes now is its test.
    { op: 'answer', which: 0, as, seconds: 30 },
    ...healed,
  ])
  return { lanes, seed: 1, steps: [{ op: 'poll', drive: 0, most: top }, ...steps] }
}

/** One fault at one point of every kind of write. */
function faultTour(point: Point, effect: FaultEffect): Story {
  const arm = (skip: number): Step => ({ op: 'arm', fault: { point, effect, nth: 1, skip } })
  const steps: Step[] = [
    { op: 'poll', drive: 0, most: 3 },
    { op: 'poll', drive: 1, most: top },
    arm(0),
    { op: 'read', drive: 2, n: 3, how: 'whole' },
    arm(0),
    { op: 'answer', which: 0, as: 'booked', seconds: 1 },
    { op: 'clock', ms: 5_001 },
    { op: 'answerAll', as: 'booked', seconds: 1 },
    arm(0),
    ...again,
    { op: 'answerAll', as: 'booked', seconds: 1 },
    // Half a day too early: nothing may be masked yet.
    { op: 'clock', ms: 44.5 * dayMs },
    { op: 'age', keepDays: 400 },
    { op: 'clock', ms: dayMs },
    // The emptying finds nothing to write; counted by commits the masking is the second.
    arm(point === 'statement' ? 0 : 1),
    { op: 'age', keepDays: 400 },
    { op: 'age', keepDays: 400 },
    { op: 'clock', ms: 410 * dayMs },
    arm(0),
    { op: 'age', keepDays: 400 },
    { op: 'age', keepDays: 400 },
    // What was emptied cannot be sent again.
    ...again,
  ]
  return { lanes: 2, seed: 2, steps }
}

/** What is left: reading in every manner, the receiver away, the process ended with and without work under way. */
const odds: Story = {
  lanes: 8,
  seed: 3,
  steps: [
    ...(['absent', 'absent', 'summary', 'summary', 'whole', 'whole', 'forged'] as const).map(
      (how): Step => ({ op: 'read', drive: 2, n: 7, how }),
    ),
    { op: 'read', drive: 2, n: 6, how: 'summary' },
    { op: 'replay', selection: { state: 'none' } },
    { op: 'crash', books: 0b1 },
    { op: 'stop', books: 0b1 },
    { op: 'answerAll', as: 'booked', seconds: 1 },
    { op: 'crash', books: 0 },
    { op: 'stop', books: 0 },
    { op: 'down' },
    { op: 'poll', drive: 1, most: top },
    { op: 'clock', ms: 400_000 },
    { op: 'up' },
    { op: 'clock', ms: 400_000 },
    { op: 'answer', which: 0, as: 'booked', seconds: 1 },
    { op: 'clock', ms: -3 * dayMs },
    { op: 'answer', which: 0, as: 'lost', seconds: 1 },
    { op: 'down' },
    { op: 'export' },
    { op: 'full' },
    ...drives.map((_, drive): Step => ({ op: 'poll', drive, most: top })),
    { op: 'import' },
    { op: 'move' },
    { op: 'up' },
  ],
}

const half = Math.ceil(answerNames.length / 2)

export const tours: readonly Story[] = [
  answerTour(answerNames.slice(0, half), 3),
  answerTour(answerNames.slice(half), 3),
  ...points.flatMap((point) => effects.map((effect) => faultTour(point, effect))),
  odds,
]

const faults = (verb: string) =>
  points.flatMap((point) => effects.map((effect) => `${verb}: ${effect} ${point}`))

/** What the tours must have met; each is counted where it happens. */
export const sights: readonly string[] = [
  ...answerNames.map((name) => `answer ${name}`),
  ...answerNames.map((name) => `answer ${name} to a test`),
  ...['keepDocument', 'settle', 'replay', 'maskOlder', 'emptyOlder'].flatMap(faults),
  'keepDocument: full for real',
  ...['whole: kept', 'whole: known', 'whole: filled', 'summary: kept', 'summary: known'].map(
    (s) => `read ${s}`,
  ),
  ...['absent: kept', 'absent: known', 'forged: conflict'].map((s) => `read ${s}`),
  ...['crash', 'stop', 'down'].flatMap((op) => [`${op} with some under way`, `${op} with nothing under way`]),
  ...[
    'refused connection',
    'sent again over a new connection',
    'crash at a write',
    'clock ahead',
    'clock back',
  ],
  ...['settled here: ignored', 'settled here: park', 'replay of some', 'replay of nothing'],
  ...['masked', 'empty', 'export', 'import', 'move'],
]
