/** Asks an object of the tax service's JSON for single facts, under any of the keys that exports use for them. */
import {
  decimalOf,
  ExactNumber,
  integerOf,
  isList,
  isObject,
  type Json,
  type JsonObject,
} from './exactjson.ts'

export class JsonReader {
  readonly #object: JsonObject
  readonly #unreadable: number[] = []
  readonly #problems: string[] = []

  constructor(object: JsonObject) {
    this.#object = object
  }

  /** Tags whose key is there and whose value cannot be read. */
  get unreadable(): readonly number[] {
    return this.#unreadable
  }

  get problems(): readonly string[] {
    return this.#problems
  }

  /** The value of the first key that is there and not null. */
  value(...keys: readonly string[]): Json | undefined {
    for (const key of keys) {
      const value = Object.hasOwn(this.#object, key) ? this.#object[key] : undefined
      if (value !== undefined && value !== null) return value
    }
    return undefined
  }

  /** A whole number; digits as text are read too. */
  number(tag: number, ...keys: readonly string[]): number | null {
    return this.#read(tag, keys, (value) => {
      const number = numberIn(value)
      return number === null ? null : integerOf(number)
    })
  }

  decimal(tag: number, ...keys: readonly string[]): string | null {
    return this.#read(tag, keys, (value) => {
      const number = numberIn(value)
      return number === null ? null : decimalOf(number)
    })
  }

  text(tag: number, ...keys: readonly string[]): string | null {
    return this.#read(tag, keys, (value) => (typeof value === 'string' ? value : null))
  }

  /** An identifier: text or a number as it is written, without padding; null when nothing is left of it. */
  code(tag: number, ...keys: readonly string[]): string | null {
    const read = (value: Json) =>
      typeof value === 'string' ? value.trim() : value instanceof ExactNumber ? value.text : null
    return this.#read(tag, keys, read) || null
  }

  /** The objects of a list, or the one object itself; empty when the key is not there. */
  objects(...keys: readonly string[]): readonly JsonObject[] {
    const value = this.value(...keys)
    return (isList(value) ? value : [value]).filter(isObject)
  }

  /** Reads one value in a way of the caller's; null from `read` means that it cannot be read. */
  read<Value>(tag: number, keys: readonly string[], read: (value: Json) => Value | null): Value | null {
    return this.#read(tag, keys, read)
  }

  #read<Value>(tag: number, keys: readonly string[], read: (value: Json) => Value | null): Value | null {
    const value = this.value(...keys)
    if (value === undefined) return null
    const result = read(value)
    if (result === null) {
      this.#unreadable.push(tag)
      this.#problems.push(`${keys[0]} (tag ${tag}) cannot be read`)
    }
    return result
  }
}

function numberIn(value: Json): ExactNumber | null {
  if (value instanceof ExactNumber) return value
  return typeof value === 'string' && /^\s*\d/.test(value) ? new ExactNumber(value.trim()) : null
}
