/**
 * The "standard low level" of the Shtrih-M protocol (Протокол работы ККТ с ФН 1.17, appendix 3):
 * `STX | LEN | payload | LRC` and single control bytes. There is no byte stuffing, so a payload may hold
 * any control byte; what a byte means depends on where in the talk it stands. Pure.
 */

export const STX = 0x02
/** The host asks for the state of the talk. */
export const ENQ = 0x05
export const ACK = 0x06
/** To ENQ: "ready for a command". To a frame: "corrupted on the way". */
export const NAK = 0x15
/** RNDIS models emit this byte after the host's last ACK (1.17, note to appendix 3). */
export const STRAY = 0xff

/** STX, LEN, 255 bytes of payload, LRC. */
export const longestFrame = 258

/** What lies at the front of a buffer. `rest` is what to look at next, `noise` how many bytes were skipped. */
export type Taken =
  | {
      readonly kind: 'frame'
      readonly payload: Uint8Array
      readonly rest: Uint8Array
      readonly noise: number
    }
  | { readonly kind: 'incomplete' | 'garbled'; readonly rest: Uint8Array; readonly noise: number }

/** Takes one frame from the front of `buffer`. An empty payload is not a frame: LEN is 1 to 255. */
export function takeFrame(buffer: Uint8Array): Taken {
  const start = buffer.indexOf(STX)
  if (start < 0) return { kind: 'incomplete', rest: new Uint8Array(), noise: buffer.length }
  const length = buffer[start + 1]
  const end = start + 2 + (length ?? 0)
  if (length !== 0 && buffer.length <= end)
    return { kind: 'incomplete', rest: buffer.subarray(start), noise: start }
  // The length byte itself may be the damaged one, so step over STX only, never over the frame.
  if (length === 0 || lrc(buffer.subarray(start + 1, end)) !== buffer[end])
    return { kind: 'garbled', rest: buffer.subarray(start + 1), noise: start + 1 }
  return {
    kind: 'frame',
    payload: buffer.slice(start + 2, end),
    rest: buffer.subarray(end + 1),
    noise: start,
  }
}

/** Wraps a payload of 1 to 255 bytes; anything else throws `RangeError`. */
export function wrapFrame(payload: Uint8Array): Uint8Array {
  if (payload.length < 1 || payload.length > 255)
    throw new RangeError(`a frame of ${payload.length} bytes cannot be wrapped`)
  const body = Uint8Array.of(payload.length, ...payload)
  return Uint8Array.of(STX, ...body, lrc(body))
}

/** XOR of LEN and the payload; STX is not part of it. */
export function lrc(lengthAndPayload: Uint8Array): number {
  return lengthAndPayload.reduce((sum, byte) => sum ^ byte, 0)
}
