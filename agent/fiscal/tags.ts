/**
 * What a tag means. The tables in `tagtable/` hold one meaning per number; five numbers were given a second life in
 * 2025 (`ffd-tlv` 2.1: 1082, 1115, 1119, 1120, 1125). Their two lives never look alike, so the parent and the
 * value decide; the format version (1209) cannot, for it may stand behind them in the document.
 */
import type { Kind, TagRow } from './tagtable/row.ts'
import { tags1000 } from './tagtable/tags1000.ts'
import { tags1100 } from './tagtable/tags1100.ts'
import { tags1200 } from './tagtable/tags1200.ts'
import { tags1300 } from './tagtable/tags1300.ts'
import { reusedTags, tags2025 } from './tagtable/tags2025.ts'

export type { Kind } from './tagtable/row.ts'

/** One row of the tag table. */
export interface Meaning {
  readonly tag: number
  /** The key of the tax service's receipt JSON. */
  readonly name: string
  readonly kind: Kind
  /** Greatest legal length in bytes, 0 = not limited. Longer values occur and are read all the same. */
  readonly max: number
  /** The official Russian term. */
  readonly term: string
}

const table: ReadonlyMap<number, Meaning> = new Map(
  [tags1000, tags1100, tags1200, tags1300, tags2025].flat().map((row) => [row[0], meaning(row)]),
)

const reused = {
  receiptVat: meaning(reusedTags.receiptVat),
  vat: meaning(reusedTags.vat),
  vatSum: meaning(reusedTags.vatSum),
  internet: meaning(reusedTags.internet),
  nonCashSum: meaning(reusedTags.nonCashSum),
}

function meaning([tag, name, kind, max, term]: TagRow): Meaning {
  return { tag, name, kind, max, term }
}

/** Every tag number that has at least one meaning, ascending. */
export const knownTags: readonly number[] = [...table.keys()].sort((a, b) => a - b)

/** What `tag` means inside `parent` (null = the document itself) when it holds `value`; null = unknown. */
export function meaningOf(tag: number, parent: number | null, value: Uint8Array): Meaning | null {
  return secondLife(tag, parent, value) ?? table.get(tag) ?? null
}

function secondLife(tag: number, parent: number | null, value: Uint8Array): Meaning | null {
  if (tag === 1082) return parent === 1235 ? reused.nonCashSum : null
  // The old meaning is an address or a phone: its second character is never the control code 04.
  if (tag === 1115) return beginsWith(value, 1119) ? reused.receiptVat : null
  if (tag === 1119)
    return parent === 1115 || beginsWith(value, 1199) || beginsWith(value, 1120) ? reused.vat : null
  if (tag === 1120) return parent === 1119 ? reused.vatSum : null
  // The old meaning is the operator's name, which is never one letter.
  if (tag === 1125) return value.length <= 1 ? reused.internet : null
  return null
}

/** The value is a group whose first element is `tag`. */
function beginsWith(value: Uint8Array, tag: number): boolean {
  return value[0] === tag % 256 && value[1] === Math.floor(tag / 256)
}
