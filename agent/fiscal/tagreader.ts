/**
 * Asks a list of elements for single facts. A value that is there and cannot be told exactly, or that stands twice
 * and differs, is null and leaves a problem: a receipt never carries a number that its document does not hold.
 */
import { readDecimal, readNumber, readSign, readText, readTime } from './scalars.ts'
import type { Element } from './tlv.ts'

export class TagReader {
  readonly #elements: readonly Element[]
  readonly #unreadable: number[] = []
  readonly #problems: string[] = []

  constructor(elements: readonly Element[]) {
    this.#elements = elements
  }

  /** Tags asked for that are there and cannot be read. */
  get unreadable(): readonly number[] {
    return this.#unreadable
  }

  /** The same in words. */
  get problems(): readonly string[] {
    return this.#problems
  }

  all(tag: number): readonly Element[] {
    return this.#elements.filter((element) => element.tag === tag)
  }

  number(tag: number): number | null {
    return this.#one(tag, readNumber)
  }

  decimal(tag: number): string | null {
    return this.#one(tag, readDecimal)
  }

  /** Text as it stands, blanks included. */
  text(tag: number): string | null {
    return this.#one(tag, readText)
  }

  /** An identifier without its padding; null when nothing is left of it. */
  code(tag: number): string | null {
    return this.text(tag)?.trim() || null
  }

  time(tag: number): string | null {
    return this.#one(tag, readTime)
  }

  sign(tag: number): string | null {
    return this.#one(tag, readSign)
  }

  /** The elements inside a group; empty when there is no such group. */
  inside(tag: number): TagReader {
    return new TagReader(this.all(tag).flatMap(({ children }) => children ?? []))
  }

  #one<Value>(tag: number, read: (value: Uint8Array) => Value | null): Value | null {
    const values = this.all(tag).map(({ value }) => read(value))
    const [first] = values
    if (first === undefined) return null
    const problem =
      first === null
        ? `tag ${tag} cannot be read`
        : values.some((value) => value !== first)
          ? `tag ${tag} stands twice and differs`
          : null
    if (problem === null) return first
    this.#unreadable.push(tag)
    this.#problems.push(problem)
    return null
  }
}
