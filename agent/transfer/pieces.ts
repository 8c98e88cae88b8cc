/** A file as it is read, one time: pieces of a plan, and at its end what file it was. */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import { text } from '../text.ts'
import { readerOf } from '../transfer.ts'
import { Failure } from '../usage.ts'
import { foreignKind, notUtf8, tellingBytes } from './kind.ts'
import type { ImportFacts, ImportPlan, PlannedDocument } from './plan.ts'

/** A file that can be read more than once. */
export interface ImportSource {
  open(): AsyncIterable<Uint8Array>
}

/** By what a file is known again. */
export interface SeenFile {
  readonly bytes: number
  /** SHA-256, hex. */
  readonly digest: string
}

/** It is not the file any more that was checked. */
export const changed = text('файл изменился или удалён', 'the file has changed or is gone')

/** One commit holds so many documents. */
const batch = 40
/** So many bytes are read before somebody else gets a turn: some milliseconds. */
const slice = 16 * 1024

/** The file as pieces of a plan; `seen` is told what it is at its end. `most`: it must be no longer than that. */
export async function* read(
  source: ImportSource,
  facts: ImportFacts,
  seen: (file: SeenFile) => void,
  signal: AbortSignal,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<ImportPlan> {
  const reader = readerOf(facts)
  const digest = createHash('sha256')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let head: Buffer | null = Buffer.alloc(0)
  let bytes = 0
  for await (const chunk of source.open()) {
    digest.update(chunk)
    bytes += chunk.length
    if (bytes > most) throw new Failure(changed)
    head = head === null ? null : checkedHead(Buffer.concat([head, chunk]))
    for (let at = 0; at < chunk.length; at += slice) {
      for (const plan of reader.push(decode(decoder, chunk.subarray(at, at + slice)))) {
        yield plan
        await setImmediate(undefined, { signal })
      }
    }
  }
  if (head !== null) demandOurs(head)
  for (const plan of reader.push(decode(decoder, null))) yield plan
  for (const plan of reader.end()) {
    yield plan
    await setImmediate(undefined, { signal })
  }
  seen({ bytes, digest: digest.digest('hex') })
}

/** Null once enough of the beginning was seen. */
function checkedHead(head: Buffer): Buffer | null {
  demandOurs(head)
  return head.length < tellingBytes ? head : null
}

function demandOurs(head: Uint8Array): void {
  const foreign = foreignKind(head)
  if (foreign !== null) throw new Failure(foreign)
}

function decode(decoder: TextDecoder, bytes: Uint8Array | null): string {
  try {
    return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true })
  } catch (cause) {
    throw new Failure(notUtf8, { cause })
  }
}

/** Each commit waits for the disk, so small pieces are gathered. */
export async function* inBatches(plans: AsyncIterable<ImportPlan>): AsyncGenerator<ImportPlan> {
  let documents: readonly PlannedDocument[] = []
  for await (const plan of plans) {
    documents = [...documents, ...plan.documents]
    for (; documents.length >= batch; documents = documents.slice(batch)) {
      yield { documents: documents.slice(0, batch), shownOnly: [] }
      await setImmediate()
    }
    if (plan.shownOnly.length > 0) yield { documents: [], shownOnly: plan.shownOnly }
  }
  if (documents.length > 0) yield { documents, shownOnly: [] }
}
