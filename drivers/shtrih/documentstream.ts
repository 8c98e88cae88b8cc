/**
 * The stream that FF3A opens and FF3B reads, portion by portion, until error 08.
 *
 * Two rules come from registers in the field. It is always read to its end: one left in the middle keeps some
 * models in mode "data output", where the till's commands fail (ШТРИХ-ЛАЙТ-02Ф, firmware of 20.12.2017). And FF3B
 * is never repeated: each executed one moves on, so after a lost answer the stream is drained and opened again.
 */
import { concat } from '../bytes.ts'
import { RegisterError } from '../contract.ts'
import { commands, type Password } from './commands.ts'
import { notInArchive } from './errors.ts'
import { AnswerLost, type Exchange, garbled } from './exchange.ts'
import { opcodeName } from './wire.ts'

/** More portions than any document has: its length is a 16-bit number and a portion has at least a tag. */
const mostPortions = 2_000
const longestDocument = 0x1_0000
/** Answers lost one after another before draining is given up. */
const mostLost = 3

/**
 * All portions together, or null when an answer was lost and the document has to be opened again. `arrived` is told
 * of the bytes of every portion.
 */
export async function readStream(
  exchange: Exchange,
  asking: Password,
  arrived: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const portions: Uint8Array[] = []
  let length = 0
  while (portions.length < mostPortions && length <= longestDocument) {
    const portion = await nextOrDrained(exchange, asking, signal)
    if (portion === 'end') return concat(...portions)
    if (portion === 'lost') break
    portions.push(portion)
    length += portion.length
    arrived(portion.length)
  }
  await drainStream(exchange, asking, signal)
  return null
}

/**
 * Reads to the end whatever stream is open. Harmless when none is: the first question is refused. Throws `garbled`
 * when the register keeps losing answers, for then the line has to be opened anew.
 */
export async function drainStream(exchange: Exchange, asking: Password, signal: AbortSignal): Promise<void> {
  let lostInARow = 0
  for (let portion = 0; portion < mostPortions && lostInARow < mostLost; portion++) {
    try {
      const next = await nextPortion(exchange, asking, signal)
      if (next === 'end') return
      lostInARow = next === 'lost' ? lostInARow + 1 : 0
    } catch (error) {
      if (error instanceof RegisterError && error.code !== undefined) return
      throw error
    }
  }
  throw garbled(commands.documentPortion.code)
}

/** A portion refused for another reason than the end (a drive that is busy with its operator) ends no stream. */
async function nextOrDrained(
  exchange: Exchange,
  asking: Password,
  signal: AbortSignal,
): Promise<Uint8Array | 'end' | 'lost'> {
  try {
    return await nextPortion(exchange, asking, signal)
  } catch (error) {
    if (error instanceof RegisterError && error.code !== undefined)
      await drainStream(exchange, asking, signal)
    throw error
  }
}

async function nextPortion(
  exchange: Exchange,
  asking: Password,
  signal: AbortSignal,
): Promise<Uint8Array | 'end' | 'lost'> {
  try {
    const portion = await exchange.ask(commands.documentPortion, asking, signal)
    return portion.length > 0 ? portion : 'end'
  } catch (error) {
    if (error instanceof AnswerLost) return 'lost'
    if (error instanceof RegisterError && error.code === opcodeName(notInArchive)) return 'end'
    throw error
  }
}

/**
 * Lets `work` come to its end: after the caller gives up it has `ms` more, so that no till finds its register in
 * the middle of a document. The caller's reason is thrown all the same.
 */
export async function finishing<Result>(
  ms: number,
  signal: AbortSignal,
  work: (lasting: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const lasting = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(() => lasting.abort(signal.reason), ms)
  }
  signal.addEventListener('abort', begin, { once: true })
  try {
    const result = await work(lasting.signal)
    signal.throwIfAborted()
    return result
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', begin)
  }
}
