/**
 * Personal data in fiscal documents (`ffd-tlv` section 7): who bought, who sat at the till. It is masked in kept
 * bytes after a while (152-ФЗ) and never leaves the machine.
 */

import { meaningOf } from './tags.ts'
import { headerAt } from './tlv.ts'

/** The tags whose values name a person or a way to reach him. */
export const personalTags: readonly number[] = [1008, 1021, 1203, 1227, 1228, 1243, 1244, 1245, 1246, 1254]

const mask = '*'.charCodeAt(0)

/** Deeper groups exist in no document. */
const deepest = 8

/**
 * The same body with every personal value overwritten by asterisks of equal length, at any depth; all other bytes
 * stay as they were. Works on damaged bodies as far as their elements can be told; never throws; masking twice
 * changes nothing more.
 */
export function maskPersonal(body: Uint8Array): Uint8Array {
  const masked = Uint8Array.from(body)
  maskWithin(masked, null, 0)
  return masked
}

function maskWithin(bytes: Uint8Array, parent: number | null, depth: number): void {
  if (depth > deepest) return
  for (let at = 0, heads = 0; ; ) {
    const head = headerAt(bytes, at)
    if (head === null) return
    // The document's own head may stand before the elements, even twice: step into it. Further on it is an element.
    const isHead = parent === null && head.tag < 1000 && at === 4 * heads
    if (isHead && (heads === 0 || head.tag === headerAt(bytes, 0)?.tag) && heads < 2) {
      heads++
      at = head.start
      continue
    }
    // `subarray` ends with the bytes: of an element that is cut off, what is there is masked.
    const value = bytes.subarray(head.start, head.end)
    if (personalTags.includes(head.tag)) value.fill(mask)
    else if (meaningOf(head.tag, parent, value)?.kind === 'group') maskWithin(value, head.tag, depth + 1)
    at = head.end
  }
}
