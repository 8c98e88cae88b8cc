/**
 * Small readers of the fuzzer's own, written from the descriptions of the formats and shared with nothing: what they
 * and the program disagree about is a finding.
 */

/** XOR of everything between STX and the checksum. */
export function ownLrc(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum ^= byte
  return sum
}

/** The length of a whole v1 frame that begins at `at` and whose checksum is right; 0 when there is none. */
export function v1FrameAt(bytes: Uint8Array, at: number): number {
  const payload = bytes[at + 1] ?? 0
  const length = payload + 3
  if (bytes[at] !== 0x02 || payload === 0 || at + length > bytes.length) return 0
  let sum = 0
  for (let i = at + 1; i < at + length; i++) sum ^= bytes[i] ?? 0
  return sum === 0 ? length : 0
}

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte * 256
  for (let bit = 0; bit < 8; bit++) crc = crc >= 0x8000 ? (crc * 2 - 0x10000) ^ 0x1021 : crc * 2
  return crc
})

/** CRC-16/CCITT-FALSE by table. */
export function ownCrc(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) crc = ((crc % 256) * 256) ^ (crcTable[(crc >> 8) ^ byte] ?? 0)
  return crc
}

/** The whole v2 frame that begins at `at`: LEN, NUM and data without stuffing, and where it ends. */
export function v2FrameAt(bytes: Uint8Array, at: number): { inner: Uint8Array; end: number } | null {
  if (bytes[at] !== 0x8f) return null
  const plain: number[] = []
  let wanted = 2
  for (let i = at + 1; i < bytes.length; i++) {
    let byte = bytes[i] ?? 0
    if (byte === 0x8f) return null
    if (byte === 0x9f) {
      i++
      const told = bytes[i]
      if (told !== 0x81 && told !== 0x83) return null
      byte = told === 0x81 ? 0x8f : 0x9f
    }
    plain.push(byte)
    if (plain.length === 2) {
      const length = (plain[0] ?? 0) | ((plain[1] ?? 0) << 8)
      if (length === 1 || length > 4096) return null
      wanted = length + 4
    }
    if (plain.length < 4 || plain.length < wanted) continue
    const checked = Uint8Array.from(plain.slice(0, -2))
    const told = (plain.at(-2) ?? 0) | ((plain.at(-1) ?? 0) << 8)
    return told === ownCrc(checked) ? { inner: checked, end: i + 1 } : null
  }
  return null
}

/** A v2 frame around LEN, NUM and data, or what should be such. */
export function v2Wrap(inner: Uint8Array): Uint8Array {
  const crc = ownCrc(inner)
  const wire = [0x8f]
  for (const byte of [...inner, crc & 0xff, crc >> 8])
    if (byte === 0x8f) wire.push(0x9f, 0x81)
    else if (byte === 0x9f) wire.push(0x9f, 0x83)
    else wire.push(byte)
  return Uint8Array.from(wire)
}

/** One element of a document. */
export interface OwnElement {
  readonly tag: number
  readonly value: Uint8Array
}

/** Elements one behind another up to the end, zeros of a transport apart; null when they do not fit. */
export function ownElements(bytes: Uint8Array, mayBePadded: boolean): OwnElement[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found: OwnElement[] = []
  let at = 0
  while (at < bytes.length) {
    if (mayBePadded && bytes.subarray(at).every((byte) => byte === 0)) return found
    if (at + 4 > bytes.length) return null
    const end = at + 4 + view.getUint16(at + 2, true)
    if (end > bytes.length) return null
    found.push({ tag: view.getUint16(at, true), value: bytes.subarray(at + 4, end) })
    at = end
  }
  return found
}

/** VLN: little-endian, as long as it likes. */
export function ownNumber(value: Uint8Array): bigint {
  let sum = 0n
  let weight = 1n
  for (const byte of value) {
    sum += BigInt(byte) * weight
    weight *= 256n
  }
  return sum
}

/** What a receipt says of money, as this reader sees it. */
export interface OwnSums {
  readonly number: bigint | null
  readonly total: bigint | null
  readonly cash: bigint | null
  readonly electronic: bigint | null
  readonly lines: readonly { sum: bigint | null; price: bigint | null; quantity: string | null }[]
}

/** Money of a receipt's body; null when it cannot be taken apart. */
export function ownSums(body: Uint8Array): OwnSums | null {
  const all = ownElements(body, true)
  if (all === null) return null
  const first = (list: readonly OwnElement[], tag: number) => {
    const element = list.find((each) => each.tag === tag)
    return element === undefined ? null : ownNumber(element.value)
  }
  const lines: OwnSums['lines'][number][] = []
  for (const { tag, value } of all) {
    if (tag !== 1059 && tag !== 1071) continue
    const inside = ownElements(value, false)
    if (inside === null) return null
    const quantity = inside.find((each) => each.tag === 1023)
    lines.push({
      sum: first(inside, 1043),
      price: first(inside, 1079),
      quantity: quantity === undefined ? null : ownDecimal(quantity.value),
    })
  }
  return {
    number: first(all, 1040),
    total: first(all, 1020),
    cash: first(all, 1031),
    electronic: first(all, 1081),
    lines,
  }
}

/** FVLN: decimals, then the digits as VLN. */
function ownDecimal(value: Uint8Array): string {
  const decimals = value[0] ?? 0
  const digits = ownNumber(value.subarray(1)).toString()
  if (decimals === 0) return digits
  const filled = '0'.repeat(Math.max(0, decimals + 1 - digits.length)) + digits
  return `${filled.slice(0, filled.length - decimals)}.${filled.slice(filled.length - decimals)}`
}

/** The check digit of GS1: weights 3 and 1 from the right, digit before the last first. */
export function ownCheckDigit(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const fromRight = digits.length - 1 - i
    sum += Number(digits.charAt(i)) * (fromRight % 2 === 1 ? 3 : 1)
  }
  return sum % 10 === 0 && /[1-9]/.test(digits)
}
