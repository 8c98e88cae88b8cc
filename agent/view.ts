/** What the watchers know of their registers right now, for `status`. Plain data, replaced in place. */
import type { Identity, Newest, RegisterState, Text } from '../drivers/index.ts'

/** Something that a person must know of, and what to do next. */
export interface Trouble {
  readonly text: Text
  readonly hint: Text | null
  /** Milliseconds; since when it has been so. */
  readonly since: number
  /** The fault's word for programs: `lost`, `silent`, `refused`, `halted` … */
  readonly kind: string
}

/** One register as its watcher sees it. */
export interface RegisterView {
  readonly name: string
  readonly id: string
  readonly driver: string
  readonly address: string
  line: 'connecting' | 'connected' | 'lost'
  lineSince: number
  identity: Identity | null
  state: RegisterState | null
  /** Since when it has been idle, busy or stopped without a break. */
  stateSince: number
  newest: Newest | null
  trouble: Trouble | null
  /** Document numbers that could not be read so far and are tried again. */
  unreadable: readonly number[]
  /** Numbers known to the register that the outbox still lacks. */
  behind: number
  /** Milliseconds; since when some of them could be read and none has been. */
  unreadSince: number | null
  /** A person has let go of the port until then, milliseconds; the wall clock's word for a time that is measured. */
  pausedUntil: number | null
  /** A person has asked for the port; it is in use until what is under way has come to its end. */
  leaving: boolean
}

/**
 * A view of a register that nobody has spoken to yet. Callers hand in its whole config; the passwords in it stay
 * behind, for the view is shown to everybody on this computer.
 */
export function newView(
  { name, id, driver, address }: Pick<RegisterView, 'name' | 'id' | 'driver' | 'address'>,
  now: number,
): RegisterView {
  return {
    name,
    id,
    driver,
    address,
    line: 'connecting',
    lineSince: now,
    identity: null,
    state: null,
    stateSince: now,
    newest: null,
    trouble: null,
    unreadable: [],
    behind: 0,
    unreadSince: null,
    pausedUntil: null,
    leaving: false,
  }
}

/** Notes what the register is doing; the time of a state that goes on is kept. */
export function see(view: RegisterView, state: RegisterState, now: number): void {
  if (view.state?.kind !== state.kind) view.stateSince = now
  view.state = state
}

/** Keeps the time of a trouble that goes on. */
export function tell(view: RegisterView, kind: string, text: Text, hint: Text | null, now: number): void {
  const same = view.trouble?.kind === kind && view.trouble.text.en === text.en
  view.trouble = { kind, text, hint, since: same ? (view.trouble?.since ?? now) : now }
}
