/**
 * What a writer was told to be durable, and what of it a disk still holds after the power was cut. Every fact stays
 * true once it is one: a document stays kept, a settled delivery settled, a drive begun.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openInstallation, outboxPath } from '../../agent/installation.ts'
import type { NewDocument, Outbox, Storage } from '../../agent/outbox.ts'
import { readStartFile } from '../../agent/startfile.ts'
import { checkOutbox } from '../../agent/store/check.ts'

/** One thing that a call had promised when it returned. */
export type Fact =
  | { readonly kind: 'installed'; readonly id: string }
  | { readonly kind: 'began' | 'kept'; readonly storage: string; readonly number: number }
  | { readonly kind: 'settled'; readonly storage: string; readonly number: number; readonly outcome: string }
  | { readonly kind: 'audited'; readonly count: number }

/** A fact and when it was announced, microseconds of the machine's monotonic clock. */
export type Announced = Fact & { readonly at: number }

/** The machine's monotonic clock in microseconds: the same for every process. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

export const machineId = '0123456789abcdef0123456789abcdef'

/** The drive that is followed in the `turn`-th place, beginning at document `first`. */
export function driveOf(turn: number): Storage {
  const storage = `92850001${String(turn).padStart(8, '0')}`
  return {
    ...{ storage, register: 'till-1', first: 1, why: turn === 0 ? 'first' : 'successor' },
    ...{ serial: '0001', inn: '7700000000', address: 'Москва', debug: false, seenAt: turn },
  }
}

/** A receipt of 60 bytes to 9 kB: from a part of a page to a chain of them. All of it follows from its key. */
export function receiptOf(storage: string, number: number): NewDocument {
  const said = `${storage} ${number} `
  const size = number % 17 === 0 ? 9000 : 60 + ((number * 389) % 1500)
  return {
    ...{ storage, number, register: 'till-1', type: 3, format: 'tlv', source: 'register', owed: true },
    bytes: new Uint8Array(Buffer.alloc(size, said)),
    summary: { time: '2026-08-21T13:00:00', sign: String(number), operation: 1, total: 100, delivered: null },
  }
}

/** What opening the state directory after the cut came to: everything that is wrong, in words; none = all is well. */
export async function wrongsOf(stateDir: string, facts: readonly Fact[]): Promise<string[]> {
  const instance = instanceOf(stateDir)
  const begun = new Set(readStartFile(stateDir).drives.map(({ storage }) => storage))
  const { outbox, setAside, origin, trouble } = openInstallation(stateDir, machineId, Date.now())
  const wrong: string[] = []
  if (setAside !== null) wrong.push('the file was damaged')
  if (origin !== 'first' || trouble !== null) wrong.push(`opened as ${origin}: ${trouble?.en}`)
  for (const fact of facts) {
    const missing = fact.kind === 'installed' ? instance !== fact.id : isMissing(fact, outbox, begun)
    if (missing) wrong.push(`lost: ${JSON.stringify(fact)}`)
  }
  const { documents } = outbox.counts()
  const owed = outbox.list({}).filter(({ delivery }) => delivery !== null).length
  if (owed !== documents) wrong.push(`${documents} documents, ${owed} deliveries`)
  const unwritten = outbox.storages().filter(({ storage }) => !begun.has(storage))
  if (unwritten.length > 0) wrong.push(`in the outbox, not in start.json: ${unwritten.length} drives`)
  outbox[Symbol.dispose]()
  return [...wrong, ...(await checkOutbox(outboxPath(stateDir), new AbortController().signal))]
}

function isMissing(
  fact: Exclude<Fact, { kind: 'installed' }>,
  outbox: Outbox,
  begun: ReadonlySet<string>,
): boolean {
  if (fact.kind === 'audited') return outbox.audits(fact.count).length < fact.count
  const { storage, number } = fact
  if (fact.kind === 'began')
    return !(begun.has(storage) && outbox.storages().some((drive) => drive.storage === storage))
  const found = outbox.find({ storage, number })
  if (found === null || found.delivery === null) return true
  if (fact.kind === 'settled') return found.delivery.outcome !== fact.outcome || found.delivery.dueAt !== null
  return (
    Buffer.compare(found.bytes ?? new Uint8Array(), receiptOf(storage, number).bytes ?? new Uint8Array()) !==
    0
  )
}

function instanceOf(stateDir: string): string | null {
  try {
    return JSON.parse(readFileSync(join(stateDir, 'instance.json'), 'utf8')).id
  } catch {
    return null
  }
}
