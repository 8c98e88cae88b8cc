/** `read`: numbers out of a register, in pieces that make one reading: one work that is shown, one matter of the audit. */
import { randomUUID } from 'node:crypto'
import { RegisterError } from '../../drivers/index.ts'
import { type Progress, readingName, worthShowing } from '../progress.ts'
import { StoreError } from '../store/faults.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import type { Answers, InputOf, ReadRow } from './desk.ts'
import type { Premises } from './premises.ts'
import { readOne } from './reading.ts'

/** One reading as it goes on. */
interface Sitting {
  readonly numbers: string
  readonly work: (Progress & Disposable) | null
  readonly kept: number[]
  isNoted: boolean
}

/** Whoever begins a reading may vanish before its end; more than so many are not remembered. */
const mostSittings = 20

/** The readings that are under way. */
export class Sittings {
  readonly #open = new Map<string, Sitting>()

  of({ works }: Premises, register: string, { fromNumber, toNumber, sitting }: InputOf<'read'>): Sitting {
    const known = sitting === undefined ? undefined : this.#open.get(sitting.id)
    if (known !== undefined) return known
    const count = sitting === undefined ? toNumber - fromNumber + 1 : (sitting.count ?? 0)
    const begun: Sitting = {
      numbers: sitting?.numbers ?? `${fromNumber}-${toNumber}`,
      work: count > worthShowing ? works.begin(readingName(register), count) : null,
      kept: [],
      isNoted: false,
    }
    this.#open.set(sitting?.id ?? randomUUID(), begun)
    const [oldest] = this.#open.values()
    if (this.#open.size > mostSittings && oldest !== undefined) this.end(oldest)
    return begun
  }

  end(ended: Sitting): void {
    ended.work?.[Symbol.dispose]()
    for (const [id, sitting] of this.#open) if (sitting === ended) this.#open.delete(id)
  }
}

/** Reads as far as it gets: what was read is told even when the register goes away in the middle. */
export async function readRange(
  premises: Premises,
  sittings: Sittings,
  input: InputOf<'read'>,
  signal: AbortSignal,
): Promise<Answers['read']> {
  const register = registerOf(premises, input)
  const sitting = sittings.of(premises, register, input)
  const documents: ReadRow[] = []
  let isOver = true
  try {
    const fault = await readEach(premises, register, input, sitting, documents, signal)
    isOver = fault !== null || (input.sitting?.isLast ?? true)
    return { documents, fault }
  } finally {
    if (isOver) {
      sittings.end(sitting)
      noteKept(premises, register, input, sitting)
    }
  }
}

/** What ended it before its end, or null. What went wrong before anything was read is thrown. */
async function readEach(
  premises: Premises,
  register: string,
  input: InputOf<'read'>,
  sitting: Sitting,
  documents: ReadRow[],
  signal: AbortSignal,
): Promise<Answers['read']['fault']> {
  const wish = {
    ...(input.storage !== undefined && { storage: input.storage }),
    beforeKeeping: () => noteBegun(premises, register, input, sitting),
  }
  try {
    for (let number = input.fromNumber; number <= input.toNumber; number++) {
      const row = await readOne(premises, register, number, input.keep, signal, wish)
      if (row.outbox === 'kept' || row.outbox === 'filled') sitting.kept.push(number)
      documents.push(row)
      sitting.work?.add(1)
    }
    return null
  } catch (error) {
    const isTold = error instanceof Failure || error instanceof RegisterError || error instanceof StoreError
    if (documents.length === 0 || !isTold) throw error
    return error.text
  }
}

function registerOf({ config }: Premises, input: InputOf<'read'>): string {
  const names = config.registers.map(({ name }) => name)
  const register = input.register ?? (names.length === 1 ? names[0] : undefined)
  if (register !== undefined && names.includes(register)) return register
  throw new Failure(
    text(
      `Укажите кассу: --register ${names.join(' | ')}`,
      `Name the register: --register ${names.join(' | ')}`,
    ),
  )
}

/** Before the first document is kept, for it is owed from then on, whatever ends the process. */
function noteBegun(premises: Premises, register: string, input: InputOf<'read'>, sitting: Sitting): void {
  if (!sitting.isNoted) note(premises, input, { register, numbers: sitting.numbers })
  sitting.isNoted = true
}

/** Which of them it were; of a single number that is said already. */
function noteKept(
  premises: Premises,
  register: string,
  input: InputOf<'read'>,
  { kept, numbers }: Sitting,
): void {
  const [first] = kept
  if (first === undefined || numbers === `${first}-${first}`) return
  try {
    note(premises, input, { register, kept })
  } catch (error) {
    // That it was begun is written; what was read is told all the same.
    if (!(error instanceof StoreError)) throw error
  }
}

function note({ outbox, clock }: Premises, { who, reason }: InputOf<'read'>, detail: object): void {
  if (who === undefined) return
  outbox.audit({ at: clock(), who, action: 'read', reason: reason ?? '', detail: JSON.stringify(detail) })
}
