/** Text of others (goods' names, reasons and answers of sites) made fit to stand among ours. */
import type { Text } from '../text.ts'

/**
 * Marks that turn the direction of what stands around them, and control characters: nothing that a till or a site
 * honestly writes, but a way to make a page say something else. Each is shown as a replacement sign.
 */
const deceiving = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\t\n])\p{Cc}/gu

/** At most so many characters (as a person counts them); the cut is shown. */
export function plainly(said: string, length: number): string {
  // A long text is cut before it is looked through, with room for characters of two units.
  const begun = said.slice(0, 2 * length + 2).replace(deceiving, '\ufffd')
  const signs = [...begun]
  return signs.length <= length && begun.length === said.length
    ? begun
    : `${signs
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`
}

/** JSON to be read: indented, with deceiving characters written as their numbers, and cut at so many characters. */
export function plainJson(value: unknown, length: number): string {
  const written = (JSON.stringify(value, null, 2) ?? 'null').slice(0, length + 1)
  const plain = written.replace(deceiving, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return written.length <= length ? plain : `${plain.slice(0, length)}…`
}

/** Finds a pair by the phrase that is kept, which is its English half. */
export function byEnglish(pairs: readonly Text[]): ReadonlyMap<string, Text> {
  return new Map(pairs.map((pair) => [pair.en, pair]))
}
