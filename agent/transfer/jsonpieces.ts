/**
 * A JSON file cut into what can be read alone: the elements of the list that it is, or its one value. A list of a
 * year's receipts is far too large to be parsed at once beside a till.
 */

/** A value, or where and why the file stops being JSON. */
export interface JsonPiece {
  readonly text: string
  /** The line of the file on which it begins. */
  readonly line: number
}

/** One receipt is a hundredth of this. */
export const longestPiece = 1024 * 1024

export class JsonCutter {
  #parts = ''
  #begin = 1
  #line = 1
  #depth = 0
  #inString = false
  #escaped = false
  #isList = false
  #pieces = 0
  #closed = false
  #started = false

  /** In a list, or outside of every value: where a file may end in order. */
  get isOpen(): boolean {
    return this.#inString || this.#depth > 0 || (this.#isList && !this.#closed)
  }

  get line(): number {
    return this.#line
  }

  /** What has not become a piece yet. */
  get rest(): string {
    return this.#parts
  }

  /** Every value that became whole. Whatever stands outside of them comes as a piece that is no JSON. */
  push(chunk: string): JsonPiece[] {
    const pieces: JsonPiece[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const sign = chunk.charCodeAt(at)
      if (sign === lineEnd) this.#line++
      if (this.#inString) this.#string(sign)
      else if (sign === quote) this.#inString = true
      else if (this.#opensList(sign)) from = at + 1
      else if (sign === openList || sign === openObject) this.#depth++
      else if (this.#depth > 0) this.#depth -= sign === closeList || sign === closeObject ? 1 : 0
      else if (this.#isList && !this.#closed && (sign === comma || sign === closeList)) {
        this.#closed = sign === closeList
        this.#parts += chunk.slice(from, at)
        from = at + 1
        pieces.push(...this.#take())
      }
    }
    this.#parts += chunk.slice(from)
    return pieces
  }

  /** The one value of a file that is no list, or what stands behind the list. */
  end(): JsonPiece[] {
    return this.#parts.trim() === '' ? [] : this.#take()
  }

  #string(sign: number): void {
    if (this.#escaped) this.#escaped = false
    else if (sign === backslash) this.#escaped = true
    else if (sign === quote) this.#inString = false
  }

  #opensList(sign: number): boolean {
    if (this.#started || sign <= space) return false
    this.#started = true
    this.#isList = sign === openList
    return this.#isList
  }

  #take(): JsonPiece[] {
    const piece = { text: this.#parts, line: this.#begin }
    this.#parts = ''
    this.#begin = this.#line
    // `[]` has a comma less than nothing: it holds no element at all.
    if (this.#closed && this.#pieces === 0 && piece.text.trim() === '') return []
    this.#pieces++
    return [piece]
  }
}

const [quote, backslash, openList, closeList, openObject, closeObject, comma] = Array.from(
  '"\\[]{},',
  (sign) => sign.charCodeAt(0),
)
const lineEnd = 10
const space = 32
