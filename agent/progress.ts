/** How far a long piece of work is. */
import type { Text } from './text.ts'

export interface ProgressView {
  /** What is being done, e.g. "till-1: catching up". */
  readonly what: Text
  readonly done: number
  /** Null while nobody knows how much it will be. */
  readonly of: number | null
  /** Over the last while; null before there is a rate. */
  readonly perSecond: number | null
  readonly secondsLeft: number | null
}
