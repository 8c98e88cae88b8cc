/**
 * What the site could do with the receipts of the last month, before anything is sent: how many of their lines carry
 * a code, how many a name alone, how many want a person. Nothing is kept.
 */
import {
  type Driver,
  pause,
  type RawDocument,
  type Register,
  RegisterError,
  withDeadline,
} from '../../drivers/index.ts'
import { decodeBody } from '../fiscal/decode.ts'
import type { ReceiptLine } from '../fiscal/model.ts'
import { defaultRules, type StockRules } from '../fiscal/stock.ts'
import { openPatiently } from '../patientline.ts'
import { type Text, text } from '../text.ts'

const days = 30
const mostDocuments = 200
const limitMs = 30_000
/** As the daemon's own `quietSeconds`: nothing is read before the till has left the register alone for so long. */
const usualQuiet = { forMs: 5_000, everyMs: 500 }
/** After so many documents, whether one was added meanwhile. */
const looksEvery = 10
/** Below this the site would park too much: products must be matched first. */
export const readyShare = 0.95

/** Lines of receipts that move stock, counted by what the site can find their product by. */
export interface DryRun {
  readonly receipts: number
  /** By a code: gtin, barcode or article. */
  readonly coded: number
  /** By the name alone, once a person has matched it. */
  readonly named: number
  /** A person decides each time. */
  readonly review: number
  /** Why it ended before the month or the bound was over; null when it did not. */
  readonly cut: Text | null
}

/** Of all that has to be booked, the share that the site can find by itself; 1 when there is nothing. */
export function shareOf({ coded, named, review }: DryRun): number {
  const all = coded + named + review
  return all === 0 ? 1 : coded / all
}

/** Adds one document's lines. Pure. */
export function countLines(before: DryRun, lines: readonly Pick<ReceiptLine, 'move' | 'code'>[]): DryRun {
  let { coded, named, review } = before
  for (const { move, code } of lines) {
    if (move === 'review') review++
    else if (move === 'none') continue
    else if (code.gtin !== null || code.ean !== null || code.article !== null) coded++
    else named++
  }
  return { ...before, receipts: before.receipts + 1, coded, named, review }
}

const nothing: DryRun = { receipts: 0, coded: 0, named: 0, review: 0, cut: null }

/** How long a register must be at rest, and how often it is looked at meanwhile. */
export interface Quiet {
  readonly forMs: number
  readonly everyMs: number
}

/** Reads backwards from the newest document while the register is free. Null when it cannot be read at all now. */
export async function readDry(
  driver: Driver,
  address: string,
  settings: unknown,
  facts: { readonly now: string; readonly rules?: StockRules; readonly quiet?: Quiet },
  progress: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<DryRun | null> {
  let counted = nothing
  try {
    await withDeadline(limitMs, signal, async (limited) => {
      await using line = await openPatiently(address, limited)
      const register = await driver.connect(line, settings, limited)
      for await (const document of backwards(
        register,
        since(facts.now),
        facts.quiet ?? usualQuiet,
        progress,
        limited,
      ))
        counted = add(counted, document, facts.rules ?? defaultRules)
    })
    return counted
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof RegisterError) return counted.receipts === 0 ? null : { ...counted, cut: error.text }
    if (!(error instanceof Error) || error.name !== 'DeadlinePassed') throw error
    return { ...counted, cut: text(`${limitMs / 1000} с вышли`, `${limitMs / 1000} s were over`) }
  }
}

/** Stops at the first sign of work: the till goes first. */
export async function* backwards(
  register: Register,
  from: string,
  quiet: Quiet,
  progress: (done: number, of: number) => void,
  signal: AbortSignal,
): AsyncGenerator<RawDocument> {
  await demandIdle(register, signal)
  const { number } = await register.newest(signal)
  for (let waited = 0; waited < quiet.forMs; waited += quiet.everyMs) {
    await pause(quiet.everyMs, signal)
    await demandIdle(register, signal)
  }
  await demandSame(register, number, signal)
  const last = Math.max(1, number - mostDocuments + 1)
  for (let at = number; at >= last; at--) {
    await demandIdle(register, signal)
    if (at < number && (number - at) % looksEvery === 0) await demandSame(register, number, signal)
    const document = await register.readDocument(at, signal)
    progress(number - at + 1, number - last + 1)
    if (document.summary !== null && document.summary.time < from) return
    yield document
  }
}

async function demandIdle(register: Register, signal: AbortSignal): Promise<void> {
  const state = await register.state(signal)
  if (state.kind !== 'idle') throw new RegisterError('busy', state.text)
}

/** A receipt that was opened and closed between two looks shows in the number alone. */
async function demandSame(register: Register, number: number, signal: AbortSignal): Promise<void> {
  if ((await register.newest(signal)).number !== number)
    throw new RegisterError('busy', text('касса пробивает чеки', 'the register is selling'))
}

function add(counted: DryRun, { type, bytes }: RawDocument, rules: StockRules): DryRun {
  if (bytes === null || ![3, 4, 31, 41].includes(type)) return counted
  try {
    const { document } = decodeBody(type, bytes, rules)
    return 'lines' in document ? countLines(counted, document.lines) : counted
  } catch {
    return counted // What cannot be decoded is shown by the doctor, with its reason.
  }
}

/** Local time, so many days before `now` (`YYYY-MM-DDTHH:MM:SS`). */
function since(now: string): string {
  return new Date(Date.parse(`${now}Z`) - days * 86_400_000).toISOString().slice(0, 19)
}
