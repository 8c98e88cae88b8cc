/** A receipt's facts out of its TLV: which tag is which fact (order ЕД-7-20/662@, tables of the cash receipt). */
import type { CodeFacts } from './codes.ts'
import type { FiscalDocument } from './document.ts'
import type { LineFacts, ReceiptFacts } from './facts.ts'
import type { Correction, DocumentHead } from './model.ts'
import { readText, toHex } from './scalars.ts'
import { TagReader } from './tagreader.ts'
import type { Element } from './tlv.ts'
import { oddLengths } from './tree.ts'

const formats: Readonly<Record<number, string>> = { 1: '1.0', 2: '1.05', 3: '1.1', 4: '1.2' }

/** The format version that a value of tag 1209 stands for; a document without the tag is of format 1.0. */
export function formatName(version: number | null): string {
  return version === null ? '1.0' : (formats[version] ?? String(version))
}

/** What every document carries. */
export function headOf(type: number, tags: TagReader): DocumentHead {
  return {
    documentType: type,
    ffd: formatName(tags.number(1209)),
    fn: tags.code(1041),
    fd: tags.number(1040),
    fp: tags.sign(1077),
    time: tags.time(1012),
    shift: tags.number(1038),
  }
}

/** Tags that every receipt holds; without one of them something was lost on the way. */
const essential: readonly number[] = [1041, 1040, 1077, 1012, 1054, 1020]

/** The facts of a document of type 3, 4, 31 or 41. */
export function factsOf({ type, elements }: FiscalDocument): ReceiptFacts {
  const tags = new TagReader(elements)
  const head = headOf(type, tags)
  const facts = {
    ...head,
    operation: tags.number(1054),
    receiptInShift: tags.number(1042),
    registrationNumber: tags.code(1037),
    inn: tags.code(1018),
    taxation: tags.number(1055),
    total: tags.number(1020),
    cash: tags.number(1031),
    electronic: tags.number(1081),
    prepaid: tags.number(1215),
    credit: tags.number(1216),
    provision: tags.number(1217),
    correction: type === 31 || type === 41 ? correctionOf(tags) : null,
    lines: elements
      .filter(({ tag }) => tag === 1059 || tag === 1071)
      .map((element) => lineOf(element, head.ffd)),
    unreadable: tags.unreadable,
  }
  const isMissing = (tag: number) => tags.all(tag).length === 0
  const missing = essential.filter(isMissing).map((tag) => `tag ${tag} is missing`)
  if (tags.all(1041).some(({ value }) => readText(value).trim() === '')) missing.push('tag 1041 is empty')
  return { ...facts, problems: [...tags.problems, ...missing, ...oddLengths(elements)] }
}

function correctionOf(tags: TagReader): Correction {
  const base = tags.inside(1174)
  return {
    type: tags.number(1173),
    date: base.time(1178)?.slice(0, 10) ?? null,
    orderNumber: base.code(1179),
    description: base.text(1177),
  }
}

function lineOf({ tag, children }: Element, ffd: string): LineFacts {
  const tags = new TagReader(children ?? [])
  const text = tags.code(1197)
  const measure = tags.number(2108)
  const facts = {
    storno: tag === 1071,
    name: tags.text(1030),
    quantity: tags.decimal(1023),
    unit: ffd === '1.2' ? (measure ?? text) : (text ?? measure),
    measure,
    price: tags.number(1079),
    sum: tags.number(1043),
    vat: tags.number(1199),
    method: tags.number(1214),
    subject: tags.number(1212),
    share: tags.all(1291).length > 0,
    codes: codesOf(tags),
  }
  return { ...facts, unreadable: tags.unreadable, problems: tags.problems }
}

function codesOf(tags: TagReader): CodeFacts {
  return {
    bytes: tags.all(1162).map(({ value }) => value),
    texts: tags
      .all(1163)
      .flatMap(({ children }) => children ?? [])
      .map(({ tag, value, meaning }) => ({ tag, text: meaning === null ? toHex(value) : readText(value) })),
    shown: null,
    extra: tags.text(1191),
    name: tags.text(1030),
  }
}
