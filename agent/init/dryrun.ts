/**
 * What the site could do with the receipts of the last month, before anything is sent: how many of their lines carry
 * a code, how many a name alone, how many want a person. Nothing is kept.
 */
import {
  type Driver,
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

/** Reads backwards from the newest document while the register is free. Null when it cannot be read at all now. */
export async function readDry(
  driver: Driver,
  address: string,
  settings: unknown,
  facts: { readonly now: string; readonly rules?: StockRules },
  progress: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<DryRun | null> {
  let counted = nothing
  try {
    await withDeadline(limitMs, signal, async (limited) => {
      await using line = await openPatiently(address, limited)
      const register = await driver.connect(line, settings, limited)
      for await (const document of backwards(register, since(facts.now), progress, limited))
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

async function* backwards(
  register: Register,
  from: string,
  progress: (done: number, of: number) => void,
  signal: AbortSignal,
): AsyncGenerator<RawDocument> {
  const { number } = await register.newest(signal)
  const last = Math.max(1, number - mostDocuments + 1)
  for (let at = number; at >= last; at--) {
    // Between two documents the till may have come back: it goes first.
    const state = await register.state(signal)
    if (state.kind !== 'idle') throw new RegisterError('busy', state.text)
    const document = await register.readDocument(at, signal)
    progress(number - at + 1, number - last + 1)
    if (document.summary !== null && document.summary.time < from) return
    yield document
  }
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
