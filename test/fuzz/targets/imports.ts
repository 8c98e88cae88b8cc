/** Files that are imported: an export whole and unchanged, receipts of the tax service, or a `Failure` and nothing. */
import { createHash } from 'node:crypto'
import { defaultRules } from '../../../agent/fiscal/stock.ts'
import { type ImportPlan, planImport } from '../../../agent/transfer.ts'
import { Failure } from '../../../agent/usage.ts'
import { realDocuments } from '../../fakes/register/archive.ts'
import { bytesOf, textFrom } from '../fixtures.ts'
import { must, orDocumented, type Target } from '../target.ts'

const facts = { register: null, storages: [], rules: defaultRules, now: Date.UTC(2026, 0, 15) }

export const imports: Target = {
  name: 'imports',
  main: 'agent/transfer/line.js',
  longest: 6_000,
  shape: 'text',
  *seeds() {
    const [one, two] = realDocuments().map(({ bodyHex }) => bodyHex.subarray(0, 120))
    for (const state of ['waiting', 'parked', 'accepted'])
      yield exported([line(1, one ?? new Uint8Array(), state), line(2, two ?? new Uint8Array(), 'waiting')])
    yield exported([gap(3, 'absent'), gap(4, 'summary')])
    yield exported([])
    yield bytesOf('{"chekpost":"outbox","version":2}\n')
    yield bytesOf(
      '[{"code":3,"totalSum":1,"items":[],"fiscalDriveNumber":"9252440300123456","fiscalDocumentNumber":1,"fiscalSign":7}]',
    )
  },
  run(input) {
    const source = textFrom(input)
    const planned = orDocumented(() => planImport(source, facts), Failure)
    if (planned !== null) judge(planned, source)
  },
}

function exported(lines: readonly object[]): Uint8Array {
  const all = [{ chekpost: 'outbox', version: 1 }, ...lines, { documents: lines.length }]
  return bytesOf(all.map((each) => JSON.stringify(each)).join('\n'))
}

function line(fd: number, bytes: Uint8Array, state: string): object {
  const settledAt = state === 'accepted' ? 1_700_000_000_000 : null
  return {
    ...{
      fn: '9252440300123456',
      fd,
      register: 'shop/till',
      type: 3,
      format: 'tlv',
      readAt: 1,
      summary: null,
    },
    bytes: Buffer.from(bytes).toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    masked: false,
    delivery: { state, attempts: 1, settledAt, outcome: null, why: null, answer: null, replay: false },
  }
}

function gap(fd: number, format: string): object {
  const nothing = { type: 3, bytes: null, sha256: null, masked: false, delivery: null, summary: null }
  return { fn: '9252440300123456', fd, register: 'shop/till', format, readAt: 1, ...nothing }
}

function judge({ documents, shownOnly }: ImportPlan, source: string): void {
  const lines = source.split('\n').filter((each) => each.trim() !== '')
  for (const { document, receipt } of documents) {
    must(/^\d{16}$/.test(document.storage), `no drive: ${document.storage}`)
    must(Number.isSafeInteger(document.number) && document.number > 0, `no number: ${document.number}`)
    const { bytes, imported } = document
    if (receipt === null) {
      must(imported !== undefined, 'a line of an export without its facts')
      must(document.owed === (imported.delivery !== null), 'owed and delivery differ')
      if (imported.delivery?.settledAt === null && imported.delivery.dueAt !== null)
        must(bytes !== null, 'nothing is left of what is due')
      if (bytes !== null && !imported.masked)
        must(
          createHash('sha256').update(bytes).digest('hex') === imported.fingerprint,
          'bytes that were changed',
        )
    } else
      must(receipt.fn === document.storage && receipt.fd === document.number, 'a receipt under another key')
  }
  const isExport = documents.length > 0 && documents.every(({ receipt }) => receipt === null)
  if (isExport) must(documents.length === lines.length - 2, 'lines of the export were lost')
  must(documents.length + shownOnly.length <= source.length, 'more receipts than bytes')
}
