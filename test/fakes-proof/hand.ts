/** A client of a few lines that works byte by byte and by hand, so that the register is judged by no driver of ours. */
import type { Line } from '../../drivers/contract.ts'

const never = new AbortController().signal

export const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/\s+/g, ''), 'hex'))

/** Upper-case hex with blanks, as the captures are written. */
export const hexOf = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')

/** STX, length, payload, XOR. */
export function framed(payload: string): string {
  const bytes = bytesOf(payload)
  const sum = bytes.reduce((left, byte) => left ^ byte, bytes.length)
  return hexOf(Uint8Array.of(0x02, bytes.length, ...bytes, sum))
}

/** CRC-16/CCITT-FALSE, low byte first. */
function checksum(bytes: Uint8Array): readonly number[] {
  let crc = 0xffff
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const one = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
    crc = ((crc << 1) & 0xffff) ^ ((crc >> 15) ^ one ? 0x1021 : 0)
  }
  return [crc & 0xff, crc >> 8]
}

/** A numbered frame: 8F, length, number, payload, CRC; stuffed behind the 8F. */
export function numbered(number: number, payload: string): string {
  const bytes = bytesOf(payload)
  const inner = Uint8Array.of(bytes.length + 2, 0, number & 0xff, number >> 8, ...bytes)
  const stuffed = hexOf(Uint8Array.of(...inner, ...checksum(inner)))
  return `8F ${stuffed.replace(/9F/g, '9F 83').replace(/8F/g, '9F 81')}`
}

/** The payload of the only numbered frame in `said`, with its checksum checked. */
export function numberedAnswer(said: string): string {
  const bytes = bytesOf(said.replace(/^8F /, '').replace(/9F 81/g, '8F').replace(/9F 83/g, '9F'))
  const inner = bytes.slice(0, -2)
  if (checksum(inner).some((byte, i) => byte !== bytes[inner.length + i]))
    throw new Error(`bad checksum: ${said}`)
  return hexOf(inner.slice(4))
}

/** The payload of the only frame in `said`, with its checksum checked; `06` before it is passed over. */
export function payloadIn(said: string): string {
  const bytes = bytesOf(said.replace(/^(FF |06 )*/, ''))
  const payload = bytes.slice(2, -1)
  if (bytes[0] !== 0x02 || bytes[1] !== payload.length) throw new Error(`no frame: ${said}`)
  if (bytes.slice(1).reduce((left, byte) => left ^ byte, 0) !== 0) throw new Error(`bad checksum: ${said}`)
  return hexOf(payload)
}

/** All that has arrived by now, nothing waited for. */
export async function heard(line: Line): Promise<string> {
  const pieces: Uint8Array[] = []
  for (;;) {
    const now = new AbortController()
    const next = line.read(now.signal)
    now.abort()
    try {
      pieces.push(await next)
    } catch {
      return hexOf(Uint8Array.from(pieces.flatMap((piece) => [...piece])))
    }
  }
}

/** Writes hex and gives back what came at once. */
export async function say(line: Line, hex: string): Promise<string> {
  await line.write(bytesOf(hex), never)
  return heard(line)
}

/** A whole exchange without faults: ENQ, command, answer, ACK; the answer's payload. */
export async function ask(line: Line, payload: string): Promise<string> {
  const ready = await say(line, '05')
  if (!ready.endsWith('15')) throw new Error(`not ready: ${ready}`)
  const answer = payloadIn(await say(line, framed(payload)))
  await say(line, '06')
  return answer
}

/** A four-byte little-endian number. */
export const u32 = (value: number) =>
  hexOf(Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24))

/** Reads a document by FF3A and FF3B to its end; the announced head and all portions. */
export async function readDocument(
  line: Line,
  number: number,
): Promise<{ head: string; portions: string[] }> {
  const head = await ask(line, `FF 3A 1E 00 00 00 ${u32(number)}`)
  const portions: string[] = []
  for (;;) {
    const portion = await ask(line, 'FF 3B 1E 00 00 00')
    if (portion === 'FF 3B 08' || portion === 'FF 3B 00') return { head, portions }
    portions.push(portion.slice('FF 3B 00 '.length))
  }
}
