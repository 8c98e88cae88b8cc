/** What the parent and a worker say to each other. */
import type { Finding, LoopOptions, LoopState } from './loop.ts'

/** One share of one target's runs; a worker does it from beginning to end. */
export interface Job extends LoopOptions {
  readonly target: string
  /** Inputs to try and no others; null means to fuzz. */
  readonly replay: readonly Uint8Array[] | null
  /** Hand the inputs that took new ways back, cut down. */
  readonly distil: boolean
}

export type Said =
  | { readonly kind: 'progress'; readonly state: LoopState }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | {
      readonly kind: 'done'
      readonly state: LoopState
      readonly ms: number
      readonly mainEdges: number
      readonly allEdges: number
      readonly distilled: readonly Uint8Array[]
    }
