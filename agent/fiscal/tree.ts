/** The elements of any document as names and values, for people and for reports. Unknown tags stay visible as hex. */
import type { Field } from './model.ts'
import { readBigint, readDecimal, readNumber, readText, readTime, significant, toHex } from './scalars.ts'
import { type Element, parseTlv } from './tlv.ts'

/** Every element of a body in its order, groups nested. Throws `TlvError`. */
export function describeTree(body: Uint8Array): Field[] {
  return parseTlv(body).map(fieldOf)
}

/** One element with the key of the tag table; what cannot be read as its kind says is given as hex. */
export function fieldOf(element: Element): Field {
  return { tag: element.tag, name: element.meaning?.name ?? null, value: readValue(element) }
}

function readValue({ meaning, value, children }: Element): Field['value'] {
  switch (meaning?.kind) {
    case 'group':
      return (children ?? []).map(fieldOf)
    case 'text':
      return readText(value)
    case 'code':
      return readText(value).trimEnd()
    // A number too big for a JSON number is told in full as text.
    case 'number':
      return readNumber(value) ?? readBigint(value).toString()
    case 'decimal':
      return readDecimal(value) ?? toHex(value)
    case 'time':
      return readTime(value) ?? toHex(value)
    default:
      return toHex(value)
  }
}

/** What is legal to read and yet odd: values longer than the format allows. */
export function oddLengths(elements: readonly Element[]): string[] {
  return elements.flatMap(({ tag, meaning, value, children }) => [
    ...(meaning !== null && isTooLong(meaning.kind, meaning.max, value)
      ? [`tag ${tag} is longer than the format allows`]
      : []),
    ...oddLengths(children ?? []),
  ])
}

function isTooLong(kind: string, max: number, value: Uint8Array): boolean {
  if (max === 0) return false
  // Padding of numbers is usual and says nothing.
  return (
    (kind === 'number' || kind === 'time' || kind === 'decimal' ? significant(value) : value.length) > max
  )
}
