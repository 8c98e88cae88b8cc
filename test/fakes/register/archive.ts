/** The real documents of `test/fixtures/archive`, found from the sources and from the compiled tree alike. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { unhex } from './encoding.ts'

const RealDocument = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** False when the bytes were encoded from a receipt that was public as JSON only. */
  real: z.boolean(),
  source: z.string(),
  ffd: z.string(),
  type: z.int(),
  operation: z.int().nullable(),
  total: z.int().nullable(),
  lines: z.array(
    z.strictObject({
      name: z.string(),
      quantity: z.string(),
      sum: z.int(),
      move: z.enum(['out', 'in', 'none', 'review']),
    }),
  ),
  bodyHex: z.string().transform(unhex),
})

/** One document as it was published, with what it should do to stock. */
export type RealDocument = z.output<typeof RealDocument>

const place = 'test/fixtures/archive'

function folder(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, place))) {
    if (dirname(at) === at) throw new Error(`${place} is not above ${import.meta.url}`)
    at = dirname(at)
  }
  return join(at, place)
}

let loaded: readonly RealDocument[] | undefined

/** Every document of the archive, in the order of their ids. */
export function realDocuments(): readonly RealDocument[] {
  loaded ??= readdirSync(folder())
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => RealDocument.parse(JSON.parse(readFileSync(join(folder(), name), 'utf8'))))
  return loaded
}

/** One of them; an unknown id throws with the list of those there are. */
export function realDocument(id: string): RealDocument {
  const found = realDocuments().find((document) => document.id === id)
  if (found === undefined) throw new Error(`no ${id} among ${realDocuments().map((each) => each.id)}`)
  return found
}
