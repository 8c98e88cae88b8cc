/**
 * Which ledger each register delivers to, remembered in `site.json` beside the outbox and not inside it: it has to
 * be there on the day when the outbox is lost. Written, and known to the disk, only when something has changed.
 *
 * Another ledger or another host (a new domain, a receiver installed anew, a copy of the site) stops nothing that
 * is sold now. But old receipts must not be booked there a second time: whatever rests on the ledger waits until a
 * person has said that the new one is right.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { SiteMark } from './bitrix/answer.ts'
import type { Log } from './log.ts'
import { replaceFile } from './store/durable.ts'
import { asStoreError, StoreError } from './store/faults.ts'
import { text } from './text.ts'
import { Failure } from './usage.ts'

const Mark = { ledgerId: z.string().nullable(), host: z.string().nullable() }

const Audited = z.object({
  /** ISO 8601 in UTC, like all times here. */
  at: z.string(),
  /** Documents that are in Bitrix, as they should be. */
  documents: z.int(),
  /** The numbers of each kind of gap; none = all is well. */
  gaps: z.record(z.string(), z.int()),
  /** The register told its newest number. */
  asked: z.boolean(),
})

const Site = z.object({
  ...Mark,
  since: z.string(),
  /** Another one that answered later. */
  changed: z.object({ ...Mark, at: z.string() }).nullable(),
  audit: Audited.nullable(),
})

const Sites = z.object({ version: z.literal(1), registers: z.record(z.string(), Site) })

/** What is remembered of one register's site. */
export type SiteMemory = Readonly<z.infer<typeof Site>>
/** The outcome of the last comparison with the ledger. */
export type AuditNote = Readonly<z.infer<typeof Audited>>

/** The memory of all registers. */
export class SiteBook {
  readonly #path: string
  readonly #clock: () => number
  readonly #log: Pick<Log, 'info' | 'error'> | null
  readonly #registers: Map<string, SiteMemory>

  /** Without a log nothing is said. */
  constructor(stateDir: string, clock: () => number, log: Pick<Log, 'info' | 'error'> | null = null) {
    this.#path = join(stateDir, 'site.json')
    this.#clock = clock
    this.#log = log
    this.#registers = new Map(Object.entries(readSites(this.#path)))
  }

  of(register: string): SiteMemory | null {
    return this.#registers.get(register) ?? null
  }

  /** Takes note of who answered. A receiver that does not name its ledger changes nothing. */
  saw(register: string, { ledgerId, host }: SiteMark): void {
    if (ledgerId === null) return
    const mark = { ledgerId, host }
    const known = this.of(register)
    if (known === null) {
      this.#log?.info({ register, ...mark }, 'the ledger of the site is known')
      this.#remember(register, { ...mark, since: this.#now(), changed: null, audit: null })
    } else if (!isSame(known, mark) && !(known.changed !== null && isSame(known.changed, mark))) {
      this.#log?.error({ register, was: known.host, ...mark }, 'the receiver has changed')
      this.#remember(register, { ...known, changed: { ...mark, at: this.#now() } })
    }
  }

  /** A person says that the one that answered last is right. */
  accept(register: string): SiteMemory {
    const known = this.of(register)
    if (known === null)
      throw new Failure(
        text(
          `${register}: сайт ещё не называл своего учёта чеков, принимать нечего`,
          `${register}: the site has not named its ledger yet, there is nothing to accept`,
        ),
      )
    if (known.changed === null) return known
    const { at: since, ...mark } = known.changed
    const accepted = { ...mark, since, changed: null, audit: null }
    this.#remember(register, accepted)
    return accepted
  }

  noteAudit(register: string, audit: AuditNote): void {
    const known = this.of(register)
    if (known !== null) this.#remember(register, { ...known, audit })
  }

  /** A full disk must not stop a delivery: what could not be written is remembered until the next start. */
  #remember(register: string, site: SiteMemory): void {
    this.#registers.set(register, site)
    const content = { version: 1, registers: Object.fromEntries(this.#registers) }
    try {
      replaceFile(this.#path, `${JSON.stringify(content, null, 2)}\n`)
    } catch (cause) {
      const error = asStoreError(cause)
      if (!(error instanceof StoreError)) throw error
      this.#log?.error(
        { fault: error.fault, why: error.message },
        'the ledger of the site was not written down',
      )
    }
  }

  #now(): string {
    return new Date(this.#clock()).toISOString()
  }
}

/** A receiver that leaves out its host may be at any. */
export function isSame(one: SiteMark, other: SiteMark): boolean {
  return (
    one.ledgerId === other.ledgerId && (one.host === null || other.host === null || one.host === other.host)
  )
}

/** A file that is not there, or makes no sense, remembers nothing. */
function readSites(path: string): Readonly<Record<string, SiteMemory>> {
  try {
    const parsed = Sites.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data.registers : {}
  } catch {
    return {} // Whatever rests on the ledger keeps to its limits then.
  }
}
