/** The ledgers of the sites, asked when they are needed and believed only as far as they are the remembered ones. */
import type { LedgerFacts } from './beginning.ts'
import type { LedgerError, LedgerScope, SiteLedger } from './bitrix/ledger.ts'
import { parseSecret } from './bitrix/sign.ts'
import type { Receiver } from './destinations.ts'
import type { SiteBook } from './sites.ts'
import { type Text, text } from './text.ts'

/** What the ledgers are reached by. */
export interface Reach {
  readonly receivers: readonly Receiver[]
  readonly sites: SiteBook
  readonly version: string
  readonly instance: string
  readonly clock: () => number
}

/** An answer, and whether anything may rest on it before a person has looked. */
export interface Told {
  readonly ledger: SiteLedger
  /** `changed`: another one than the remembered; `nameless`: it does not say which it is. */
  readonly trust: 'same' | 'changed' | 'nameless'
}

/** All pieces of one answer together, milliseconds. */
export const ledgerLimitMs = 60_000

/** Asks the ledger of a register's site, and remembers who answered. Rejects with `LedgerError`. */
export async function askSite(
  reach: Reach,
  register: string,
  scope: LedgerScope,
  signal: AbortSignal,
): Promise<Told> {
  const { receivers, sites } = reach
  const { askLedger } = await import('./bitrix/ledger.ts')
  for (const receiver of receivers)
    for (const way of receiver.ways) {
      if (way.register !== register) continue
      const { id, store } = way
      const post = { ...receiver, url: receiver.ledgerUrl }
      const keys = way.secrets.map(parseSecret)
      const ledger = await askLedger({ ...reach, post, id, store, keys }, scope, ledgerLimitMs, signal)
      sites.saw(register, ledger)
      return { ledger, trust: trustIn(ledger, sites, register) }
    }
  throw new Error(`no receiver for the register ${register}`)
}

function trustIn({ ledgerId }: SiteLedger, sites: SiteBook, register: string): Told['trust'] {
  if (ledgerId === null) return 'nameless'
  return sites.of(register)?.changed ? 'changed' : 'same'
}

/** By name, so that the client of the ledger is loaded only when it is asked. */
export function isLedgerError(error: unknown): error is LedgerError {
  return error instanceof Error && error.name === 'LedgerError'
}

/** Why nothing may rest on what was told, or null when it may. */
export function distrust({ trust }: Told): Text | null {
  if (trust === 'same') return null
  return trust === 'nameless' ? nameless : changed
}

const nameless = text(
  'приёмник не называет свой учёт чеков (ledgerId), опираться на него нельзя',
  'the receiver does not name its ledger (ledgerId), so nothing may rest on it',
)

const changed = text(
  'отвечает другой приёмник, чем раньше; если так и должно быть: chekpost audit --accept-ledger',
  'another receiver answers than before; if it is as it should be: chekpost audit --accept-ledger',
)

/** What the ledger tells of the beginning of a drive. Rejects only with the signal's reason, or with a bug. */
export async function askBeginning(
  reach: Reach,
  register: string,
  fn: string,
  signal: AbortSignal,
): Promise<LedgerFacts> {
  try {
    const told = await askSite(reach, register, { fn }, signal)
    const doubt = distrust(told)
    if (doubt !== null) return { kind: 'silent', text: doubt }
    const ranges = told.ledger.drives.get(fn)?.ranges ?? []
    const [first] = ranges[0] ?? []
    const [, last] = ranges.at(-1) ?? []
    if (first === undefined || last === undefined) return { kind: 'silent', text: nothingOf(fn) }
    return { kind: 'told', first, last, gapSince: 'unread' }
  } catch (error) {
    if (isLedgerError(error)) return { kind: 'silent', text: error.text }
    throw error
  }
}

function nothingOf(fn: string): Text {
  return text(`у сайта нет ни одного чека ФН ${fn}`, `the site has no receipt of the drive ${fn}`)
}
