/**
 * The only words that the drivers, the transports and the agent share.
 *
 * A `Line` is bytes; a `Driver` makes a `Register` of it, which can be asked and never commanded; what it
 * gives is a `RawDocument`. Everything else (frames, passwords, retries) stays behind these names.
 */
import type { z } from 'zod'

/** One sentence for a person, in both languages of the shop. */
export interface Text {
  readonly ru: string
  readonly en: string
}

/** One open byte stream to a cash register. Closing it is the duty of whoever opened it. */
export interface Line extends AsyncDisposable {
  /** Hands all bytes over to the system. Rejects with `RegisterError('lost')` once the line is gone. */
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>
  /**
   * The next bytes that arrive, at least one; they may be cut anywhere. Rejects with the signal's reason
   * when it aborts, and with `RegisterError('lost')` once the line is gone. One reader at a time.
   */
  read(signal: AbortSignal): Promise<Uint8Array>
}

/**
 * What went wrong, in the words that the caller must act upon.
 * - `lost`: the line is gone or could not be opened; open a new one.
 * - `silent`: no answer in time. `garbled`: an answer that cannot be understood. Both: open a new line.
 * - `busy`: the register works for the till, prints or waits; ask again later on the same line.
 * - `refused`: the register says no and will go on saying it; a person is needed.
 * - `absent`: the register does not hold what was asked for; never ask for it again.
 */
export type Fault = 'lost' | 'silent' | 'garbled' | 'busy' | 'refused' | 'absent'

/** The one error of lines and drivers. `message` is English, for the log; `text` and `hint` are for a person. */
export class RegisterError extends Error {
  override readonly name = 'RegisterError'
  readonly fault: Fault
  readonly text: Text
  /** What the technician should check or do next. */
  readonly hint: Text | undefined
  /** The vendor's own error code as it stands in the vendor's table, e.g. `4F`. */
  readonly code: string | undefined

  constructor(fault: Fault, text: Text, more: ErrorOptions & { hint?: Text; code?: string } = {}) {
    super(text.en, more.cause === undefined ? undefined : { cause: more.cause })
    this.fault = fault
    this.text = text
    this.hint = more.hint
    this.code = more.code
  }
}

/** Who the register is, as it says itself. Absent facts are null, never guessed. */
export interface Identity {
  /** The name the model gives itself, e.g. «РИТЕЙЛ-01Ф». */
  readonly model: string
  readonly firmware: string | null
  /** The factory number of the register (заводской номер ККТ), trimmed. */
  readonly serial: string | null
  /** The registration number with the tax service (РНМ), trimmed. */
  readonly registrationNumber: string | null
  /** The owner's tax number (ИНН), trimmed. */
  readonly inn: string | null
  readonly organisation: string | null
  readonly address: string | null
  /** The number of the fiscal drive (ФН), 16 digits. */
  readonly storage: string
  /** True for a debug (МГМ) fiscal drive: its documents are shown and never sent. */
  readonly debugStorage: boolean
  /** The fiscal drive's expiry as `YYYY-MM-DD`. */
  readonly storageExpires: string | null
}

/**
 * What a register tells of itself beyond its documents, for whoever looks after it. Facts that it does not tell are
 * null.
 */
export interface Checkup {
  /** Its own clock, local, `YYYY-MM-DDTHH:MM:SS`. */
  readonly clock: string | null
  /** Documents that the operator (ОФД) has not confirmed yet. */
  readonly undelivered: number | null
  /** Local time of the oldest of them, `YYYY-MM-DDTHH:MM`. */
  readonly undeliveredSince: string | null
  /** The drive's archive is closed: it can be read, and sells nothing any more. */
  readonly storageClosed: boolean
  /** What the drive itself warns of: less than 3 or 30 days left, 90 % full, no operator for too long. */
  readonly storageWarnings: readonly ('days3' | 'days30' | 'full' | 'operator')[]
}

/** What the register is doing right now. Anything but `idle` means: leave it in peace. */
export type RegisterState =
  | { readonly kind: 'idle' }
  /** It will pass by itself: an open receipt, printing, no paper, another reader. */
  | { readonly kind: 'busy'; readonly text: Text }
  /** It will not pass by itself: technical reset, date confirmation, lock. */
  | { readonly kind: 'stopped'; readonly text: Text; readonly hint: Text }

/** The newest fiscal document of the drive that is in the register now. */
export interface Newest {
  readonly storage: string
  /** 0 when the drive holds no document yet. */
  readonly number: number
}

/** What the short record of a document tells even when its full bytes are gone. */
export interface DocumentSummary {
  /** Local wall-clock time of the register without zone, `YYYY-MM-DDTHH:MM:SS` (seconds may be unknown: `00`). */
  readonly time: string
  /** The fiscal sign (ФП) as an unpadded decimal string. */
  readonly sign: string
  /** Tag 1054: 1 sale, 2 return of sale, 3 purchase, 4 return of purchase; null for reports. */
  readonly operation: number | null
  /** Kopecks; null for reports. */
  readonly total: number | null
  /** True when the operator (ОФД) has confirmed the document. */
  readonly delivered: boolean | null
}

/** One fiscal document as it was read. */
export interface RawDocument {
  readonly storage: string
  readonly number: number
  /** Form code: 1 registration, 2 shift open, 3 receipt, 4 BSO, 5 shift close, 6 drive close, 11, 21, 31, 41. */
  readonly type: number
  /** The TLV body without the outer type and length; null when the drive no longer holds it in full. */
  readonly bytes: Uint8Array | null
  /** The short record; null when the vendor's protocol has none. */
  readonly summary: DocumentSummary | null
  /** What was odd while reading and should be logged; never a reason to drop the document. */
  readonly remarks: readonly string[]
  /**
   * Why it may be incomplete although it reads the same every time: kept only when it reads so again minutes later,
   * for a second reader may have taken a part of it. Absent: it is whole.
   */
  readonly doubt?: string
}

/** A cash register that we may only ask, never command. Calls never overlap. */
export interface Register {
  /** As asked right after connecting; a fiscal drive replaced later shows itself in `newest`. */
  readonly identity: Identity
  state(signal: AbortSignal): Promise<RegisterState>
  newest(signal: AbortSignal): Promise<Newest>
  /**
   * Reads one document and proves it complete. `RegisterError('absent')` when the drive does not know the number.
   * `progress` is called now and then while its bytes arrive: a long document over a slow line takes minutes. Bytes
   * that trickle are no progress.
   */
  readDocument(number: number, signal: AbortSignal, progress?: () => void): Promise<RawDocument>
  /** Only while idle. Absent where the vendor's protocol has no such questions. */
  checkup?(signal: AbortSignal): Promise<Checkup>
}

/**
 * Who answers on a line that nobody has described yet.
 * - `answers`: a register of this vendor, with these settings (the rest are the defaults).
 * - `undecided`: such a register, and the talk with it must be settled by a person first; `text` says why.
 * - `foreign`: something else answers. `silent`: nothing does.
 */
export type Greeting =
  | { readonly kind: 'answers'; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly kind: 'undecided'; readonly text: Text; readonly hint: Text }
  | { readonly kind: 'foreign' | 'silent' }

/** How registers of one vendor are looked for. */
export interface Search {
  /** Rates of a serial line, the likeliest first. */
  readonly speeds: readonly number[]
  /** Addresses where such a register listens when nobody has changed them. */
  readonly addresses: readonly string[]
  /**
   * Asks with a few bytes, in about a second, whether such a register is there: at the other end may be a modem or a
   * scanner. `bold`: also asks what could choose the talk of a register that was just switched on; only for a line on
   * which a person expects a register that the till has already spoken to.
   */
  greet(line: Line, bold: boolean, signal: AbortSignal): Promise<Greeting>
  /** False: a register with these settings must not be sent the bytes of `greet`, for they belong to another talk. */
  mayGreet(settings: unknown): boolean
}

/** One piece of a recorded talk: `>` to the register, `<` from it, null when the record does not say. */
export interface TalkPiece {
  readonly way: '>' | '<' | null
  readonly bytes: Uint8Array
}

/** One frame of a recorded talk, explained. Printed as one JSON line by `chekpost explain`. */
export interface Explained {
  readonly way: '>' | '<' | null
  /** Lower-case hex without spaces, as found on the wire. */
  readonly frame: string
  /** The checksum and the length are right. */
  readonly ok: boolean
  /** The vendor's command code in hex, upper case, e.g. `FF0A`; null for control bytes and noise. */
  readonly command: string | null
  readonly name: string | null
  /** The register's error code as a number; null in requests. */
  readonly error: number | null
  readonly fields: Readonly<Record<string, unknown>>
  /** What is wrong with the frame, or why the agent would never send it. */
  readonly problem: string | null
  /** What only the owner of the record may see; absent: nothing of it is private. */
  readonly private?: Private
}

/** Passwords, and what may name a buyer, a cashier or the owner. What is not known to be harmless belongs here. */
export interface Private {
  /** Positions in the bytes of `frame` as they stand on the wire, stuffing included; the end is not part of it. */
  readonly bytes: readonly (readonly [from: number, to: number])[]
  /** Names among `fields`. */
  readonly fields: readonly string[]
}

/** One vendor's protocol. */
export interface Driver<Settings = unknown> {
  readonly name: string
  /** The driver's own part of the config, strict, with every default. */
  readonly settings: z.ZodType<Settings>
  /**
   * Talks to whatever is on the line until it is known to be such a register. Sends asking commands only.
   * With a receipt open it asks the state alone and throws `busy`: the caller comes back later.
   */
  connect(line: Line, settings: Settings, signal: AbortSignal): Promise<Register>
  /** How such a register is found on lines that nobody has described. */
  readonly search: Search
  /** Finds and explains the frames of a recorded talk. Pure; any bytes at all are a legal input. */
  explain(talk: readonly TalkPiece[]): Explained[]
  /**
   * What `explain` says for programs (names of commands and fields, problems) in words for people. A control byte is
   * found by its way and sign behind what was said before it (`>ENQ <NAK`, `>frame >ENQ`), else alone (`<NAK`).
   */
  readonly words: Readonly<Record<string, Text>>
  /** Every command code (hex, upper case) that this driver can send. Nothing else can be encoded. */
  readonly asks: readonly string[]
}
