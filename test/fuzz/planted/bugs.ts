/** Bugs made on purpose: what the fuzzer must find to be believed when it finds nothing. */

/** Takes the payload of a v1 frame without looking at its checksum. */
export function takeUnchecked(bytes: Uint8Array): Uint8Array | null {
  const length = bytes[1] ?? 0
  return bytes[0] === 0x02 && length > 0 && bytes.length >= length + 3 ? bytes.subarray(2, 2 + length) : null
}

/** Adds sums of two bytes each, and loses a kopeck with the fourth. */
export function addUp(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    sum += (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256
    if (at === 6) sum -= 1
  }
  return sum
}

/** Counts elements of a length byte and so many bytes; stands still at one with the length 255. */
export function countElements(bytes: Uint8Array): number {
  let count = 0
  for (let at = 0; at < bytes.length; count++) {
    const length = bytes[at] ?? 0
    if (length !== 255) at += 1 + length
  }
  return count
}

/** Falls over four bytes that stand together, and over nothing less. */
export function readHeader(bytes: Uint8Array): string {
  if (bytes[0] === 0x4b)
    if (bytes[1] === 0xa7)
      if (bytes[2] === 0x13) if (bytes[3] === 0xc9) throw new TypeError('nobody thought of this')
  return 'no header'
}
