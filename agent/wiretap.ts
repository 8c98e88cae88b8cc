/**
 * What is said on a register's line, for people who look: frames with their meaning, and nothing that is private.
 *
 * One side's bytes up to the other side's next are a turn, and only whole turns are explained: in the middle of an
 * answer a part of a document may look like a frame. Behind something that is no frame, nothing more of a turn is
 * shown, nor of an answer to something else than was asked. Nothing is explained while nobody looks.
 */
import type { Driver, Explained, Overheard, TalkPiece, Tap, Text } from '../drivers/index.ts'
import { text } from './text.ts'

/** One frame or control byte. */
export interface WireRow {
  /** Milliseconds. */
  readonly at: number
  readonly way: '>' | '<'
  /** Spaced hex; passwords and documents are `··`. */
  readonly hex: string
  /** The command's code or the sign of a control byte; null where there is none. */
  readonly name: string | null
  /** What it is about, in words; null for what nobody understands. */
  readonly says: Text | null
  /** The fields that may be shown; null where there are none. */
  readonly meaning: Text | null
  readonly problem: Text | null
}

/** What is wanted of a driver to understand its talk. */
type Interpreter = Pick<Driver, 'explain' | 'words'>

/** How often those who listen are told, milliseconds. */
const everyMs = 250
/** A turn in which nothing more was said for so many rounds is over. */
const quietRounds = 3
/** More turns in one round than anybody can read: a backlog over the network. */
const turnsInRound = 100
/** Longer than any answer: a line that says more is out of step. */
const longestTurn = 8_192

/** The talk of one register. Whoever listens shares the work with all others. */
export class Wiretap {
  readonly #tap: Tap
  readonly #interpreter: Interpreter
  readonly #hearers = new Set<{ readonly hear: (rows: readonly WireRow[]) => void }>()
  #ear: { readonly ear: Ear; readonly tapped: Disposable } | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(tap: Tap, interpreter: Interpreter) {
    this.#tap = tap
    this.#interpreter = interpreter
  }

  /** Tells what is said from now on, in batches. */
  listen(hear: (rows: readonly WireRow[]) => void): Disposable {
    const hearer = { hear }
    this.#hearers.add(hearer)
    this.#ear ??= this.#begin()
    return { [Symbol.dispose]: () => this.#forget(hearer) }
  }

  /** The latest that was said, oldest first. */
  lastTalk(): readonly WireRow[] {
    const ear = new Ear(this.#interpreter, Number.POSITIVE_INFINITY)
    for (const overheard of this.#tap.latest()) ear.hear(overheard)
    ear.endTurn()
    return ear.take()
  }

  #begin(): { ear: Ear; tapped: Disposable } {
    const ear = new Ear(this.#interpreter, turnsInRound)
    const tapped = this.#tap.listen((overheard) => {
      ear.hear(overheard)
      this.#timer ??= this.#later(ear)
    })
    return { ear, tapped }
  }

  #later(ear: Ear): NodeJS.Timeout {
    const timer = setTimeout(() => this.#tell(ear), everyMs)
    timer.unref()
    return timer
  }

  #tell(ear: Ear): void {
    const isOpen = ear.round()
    this.#timer = isOpen ? this.#later(ear) : undefined
    const rows = ear.take()
    if (rows.length === 0) return
    for (const hearer of [...this.#hearers])
      try {
        hearer.hear(rows)
      } catch {
        // Somebody who cannot listen any more; the register must not notice.
        this.#forget(hearer)
      }
  }

  #forget(hearer: { readonly hear: (rows: readonly WireRow[]) => void }): void {
    this.#hearers.delete(hearer)
    if (this.#hearers.size > 0) return
    this.#ear?.tapped[Symbol.dispose]()
    this.#ear = null
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

interface Turn {
  readonly way: '>' | '<'
  readonly pieces: Overheard[]
  length: number
  quiet: number
}

/** Makes rows of pieces. */
class Ear {
  readonly #interpreter: Interpreter
  readonly #mostTurns: number
  #turn: Turn | null = null
  /** The command that was asked last on this line. */
  #asked: string | null = null
  #thread = new Thread()
  #rows: WireRow[] = []
  #turns = 0
  #skipped = 0
  /** Something was left out: what is said next may answer that, up to the next turn to the register. */
  #isBehind = false
  #at = 0

  constructor(interpreter: Interpreter, mostTurns: number) {
    this.#interpreter = interpreter
    this.#mostTurns = mostTurns
  }

  hear(overheard: Overheard): void {
    const { way, at, bytes } = overheard
    this.#at = at
    if (way === 'opened' || way === 'closed') {
      this.endTurn()
      this.#beginAnew()
      return
    }
    if (this.#turn?.way !== way || this.#turn.length > longestTurn) this.endTurn()
    this.#turn ??= { way, pieces: [], length: 0, quiet: 0 }
    this.#turn.pieces.push(overheard)
    this.#turn.length += bytes.length
    this.#turn.quiet = 0
  }

  /** Time has passed; true while a turn is open. */
  round(): boolean {
    if (this.#turn !== null && ++this.#turn.quiet >= quietRounds) this.endTurn()
    return this.#turn !== null
  }

  endTurn(): void {
    const turn = this.#turn
    this.#turn = null
    if (turn === null) return
    if (++this.#turns > this.#mostTurns || (this.#isBehind && turn.way === '<')) {
      this.#skipped++
      this.#isBehind = true
      return
    }
    if (this.#isBehind) {
      this.#isBehind = false
      this.#tellSkipped()
      this.#beginAnew()
    }
    this.#rows.push(...this.#explained(turn))
  }

  #beginAnew(): void {
    this.#asked = null
    this.#thread = new Thread()
  }

  #tellSkipped(): void {
    if (this.#skipped > 0) this.#rows.push(skippedRow(this.#at, this.#skipped))
    this.#skipped = 0
  }

  /** A fault of the explaining costs one row: it runs beside the register's own talk and must never end that. */
  #explained(turn: Turn): WireRow[] {
    try {
      const { explain, words } = this.#interpreter
      const explained = explain([joined(turn)])
      const strange = explained.findIndex((one) => !this.#isUnderstood(one))
      return rowsOf(turn, explained, strange < 0 ? explained.length : strange, {
        words,
        thread: this.#thread,
      })
    } catch {
      return [hiddenRow(turn, turn.length, '', timeOf(turn, 0))]
    }
  }

  /** A part of a document may look like a frame, by chance or by the will of whoever gave a product its name. */
  #isUnderstood({ way, ok, command, private: hidden }: Explained): boolean {
    // Its very first byte is private: nothing says that it is what it looks like.
    if (!ok || hidden?.bytes[0]?.[0] === 0) return false
    if (way === '>' && command !== null) this.#asked = command
    return command === null || command === this.#asked
  }

  /** The rows since the last time. */
  take(): WireRow[] {
    this.#tellSkipped()
    const rows = this.#rows
    this.#rows = []
    this.#turns = 0
    return rows
  }
}

/** How frames become words. */
interface Understanding {
  readonly words: Driver['words']
  readonly thread: Thread
}

function joined({ way, pieces }: Turn): TalkPiece {
  return { way, bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)) }
}

function skippedRow(at: number, turns: number): WireRow {
  const meaning = text(
    `пропущено, слишком быстро для показа: ${turns}`,
    `left out, too fast to be shown: ${turns}`,
  )
  return { at, way: '<', hex: '', name: null, says: meaning, meaning: null, problem: null }
}

/** Of the frames from `known` on nothing may be shown. */
function rowsOf(turn: Turn, explained: readonly Explained[], known: number, by: Understanding): WireRow[] {
  const rows: WireRow[] = []
  let offset = 0
  for (const [i, one] of explained.entries()) {
    const at = timeOf(turn, offset)
    if (i >= known) return [...rows, closedRow(turn, explained.slice(i), at)]
    rows.push(openRow(turn.way, one, by, at))
    offset += one.frame.length / 2
  }
  return rows
}

function timeOf({ pieces }: Turn, offset: number): number {
  let end = 0
  for (const { at, bytes } of pieces) {
    end += bytes.length
    if (offset < end) return at
  }
  return pieces.at(-1)?.at ?? 0
}

/** What could not be explained: where it begins may be told by the driver, its length always. */
function closedRow({ way }: Turn, rest: readonly Explained[], at: number): WireRow {
  const bytes = rest.reduce((sum, { frame }) => sum + frame.length / 2, 0)
  const [first] = rest
  const begins = first?.private?.bytes[0]?.[0] === 1 ? `${first.frame.slice(0, 2)} ` : ''
  return hiddenRow({ way }, bytes, begins, at)
}

function hiddenRow({ way }: Pick<Turn, 'way'>, bytes: number, begins: string, at: number): WireRow {
  const hidden = bytes - begins.length / 3
  const problem = text(
    `не разобрано, байт: ${bytes}. Обычно это помехи или оборванный ответ`,
    `not understood, ${bytes} bytes. Mostly it is noise, or an answer that broke off`,
  )
  const hex = `${begins}${dots(hidden)}`.trim()
  return { at, way, hex, name: null, says: null, meaning: null, problem }
}

function openRow(
  way: '>' | '<',
  explained: Explained,
  { words, thread }: Understanding,
  at: number,
): WireRow {
  const { frame, command, fields, problem, private: secret } = explained
  const hidden = new Set(secret?.fields)
  const shown = Object.entries(fields).filter(([field]) => !hidden.has(field))
  const { key, isRepeated } = thread.follow(way, explained)
  const said = key.map((one) => words[one]).find((one) => one !== undefined) ?? null
  return {
    at,
    way,
    hex: masked(frame, secret?.bytes ?? []),
    name: command ?? signOf(explained),
    says: isRepeated && said !== null ? text(`ещё раз: ${said.ru}`, `once more: ${said.en}`) : said,
    meaning: inWords(shown, words),
    problem: problem === null ? null : (words[problem] ?? text(problem, problem)),
  }
}

/** What was said before: a single byte means what that makes of it. */
class Thread {
  #before = ''
  /** A question that nothing has answered yet, as it stood on the wire. */
  #open: string | null = null

  /** By which of the driver's words this is told, the best first, and whether the same was asked without an answer. */
  follow(
    way: '>' | '<',
    { frame, name, command }: Explained,
  ): { key: readonly string[]; isRepeated: boolean } {
    const sign = command === null ? signOf({ name }) : 'frame'
    const said = sign === null ? null : `${way}${sign}`
    const isRepeated = way === '>' && command !== null && frame === this.#open
    if (command !== null) this.#open = way === '>' ? frame : null
    const key = command === null && said !== null ? [`${this.#before} ${said}`, said] : []
    if (said !== null) this.#before = said
    return { key: name === null ? key : [...key, name], isRepeated }
  }
}

/** `ENQ` of `ENQ: the host asks …`; null for what is called by a sentence. */
function signOf({ name }: Pick<Explained, 'name'>): string | null {
  return /^[A-Z]{2,4}(?=:|$)/.exec(name ?? '')?.[0] ?? null
}

function inWords(
  fields: readonly (readonly [name: string, value: unknown])[],
  words: Driver['words'],
): Text | null {
  if (fields.length === 0) return null
  const line = (language: keyof Text) =>
    fields
      .map(([name, value]) => `${words[name]?.[language] ?? name}: ${valueIn(language, value)}`)
      .join(', ')
  return text(line('ru'), line('en'))
}

const yesOrNo = { true: text('да', 'yes'), false: text('нет', 'no') } as const

function valueIn(language: keyof Text, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return yesOrNo[`${value}`][language]
  if (typeof value === 'object' && value !== null && 'ru' in value && 'en' in value)
    return String(value[language])
  return JSON.stringify(value) ?? ''
}

/** Spaced hex with `··` for every hidden byte; of many, their number. */
function masked(frame: string, ranges: readonly (readonly [from: number, to: number])[]): string {
  const bytes = frame.match(/../g) ?? []
  const isHidden = (at: number) => ranges.some(([from, to]) => at >= from && at < to)
  const shown: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const from = at
    while (at < bytes.length && isHidden(at)) at++
    if (at > from) shown.push(dots(at - from))
    else shown.push(bytes[at++] ?? '')
  }
  return shown.join(' ')
}

const mostDots = 8

function dots(count: number): string {
  return count <= mostDots ? Array(count).fill('··').join(' ') : `·· ·· … ·· (${count})`
}
