/** What the doctor found, step by step on the way of a receipt. */
import type { Text } from '../text.ts'

/** In the order of the way; the first that is bad is what to mend first. */
export const steps = [
  'line',
  'frames',
  'register',
  'drive',
  'documents',
  'outbox',
  'disk',
  'clock',
  'dns',
  'tls',
  'receiver',
] as const

export type Step = (typeof steps)[number]

export interface Finding {
  readonly step: Step
  /** `unknown`: could not be looked at because of an earlier step, or does not apply. */
  readonly verdict: 'good' | 'warning' | 'bad' | 'unknown'
  /** What was found, with its numbers. */
  readonly text: Text
  /** What to do next; null when nothing is to be done. */
  readonly hint: Text | null
  /** The bytes that say so, as on the wire, secrets masked; null where there are none. */
  readonly hex: string | null
}

/** One register from its line to its receiver. */
export interface Examination {
  readonly register: string
  readonly findings: readonly Finding[]
}

export interface DoctorReport {
  readonly at: string
  readonly version: string
  readonly examinations: readonly Examination[]
}
