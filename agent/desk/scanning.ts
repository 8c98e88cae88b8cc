/** A scanned receipt: is it here, is it the same, who may still hold it. */
import { readFacts } from '../facts.ts'
import type { FoundDocument, Outbox } from '../outbox.ts'
import { parseQr, type ReceiptQr } from '../qr.ts'
import { understand } from '../understand.ts'
import { UsageError } from '../usage.ts'
import type { Answers, InputOf, QrFinding } from './desk.ts'
import type { Premises } from './premises.ts'
import { listedRow } from './rows.ts'

/** What finding stands on: nobody asks a register for it. */
export type Shelf = Pick<Premises, 'outbox' | 'snapshot' | 'config'>

/** Rejects with `UsageError` that says what is wrong with the code. */
export function findByQr(
  shelf: Shelf,
  { qr: scanned }: InputOf<'findByQr'>,
  _signal: AbortSignal,
): Promise<Answers['findByQr']> {
  const parsed = parseQr(scanned)
  if ('fault' in parsed) return Promise.reject(new UsageError(parsed.fault))
  const { qr } = parsed
  const kept = shelf.outbox.find(qr)
  return Promise.resolve({
    qr,
    document: kept === null ? null : listedRow(kept, shelf.outbox),
    differs: kept === null ? [] : differences(qr, kept, shelf),
    askAt: kept === null || isGap(kept) ? holderOf(qr, shelf) : null,
  })
}

function isGap({ format }: FoundDocument): boolean {
  return format === 'summary' || format === 'absent'
}

/** The register in which this drive was when it was last looked at, if it has come that far and reading began by then. */
function holderOf({ storage, number }: ReceiptQr, { snapshot, outbox }: Shelf): string | null {
  const holder = snapshot().registers.find(
    ({ newest }) => newest?.storage === storage && number <= newest.number,
  )
  if (holder === undefined) return null
  return isBeforeBeginning(outbox, holder.name, storage, number) ? null : holder.name
}

/** What was sold before the beginning is accounted for on the site already; `read` does not keep it either. */
function isBeforeBeginning(outbox: Outbox, register: string, storage: string, number: number): boolean {
  const drive = outbox.storages(register).find((one) => one.storage === storage)
  return drive === undefined || number < drive.first
}

/** What is not known of the kept document cannot differ. */
function differences(qr: ReceiptQr, kept: FoundDocument, { config }: Shelf): QrFinding['differs'] {
  const { time, total, operation } = readFacts(kept, () => kept.bytes)
  const sign = kept.summary?.sign || signInBody(kept, config)
  const found = {
    sign: sign !== null && sign !== '' && unpadded(sign) !== qr.sign,
    time: time !== null && time.length >= qr.time.length && time.slice(0, qr.time.length) !== qr.time,
    total: total !== null && total !== qr.total,
    operation: operation !== null && operation !== qr.operation,
  }
  return (['sign', 'time', 'total', 'operation'] as const).filter((one) => found[one])
}

function unpadded(sign: string): string {
  return sign.replace(/^0+(?=\d)/, '')
}

function signInBody(kept: FoundDocument, config: Premises['config']): string | null {
  try {
    return understand(kept, config).document.fp
  } catch {
    return null // It cannot be read; that is shown where it is drawn.
  }
}
