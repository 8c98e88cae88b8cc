/** A register that can be asked, whoever holds its line. */
import { type Register, RegisterError } from '../../drivers/index.ts'
import { text } from '../text.ts'
import type { Step } from './report.ts'

/** The steps that hang on the line, in their order. */
export const deviceSteps: readonly Step[] = ['line', 'frames', 'register', 'drive', 'documents']

/** What other steps want to know of the register. */
export interface DeviceFacts {
  /** Its local clock, and when it was asked (milliseconds). */
  readonly clock: { readonly local: string; readonly at: number } | null
  /** Local time on the newest document that was read. */
  readonly newestTime: string | null
}

/** Asks the register one thing; between two such pieces the daemon may poll it. */
export type Ask = <Result>(
  work: (register: Register, signal: AbortSignal) => Promise<Result>,
) => Promise<Result>

/** A register that can be asked, and the latest of what was said on its line. */
export interface Reached {
  readonly ask: Ask
  /** The bytes that prove a finding; null when nobody hears them. */
  readonly evidence: () => string | null
}

/**
 * One piece of work, only while the register is idle: the till may have come back since the last one. Throws
 * `RegisterError('busy')` when it has.
 */
export function askIdle<Result>(
  { ask }: Reached,
  work: (register: Register, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return ask(async (register, signal) => {
    const state = await register.state(signal)
    if (state.kind === 'busy') throw new RegisterError('busy', state.text)
    if (state.kind === 'stopped') throw new RegisterError('refused', state.text, { hint: state.hint })
    return await work(register, signal)
  })
}

/** For a register that works for the till right now. */
export const laterHint = text(
  'Закройте чек, дождитесь печати и повторите: chekpost doctor',
  'Close the receipt, let it print and try again: chekpost doctor',
)

/** An idle register that refuses questions by a code of its own. */
export const unwillingHint = text(
  'Касса отвечает, но вопросов сейчас не принимает: завершите на ней начатую операцию, включите режим работы с ПК или выключите и включите кассу.',
  'The register answers but takes no questions now: finish what was begun on it, switch its PC mode on, or switch it off and on.',
)
