/** A receipt in the tax service's JSON as the same tree of names and values that a TLV body has, for people. */
import {
  ExactNumber,
  integerOf,
  isList,
  isObject,
  type Json,
  type JsonObject,
  parseExact,
} from './exactjson.ts'
import type { Field } from './model.ts'
import { knownTags, meaningOf } from './tags.ts'

/**
 * Keys are the names of the tag table; one that is not in it has no tag. Where tags share a name, the lowest is that
 * of receipts: the last entry of a map stands.
 */
const tagOf: ReadonlyMap<string, number> = new Map(
  knownTags.toReversed().flatMap((tag) => {
    const name = meaningOf(tag, null, new Uint8Array())?.name
    return name === undefined ? [] : [[name, tag]]
  }),
)

/** Stands where a key is none of the tag table's. */
const noTag = 0

/** Every member in its order, lists as members repeated; null when this is no JSON object. */
export function describeJson(bytes: Uint8Array): Field[] | null {
  const root = parseExact(new TextDecoder().decode(bytes))
  return root !== null && isObject(root) ? fieldsOf(root) : null
}

function fieldsOf(object: JsonObject): Field[] {
  return Object.entries(object).flatMap(([name, value]) =>
    (isList(value) ? value : [value]).flatMap((one) => {
      const shown = shownAs(one)
      return shown === null ? [] : [{ tag: tagOf.get(name) ?? noTag, name, value: shown }]
    }),
  )
}

function shownAs(value: Json): Field['value'] | null {
  if (value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  // A number too big for a JSON number, or with decimals, is told as it is written.
  if (value instanceof ExactNumber) return integerOf(value) ?? value.text
  return isObject(value)
    ? fieldsOf(value)
    : value.flatMap((one) => [{ tag: noTag, name: null, value: shownAs(one) ?? '' }])
}
