/**
 * Reading what the outbox lacks out of a register, piece by piece: the till comes first, so each piece is a few
 * documents, and between two of them the register is followed as always. One at a time of each register.
 */
import { randomUUID } from 'node:crypto'
import type { Desk, ReadRow } from '../../desk/desk.ts'
import { Progress, type ProgressView, readingName } from '../../progress.ts'
import { type Text, text } from '../../text.ts'
import { Failure, UsageError } from '../../usage.ts'
import { toldOf } from '../told.ts'
import { countOf, mostNumbers, type NumberRange, rangesOf, written } from './replaynumbers.ts'

export interface RereadOrder {
  readonly register: string
  /** The drive in it. */
  readonly storage: string
  readonly ranges: readonly NumberRange[]
  readonly who: string
  readonly reason: string
}

/** How far it is. */
export interface RereadView {
  readonly order: RereadOrder
  /** Milliseconds. */
  readonly begunAt: number
  /** Null while it runs. */
  readonly endedAt: number | null
  readonly running: boolean
  readonly work: ProgressView
  /** New in the outbox: they are sent by themselves. */
  readonly kept: readonly number[]
  readonly known: readonly number[]
  /** The drive does not know these numbers. */
  readonly absent: readonly number[]
  readonly problems: readonly { readonly number: number; readonly why: string }[]
  /** What ended it before its end. */
  readonly fault: Text | null
  /** Not read yet. */
  readonly left: readonly NumberRange[]
}

/** A slow register takes seconds for so many. */
const piece = 5

export class Rereading {
  readonly #order: RereadOrder
  readonly #desk: Pick<Desk, 'read'>
  readonly #progress: Progress
  readonly #stop = new AbortController()
  readonly #numbers: readonly number[]
  readonly #found = {
    kept: [] as number[],
    known: [] as number[],
    absent: [] as number[],
    problems: [] as { number: number; why: string }[],
  }
  readonly #clock: () => number
  readonly #begunAt: number
  /** One matter of the audit, and one work that everybody sees. */
  readonly #sitting: { readonly id: string; readonly numbers: string; readonly count: number }
  #done = 0
  #endedAt: number | null = null
  #fault: Text | null = null

  constructor(desk: Pick<Desk, 'read'>, order: RereadOrder, clock: () => number) {
    this.#desk = desk
    this.#order = order
    this.#clock = clock
    this.#begunAt = clock()
    this.#numbers = order.ranges.flatMap(({ from, to }) =>
      Array.from({ length: to - from + 1 }, (_, n) => from + n),
    )
    this.#sitting = {
      id: randomUUID(),
      numbers: written(order.ranges, order.ranges.length),
      count: this.#numbers.length,
    }
    this.#progress = new Progress(readingName(order.register), this.#numbers.length)
  }

  view(): RereadView {
    return {
      order: this.#order,
      begunAt: this.#begunAt,
      endedAt: this.#endedAt,
      running: this.#endedAt === null,
      work: this.#progress.view(),
      ...this.#found,
      fault: this.#fault,
      left: rangesOf(this.#numbers.slice(this.#done)),
    }
  }

  /** Ends after the piece that is being read. */
  stop(): void {
    this.#stop.abort()
  }

  /** Never rejects: what went wrong stands in the view, a bug as well, for nobody else waits for this. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (this.#done < this.#numbers.length && !this.#stop.signal.aborted) await this.#readPiece(signal)
      if (this.#stop.signal.aborted && this.#done < this.#numbers.length) this.#fault = stopped
    } catch (error) {
      this.#fault = signal.aborted ? stopped : wordsOf(error)
    } finally {
      await this.#end(signal)
      this.#endedAt = this.#clock()
    }
  }

  async #readPiece(signal: AbortSignal): Promise<void> {
    const { register, storage, who, reason } = this.#order
    const from = this.#numbers[this.#done] ?? 0
    // Numbers that follow each other go in one request.
    const next = this.#numbers.slice(this.#done, this.#done + piece)
    const count = next.filter((number, n) => number === from + n).length
    const isLast = this.#done + count >= this.#numbers.length
    const { documents, fault } = await this.#desk.read(
      {
        ...{ register, storage, fromNumber: from, toNumber: from + count - 1, keep: true, who, reason },
        sitting: { ...this.#sitting, isLast },
      },
      signal,
    )
    for (const row of documents) this.#note(row)
    this.#done += documents.length
    this.#progress.note(this.#done)
    if (fault !== null) throw new Failure(fault)
  }

  /** Of one that ended before its end the desk is told; it knows of any other. */
  async #end(signal: AbortSignal): Promise<void> {
    const { register, who, reason } = this.#order
    if (this.#done >= this.#numbers.length || this.#done === 0) return
    const nothing = { register, fromNumber: 2, toNumber: 1, keep: true, who, reason }
    const asked = { ...nothing, sitting: { ...this.#sitting, isLast: true } }
    await this.#desk.read(asked, signal).catch(() => undefined)
  }

  #note({ number, outbox, absent, decoded, problem }: ReadRow): void {
    const found = this.#found
    if (absent === true) found.absent.push(number)
    else if (outbox === 'known') found.known.push(number)
    else if (outbox === 'differs') found.problems.push({ number, why: differs })
    else if (outbox !== 'not kept' && decoded !== null) found.kept.push(number)
    else found.problems.push({ number, why: problem ?? outbox })
  }
}

/** As `read` says it of a document that is not the one kept under its number. */
export const differs = 'another document is kept under this number'

function wordsOf(error: unknown): Text {
  const told = toldOf(error)
  if (told !== null) return told
  const said = error instanceof Error ? error.message : String(error)
  // Nobody waits for a rereading, so nobody else would write down that it has a bug.
  process.emitWarning(error instanceof Error ? error : said)
  return text(`Ошибка в программе: ${said}`, `A fault of the program: ${said}`)
}

const stopped = text('Остановлено', 'Stopped')
const busy = text(
  'Эта касса уже читается. Дождитесь конца или остановите чтение',
  'This register is being read already. Wait for the end, or stop it',
)
const tooMany = text(
  `За один раз читается не больше ${mostNumbers} номеров`,
  `At most ${mostNumbers} numbers are read in one go`,
)

/** So long what was done is shown, milliseconds: it is for whoever asked for it. */
const shownMs = 30 * 60_000

/** Of each daemon and register the one that runs, or the last that ran. */
const current = new WeakMap<Pick<Desk, 'read'>, Map<string, Rereading>>()

/** Begins; throws `UsageError` or `Failure` when it cannot. */
export function beginRereading(
  desk: Pick<Desk, 'read'>,
  order: RereadOrder,
  clock: () => number,
  signal: AbortSignal,
): RereadView {
  const ofDesk = current.get(desk) ?? new Map<string, Rereading>()
  current.set(desk, ofDesk)
  if (ofDesk.get(order.register)?.view().running === true) throw new Failure(busy)
  if (countOf(order.ranges) > mostNumbers) throw new UsageError(tooMany)
  const begun = new Rereading(desk, order, clock)
  ofDesk.set(order.register, begun)
  void begun.run(signal)
  return begun.view()
}

/** Those that run and those that ended not long ago, the newest first. */
export function currentRereadings(desk: Pick<Desk, 'read'>, now: number): Rereading[] {
  const shown = [...(current.get(desk)?.values() ?? [])].filter((one) => {
    const { endedAt } = one.view()
    return endedAt === null || now - endedAt < shownMs
  })
  return shown.sort((one, other) => other.view().begunAt - one.view().begunAt)
}
