/** An encoder of fiscal documents for the tests, written from the format's description and not from the decoder. */
import iconv from 'iconv-lite'

/** One element: tag and length as u16 little-endian, then the value. */
export function element(tag: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(tag, 0)
  head.writeUInt16LE(value.length, 2)
  return new Uint8Array(Buffer.concat([head, value]))
}

export function group(tag: number, ...inner: readonly Uint8Array[]): Uint8Array {
  return element(tag, joined(...inner))
}

export function text(tag: number, value: string): Uint8Array {
  return element(tag, new Uint8Array(iconv.encode(value, 'cp866')))
}

/** A number in exactly `width` bytes, little-endian. */
export function number(tag: number, value: number | bigint, width = 1): Uint8Array {
  return element(tag, littleEndian(BigInt(value), width))
}

/** FVLN: the count of decimals, then the digits as a number in `width` bytes. */
export function decimal(tag: number, value: string, width = 7): Uint8Array {
  const [whole = '', part = ''] = value.split('.')
  return element(tag, joined(Uint8Array.of(part.length), littleEndian(BigInt(whole + part), width)))
}

export function bytes(tag: number, hex: string): Uint8Array {
  return element(tag, new Uint8Array(Buffer.from(hex, 'hex')))
}

/** The outer head and the body behind it. */
export function whole(type: number, body: Uint8Array): Uint8Array {
  return element(type, body)
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function littleEndian(value: bigint, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}

/** The tags that every receipt carries, for a sale at a known time; later elements can be added behind. */
export function receiptHead(operation = 1): Uint8Array {
  return joined(
    text(1041, '9999078900001234'),
    text(1037, '0000000001005209    '),
    text(1018, '7804067632  '),
    number(1040, 17, 4),
    number(1012, 1_436_418_698, 4),
    bytes(1077, '31047acf9f6d'),
    number(1038, 3, 4),
    number(1042, 5, 4),
    number(1054, operation),
    number(1020, 10_900, 2),
  )
}
