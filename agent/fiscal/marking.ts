/**
 * Product codes in the two tags made for them: 1162 (bytes, FFD 1.05 and 1.1) and 1163 (a group, FFD 1.2); see
 * `ffd-tlv` 3.1 and 3.2. Real registers also write garbage there (a blank, zeros, text): it yields no code.
 */
import { isProductCode, isUpcE } from './checkdigit.ts'
import { readText, toHex } from './scalars.ts'

/** What one tag says of the product; absent kinds are null. */
export interface Found {
  readonly gtin: string | null
  readonly ean: string | null
  readonly mark: string | null
  /** The tag spoke of a product code whose check digit is wrong. */
  readonly wrongDigit: boolean
}

export const nothingFound: Found = { gtin: null, ean: null, mark: null, wrongDigit: false }

/** Type bytes of tag 1162 whose data are a GTIN and a serial, as 44 4D; the small ones are the types of early 2019. */
const dataMatrix: readonly string[] = ['444d', '0001', '0002', '0003', '0004', '0005', '1520']

/** Reads a value of tag 1162: two type bytes, then numbers as 6 bytes big-endian or ASCII. */
export function readCodeBytes(value: Uint8Array): Found {
  const type = toHex(value.subarray(0, 2))
  const data = value.subarray(2)
  if (dataMatrix.includes(type)) return readDataMatrix(data)
  switch (type) {
    case '4508':
      return asEan(readDigits(data, 8))
    case '450d':
      return asEan(readDigits(data, 13))
    case '490e':
      return asGtin(readDigits(data, 14), null)
    // Fur, and alcohol of EGAIS 2.0 and 3.0: they name one copy, not a product.
    case '5246':
      return asMark(data, 20, 21)
    case 'c514':
      return asMark(data, 23, 23)
    case 'c51e':
      return asMark(data, 14, 14)
    // 0000 is a code nobody recognised, 4541 is motor fuel by its customs code: no product of a catalogue.
    default:
      return nothingFound
  }
}

/** Reads one child of tag 1163 by its tag (1300 to 1325). */
export function readCodeText(tag: number, text: string): Found {
  const trimmed = text.trimEnd()
  switch (tag) {
    case 1301:
      return asEan(/^\d{8}$/.test(trimmed) ? trimmed : null)
    case 1302:
      return asEan(/^\d{13}$/.test(trimmed) ? trimmed : null)
    case 1303:
      return asGtin(/^\d{14}$/.test(trimmed) ? trimmed : null, null)
    case 1304:
    case 1305:
      return readGs1(trimmed)
    case 1306:
      return asGtin(/^\d{14}/.exec(trimmed)?.[0] ?? null, trimmed)
    case 1307:
    case 1308:
    case 1309:
      return { ...nothingFound, mark: trimmed === '' ? null : trimmed }
    default:
      return nothingFound
  }
}

/** `01` + GTIN + `21` + serial; the serial may hold any punctuation and is never split. */
function readGs1(text: string): Found {
  const [, gtin = null, serial] = /^01(\d{14})(21.+)?$/s.exec(text) ?? []
  return asGtin(gtin, serial === undefined ? null : text)
}

function readDataMatrix(data: Uint8Array): Found {
  // Text where bytes should be: no GTIN of a copy looks like six printable characters.
  if (data.subarray(0, 6).every((byte) => byte >= 0x20 && byte < 0x7f)) return nothingFound
  const gtin = readNumberBE(data.subarray(0, 6), 14)
  const serial = isAscii(data.subarray(6)) ? readText(data.subarray(6)).trimEnd() : ''
  return asGtin(gtin, serial === '' ? null : `01${gtin}21${serial}`)
}

function asEan(digits: string | null): Found {
  if (digits === null) return nothingFound
  const right = isProductCode(digits) || isUpcE(digits)
  return right ? { ...nothingFound, ean: digits } : { ...nothingFound, wrongDigit: true }
}

function asGtin(digits: string | null, mark: string | null): Found {
  if (digits === null) return nothingFound
  return isProductCode(digits)
    ? { ...nothingFound, gtin: digits, mark }
    : { ...nothingFound, wrongDigit: true }
}

function asMark(data: Uint8Array, least: number, most: number): Found {
  const text = readText(data).trimEnd()
  const fits = isAscii(data) && text.length >= least && text.length <= most
  return fits ? { ...nothingFound, mark: text } : nothingFound
}

/** Six bytes big-endian as `digits` digits, with nothing but padding behind them; null for anything else. */
function readDigits(data: Uint8Array, digits: number): string | null {
  const isPadded = data.subarray(6).every((byte) => byte === 0x20 || byte === 0)
  return isPadded ? readNumberBE(data.subarray(0, 6), digits) : null
}

function readNumberBE(bytes: Uint8Array, digits: number): string | null {
  if (bytes.length !== 6) return null
  const value = BigInt(`0x${toHex(bytes)}`)
  const text = value.toString().padStart(digits, '0')
  return value > 0n && text.length === digits ? text : null
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
}
