/** Every document that is no receipt: the common facts, and all its tags by name. */
import type { FiscalDocument } from './document.ts'
import type { Report } from './model.ts'
import { headOf } from './taggedreceipt.ts'
import { TagReader } from './tagreader.ts'
import { fieldOf, oddLengths } from './tree.ts'

/** The report in a document of any type; unknown types and tags are kept as they stand. */
export function toReport({ type, elements }: FiscalDocument): Report {
  const tags = new TagReader(elements)
  const head = headOf(type, tags)
  return {
    ...head,
    fields: elements.map(fieldOf),
    problems: [...tags.problems, ...oddLengths(elements)],
  }
}
