/** Damage to tags and lengths, and documents that somebody put together: lengths all the way up stay right. */

import { knownTags } from '../../agent/fiscal/tags.ts'
import { concat } from '../../drivers/bytes.ts'
import type { Dice } from './dice.ts'
import type { Pantry } from './mutate.ts'

interface Spot {
  readonly tag: number
  /** Where the element begins, counted from the beginning of the input. */
  readonly at: number
  readonly end: number
  /** Where the elements begin around it, the outermost first. */
  readonly around: readonly number[]
}

const groups = new Set([1059, 1071, 1084, 1115, 1119, 1163, 1174, 1223, 1224, 1256, 1260, 1261, 1270, 1291])

/** A copy with one element changed; elements begin at `from`. */
export function mutateTlv(bytes: Uint8Array, from: number, { dice, words }: Pantry): Uint8Array {
  const spots = spotsIn(bytes, from, bytes.length, [])
  const spot = dice.oneOf(spots)
  if (spot === undefined)
    return concat(bytes.subarray(0, from), element(dice, Uint8Array.of(dice.whole(256))))
  const whole = bytes.subarray(spot.at, spot.end)
  const value = whole.subarray(4)
  switch (dice.whole(8)) {
    case 0:
      return wrongLength(bytes, spot, dice)
    case 1:
      return put(bytes, spot, concat(whole, whole))
    case 2:
      return put(bytes, spot, new Uint8Array())
    case 3:
      return put(bytes, spot, element(dice, value))
    case 4:
      return put(bytes, spot, tagged(spot.tag, otherValue(value, dice, words)))
    case 5:
      return put(bytes, spot, concat(whole, taken(bytes, dice.oneOf(spots) ?? spot)))
    case 6:
      return put(bytes, spot, taken(bytes, dice.oneOf(spots) ?? spot))
    default:
      return put(bytes, spot, tagged(dice.oneOf([...groups]) ?? 1059, whole))
  }
}

function spotsIn(bytes: Uint8Array, from: number, to: number, around: readonly number[]): Spot[] {
  const spots: Spot[] = []
  for (let at = from; at + 4 <= to && spots.length < 200; ) {
    const tag = (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256
    const end = at + 4 + (bytes[at + 2] ?? 0) + (bytes[at + 3] ?? 0) * 256
    if (end > to) break
    spots.push({ tag, at, end, around })
    if (groups.has(tag) && around.length < 8) spots.push(...spotsIn(bytes, at + 4, end, [...around, at]))
    at = end
  }
  return spots
}

/** Puts `piece` where the spot was and mends every length around it. */
function put(bytes: Uint8Array, { at, end, around }: Spot, piece: Uint8Array): Uint8Array {
  const copy = concat(bytes.subarray(0, at), piece, bytes.subarray(end))
  const more = piece.length - (end - at)
  for (const outer of around) {
    const length = (copy[outer + 2] ?? 0) + (copy[outer + 3] ?? 0) * 256 + more
    copy[outer + 2] = length
    copy[outer + 3] = length >> 8
  }
  return copy
}

function wrongLength(bytes: Uint8Array, { at }: Spot, dice: Dice): Uint8Array {
  const copy = bytes.slice()
  copy[at + 2 + dice.whole(2)] = dice.whole(256)
  return copy
}

function element(dice: Dice, value: Uint8Array): Uint8Array {
  const tag = dice.once(8) ? dice.whole(0x10000) : (dice.oneOf(knownTags) ?? 1059)
  return tagged(tag, value)
}

function tagged(tag: number, value: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(tag, tag >> 8, value.length, value.length >> 8), value)
}

function taken(bytes: Uint8Array, { at, end }: Spot): Uint8Array {
  return bytes.subarray(at, end)
}

function otherValue(value: Uint8Array, dice: Dice, words: readonly Uint8Array[]): Uint8Array {
  switch (dice.whole(5)) {
    case 0:
      return new Uint8Array(dice.whole(10)).map(() => dice.whole(256))
    case 1:
      return concat(value, new Uint8Array(dice.small(16)))
    case 2:
      return dice.oneOf(words) ?? value
    case 3:
      return value.subarray(dice.whole(value.length + 1))
    default:
      return value.map((byte, i) => (dice.once(4) ? byte + (i % 2 === 0 ? 1 : 255) : byte))
  }
}
