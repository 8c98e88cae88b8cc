/** Stories that once failed, each with what it found; they are told in every run. */
import type { Story } from './steps.ts'

export interface Case extends Story {
  readonly found: string
}

export const cases: readonly Case[] = [
  {
    found: 'a connection that breaks after the clock has leaped is repeated as it was signed',
    lanes: 1,
    seed: 9,
    steps: [
      { op: 'poll', drive: 1, most: 4 },
      { op: 'answerAll', as: 'booked', seconds: 30 },
      { op: 'poll', drive: 1, most: 3 },
      { op: 'clock', ms: 4_000_000 },
      { op: 'answer', which: 3, as: 'reset', seconds: 1 },
    ],
  },
  {
    found: 'a refusal before a crash counts for nobody after it',
    lanes: 1,
    seed: 0,
    steps: [
      { op: 'poll', drive: 0, most: 3 },
      { op: 'down' },
      { op: 'poll', drive: 0, most: 3 },
      { op: 'arm', fault: { point: 'afterCommit', effect: 'crash', nth: 1, skip: 0 } },
      { op: 'clock', ms: -4_320_000_000 },
    ],
  },
]
