/**
 * The fiscal drives on disk, so that a register killed and started again is the same register. One line of JSON
 * for every drive put in and every document closed; the tail of a line that was cut by a kill is passed over.
 */
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { z } from 'zod'
import type { StoredDocument } from './documents.ts'
import { type DriveFacts, FiscalDrive } from './drive.ts'
import { hex, unhex } from './encoding.ts'

const Owner = z.object({
  inn: z.string(),
  registrationNumber: z.string(),
  organisation: z.string(),
  address: z.string(),
  place: z.string(),
  taxation: z.int(),
  workMode: z.int(),
  cashier: z.string(),
  ffd: z.enum(['1.05', '1.2']),
})

const Entry = z.union([
  z.strictObject({
    drive: z.strictObject({
      number: z.string(),
      debug: z.boolean(),
      expires: z.string(),
      version: z.string(),
      owner: Owner,
    }),
  }),
  z.strictObject({
    document: z.object({
      number: z.int(),
      type: z.int(),
      time: z.string(),
      sign: z.int(),
      operation: z.int().nullable(),
      total: z.int().nullable(),
      shift: z.int(),
      receipt: z.int(),
      lines: z.array(
        z.strictObject({
          name: z.string(),
          quantity: z.string(),
          sum: z.int(),
          move: z.enum(['out', 'in', 'none', 'review']),
        }),
      ),
      body: z.string().transform(unhex),
      source: z.string().nullable(),
      reason: z.int().exactOptional(),
    }),
  }),
  z.strictObject({ expired: z.int() }),
  z.strictObject({ confirmed: z.int() }),
])

type Written =
  | { readonly drive: DriveFacts }
  | { readonly document: StoredDocument }
  | { readonly expired: number }
  | { readonly confirmed: number }

/** Remembers drives in a file, or nothing at all when there is no path. */
export class Journal {
  readonly #path: string | null

  constructor(path: string | null) {
    this.#path = path
  }

  /** The drives in the order in which they were put in; the last one sits in the register. */
  drives(): FiscalDrive[] {
    const drives: FiscalDrive[] = []
    for (const entry of this.#entries()) {
      if ('drive' in entry) drives.push(new FiscalDrive(entry.drive))
      else if ('document' in entry) drives.at(-1)?.append(entry.document)
      else if ('expired' in entry) drives.at(-1)?.expire(entry.expired)
      else drives.at(-1)?.confirm(entry.confirmed)
    }
    return drives
  }

  write(entry: Written): void {
    if (this.#path === null) return
    const plain =
      'document' in entry ? { document: { ...entry.document, body: hex(entry.document.body) } } : entry
    appendFileSync(this.#path, `${JSON.stringify(plain)}\n`)
  }

  #entries(): z.output<typeof Entry>[] {
    if (this.#path === null || !existsSync(this.#path)) return []
    const bytes = readFileSync(this.#path)
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
    if (whole.length < bytes.length) truncateSync(this.#path, whole.length)
    const lines = whole.toString().split('\n').slice(0, -1)
    return lines.map((line) => Entry.parse(JSON.parse(line)))
  }
}
