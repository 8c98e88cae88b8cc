/**
 * TLV at a glance, for `explain` alone: enough for a technician to recognise a portion on the wire. The agent's
 * decoder knows every tag; a driver may not use it.
 */
import { decodeCp866, Reader, ShortRead, toHex, unsignedBE, unsignedLE } from '../bytes.ts'
import type { Explained } from '../contract.ts'

type Fields = Explained['fields']

const times = new Set([1012, 1098, 1178, 1206])
const groups = new Set([1059, 1084, 1174, 1223, 1224, 1226, 1260, 1261, 1270, 1163, 2007])
const decimals = new Set([1023])
const signs = new Set([1077, 1078])
const numbers = new Set([
  1001, 1002, 1020, 1031, 1038, 1040, 1042, 1043, 1050, 1051, 1052, 1053, 1054, 1055, 1056, 1062, 1079, 1081,
  1097, 1101, 1102, 1103, 1104, 1105, 1106, 1107, 1108, 1109, 1110, 1111, 1116, 1118, 1126, 1134, 1135, 1136,
  1138, 1139, 1140, 1141, 1142, 1143, 1144, 1157, 1158, 1173, 1183, 1189, 1190, 1193, 1194, 1198, 1199, 1200,
  1201, 1205, 1207, 1209, 1212, 1213, 1214, 1215, 1216, 1217, 1221, 1222, 1232, 1233, 2108,
])

/** One element as `{tag, len, …}`, several as `{elements: […]}`, anything else as `{data}` in hex. */
export function glance(bytes: Uint8Array): Fields {
  const elements = readElements(bytes)
  if (elements === null || elements.length === 0) return { data: toHex(bytes).toUpperCase() }
  const [only] = elements
  return elements.length === 1 && only !== undefined ? only : { elements }
}

function readElements(bytes: Uint8Array): Fields[] | null {
  const from = new Reader(bytes)
  const elements: Fields[] = []
  try {
    while (from.left > 0) {
      const tag = from.uint(2)
      const len = from.uint(2)
      elements.push({ tag, len, ...readValue(tag, from.take(len)) })
    }
    return elements
  } catch (error) {
    if (error instanceof ShortRead) return null
    throw error
  }
}

function readValue(tag: number, value: Uint8Array): Fields {
  if (groups.has(tag)) return { elements: readElements(value) ?? toHex(value).toUpperCase() }
  if (signs.has(tag) && value.length === 6) return { fiscalSign: unsignedBE(value.subarray(2)) }
  if (times.has(tag) && value.length === 4) {
    const unix = unsignedLE(value)
    return { unix, local: new Date(unix * 1000).toISOString().slice(0, 19) }
  }
  if (decimals.has(tag) && value.length > 1 && value.length <= 7) return { value: decimal(value) }
  const printable = value.every((byte) => byte >= 0x20 && byte !== 0x7f)
  if (value.length <= 6 && (numbers.has(tag) || !printable)) return { value: unsignedLE(value) }
  return { value: printable ? decodeCp866(value).trim() : toHex(value).toUpperCase() }
}

function decimal(value: Uint8Array): string {
  const scale = value[0] ?? 0
  const digits = String(unsignedLE(value.subarray(1)))
  if (scale === 0) return digits
  const padded = digits.padStart(scale + 1, '0')
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
