/**
 * Asks the site which documents of a register have arrived. The answer is believed as far as it goes: it comes in
 * pieces, each of them bounded, and a receiver that sends us in circles is refused.
 */
import { randomBytes } from 'node:crypto'
import { DeadlinePassed, withDeadline } from '../../drivers/index.ts'
import { type Text, text } from '../text.ts'
import { markOf, readOutcome, type SiteMark } from './answer.ts'
import type { Answer, PostOptions } from './post.ts'
import { type NumberRange, united } from './ranges.ts'
import { LedgerAnswer, type LedgerQuestion } from './schema.ts'
import { type Message, SignedPost } from './signed.ts'

/** What the site has of one drive; ascending, without overlaps. */
export interface SiteDrive {
  readonly ranges: readonly NumberRange[]
  /** Those of them that wait for a person on the site. */
  readonly parked: ReadonlySet<number>
}

/** What the site has of one register, and who the site says it is (null = it does not say). */
export interface SiteLedger extends SiteMark {
  readonly drives: ReadonlyMap<string, SiteDrive>
}

/**
 * Why the ledger did not tell. `none`: there is none at this address; `refused`: it does not talk to us;
 * `unreachable`: it may later; `garbled`: what came is no answer.
 */
export type LedgerFault = 'none' | 'refused' | 'unreachable' | 'garbled'

export class LedgerError extends Error {
  override readonly name = 'LedgerError'
  readonly fault: LedgerFault
  readonly text: Text
  readonly hint: Text | null

  constructor(fault: LedgerFault, said: Text, hint: Text | null) {
    super(said.en)
    this.fault = fault
    this.text = said
    this.hint = hint
  }
}

/** Who asks, and where. */
export interface LedgerAsking {
  /** Its `url` is that of the ledger; null = nobody knows it. */
  readonly post: Omit<PostOptions, 'url'> & { readonly url: string | null }
  /** `<store>/<name>` */
  readonly id: string
  readonly store: string
  readonly keys: readonly Uint8Array[]
  readonly version: string
  readonly instance: string
  readonly clock: () => number
}

/** Which documents are asked for: of one drive, from a number on, or everything. */
export interface LedgerScope {
  readonly fn?: string
  readonly from?: number
}

/** One piece of an answer, bytes. */
const longestAnswer = 4 * 1024 * 1024
/** Far more than a register's whole life needs. */
const mostPieces = 1_000

/** Rejects with `LedgerError`, or with the signal's reason. `limitMs` is for all pieces together. */
export async function askLedger(
  asking: LedgerAsking,
  scope: LedgerScope,
  limitMs: number,
  signal: AbortSignal,
): Promise<SiteLedger> {
  const { url } = asking.post
  if (url === null) throw new LedgerError('none', unknownAddress, nameAddress)
  using post = new SignedPost({ ...asking.post, url, lanes: 1, longestAnswer }, asking.clock)
  try {
    return await withDeadline(limitMs, signal, (limited) => collect(asking, post, scope, limited))
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof DeadlinePassed)) throw error
    throw new LedgerError('unreachable', late, null)
  }
}

async function collect(
  asking: LedgerAsking,
  post: SignedPost,
  scope: LedgerScope,
  signal: AbortSignal,
): Promise<SiteLedger> {
  const pieces: LedgerAnswer[] = []
  for (const open = [scope]; open.length > 0; ) {
    const next = open.shift() ?? scope
    const piece = await askPiece(asking, post, next, signal)
    const head = pieces[0] ?? piece
    if (piece.ledgerId !== head.ledgerId || piece.host !== head.host)
      throw garbled('its pieces are of different ledgers')
    if (pieces.push(piece) > mostPieces) throw garbled('it has no end')
    open.push(...following(next, piece))
  }
  return joined(pieces)
}

/** Where to go on in the drives that were cut. A place that is not behind the last one would be asked for ever. */
function following(asked: LedgerScope, { more, drives }: LedgerAnswer): LedgerScope[] {
  if (!more) return []
  const cut = drives.flatMap(({ fn, ranges, next }) => {
    if (next === null || next === undefined) return []
    const told = ranges.at(-1)?.[1] ?? 0
    const onwards = asked.fn === undefined || next > (asked.from ?? 0)
    if (!onwards || next <= told) throw garbled('the next piece lies before this one')
    return [{ fn, from: next }]
  })
  if (cut.length === 0) throw garbled('there is more and nobody knows where')
  return cut
}

async function askPiece(
  { id, store, keys, version, instance }: LedgerAsking,
  post: SignedPost,
  scope: LedgerScope,
  signal: AbortSignal,
): Promise<LedgerAnswer> {
  const eventId = `LEDGER-${randomBytes(12).toString('hex')}`
  const question: LedgerQuestion = {
    specVersion: '1',
    type: 'pos.ledger',
    eventId,
    register: { id },
    store,
    ...scope,
  }
  const circumstances = { version, instance, attempt: 1, replay: false, waiting: 0, oldestSeconds: 0 }
  const message: Message = { eventId, register: id, body: JSON.stringify(question), keys, circumstances }
  const { answer, trouble } = await post.send(message, signal)
  if (answer === null)
    throw new LedgerError(trouble.health === 'fine' ? 'refused' : 'unreachable', trouble.words, trouble.hint)
  return readPiece(answer, eventId)
}

/** Statuses by which an address says that it does not know such a question. */
const strange: readonly number[] = [400, 404, 405, 415, 422, 501]

function readPiece({ status, headers, body }: Answer, eventId: string): LedgerAnswer {
  if (strange.includes(status)) throw new LedgerError('none', noLedger(status), nameAddress)
  if (status < 200 || status >= 300) {
    const { outcome, words, hint } = readOutcome(status, headers, body, eventId, 0)
    throw new LedgerError(outcome.kind === 'retry' ? 'unreachable' : 'refused', words, hint)
  }
  if (Buffer.byteLength(body) >= longestAnswer) throw garbled('longer than 4 MiB')
  const answer = LedgerAnswer.safeParse(parsed(body))
  if (!answer.success) throw garbled('no drives with their numbers in it')
  if (answer.data.eventId !== eventId) throw garbled('the answer to another question')
  return answer.data
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''))
  } catch {
    return null // No JSON: the schema refuses it.
  }
}

function joined(pieces: readonly LedgerAnswer[]): SiteLedger {
  const [head] = pieces
  const drives = new Map<string, { ranges: NumberRange[]; parked: Set<number> }>()
  for (const { fn, ranges, parked } of pieces.flatMap((piece) => piece.drives)) {
    const drive = drives.get(fn) ?? { ranges: [], parked: new Set<number>() }
    for (const range of ranges) drive.ranges.push(range)
    for (const number of parked) drive.parked.add(number)
    drives.set(fn, drive)
  }
  for (const drive of drives.values()) drive.ranges = united(drive.ranges)
  return { ...markOf(head ?? {}), drives }
}

const late = text('Сайт не рассказал о чеках вовремя', 'The site did not tell of the receipts in time')

const unknownAddress = text(
  'Неизвестно, где спросить сайт о полученных чеках',
  'Nobody knows where to ask the site which receipts it has',
)

const nameAddress = text(
  'Установите на сайт наш приёмник (папка receiver) или укажите bitrix.ledgerUrl',
  'Install our receiver (the folder receiver) on the site, or set bitrix.ledgerUrl',
)

function noLedger(status: number): Text {
  return text(
    `Приёмник не ведёт учёта полученных чеков (ответ ${status})`,
    `The receiver keeps no ledger of receipts (answer ${status})`,
  )
}

function garbled(why: string): LedgerError {
  return new LedgerError(
    'garbled',
    text(
      `Сайт ответил о чеках непонятно: ${why}`,
      `The site's answer about its receipts makes no sense: ${why}`,
    ),
    text(
      'Проверьте версию приёмника и журнал сайта',
      'Check the version of the receiver and the log of the site',
    ),
  )
}
