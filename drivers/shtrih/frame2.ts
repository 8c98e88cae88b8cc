/**
 * The "alternative low level" of the Shtrih-M protocol (Протокол работы ККТ с ФН 1.16 and 1.17):
 * `8F | LEN16 | NUM16 | data | CRC16`, everything after the 8F byte-stuffed. The codec alone; what the numbers mean
 * is the affair of `numberedtalk.ts`. Pure.
 */
import { concat } from '../bytes.ts'

export const START = 0x8f
const ESCAPE = 0x9f
const escapedStart = 0x81
const escapedEscape = 0x83

/** LEN is 16 bits; real answers stay far below this (362 bytes are on record). */
export const longestBody = 4096

/**
 * One frame without its wire form. `sync` is type I (no number, host only), `empty` type II (the register has
 * executed nothing yet), `message` type III.
 */
export type Frame2 =
  | { readonly kind: 'sync' }
  | { readonly kind: 'empty'; readonly number: number }
  | { readonly kind: 'message'; readonly number: number; readonly payload: Uint8Array }

export type Taken2 =
  | {
      readonly kind: 'frame'
      readonly frame: Frame2
      readonly rest: Uint8Array
      readonly noise: number
    }
  | { readonly kind: 'incomplete' | 'garbled'; readonly rest: Uint8Array; readonly noise: number }

/** Takes one frame from the front of `buffer`, its leading 8F included. */
export function takeFrame2(buffer: Uint8Array): Taken2 {
  const start = buffer.indexOf(START)
  if (start < 0) return { kind: 'incomplete', rest: new Uint8Array(), noise: buffer.length }
  const after = buffer.subarray(start + 1)
  const body = takeBody(after)
  if (body.kind === 'frame')
    return { kind: 'frame', frame: body.frame, rest: after.subarray(body.used), noise: start }
  if (body.kind === 'garbled') return { kind: 'garbled', rest: after, noise: start + 1 }
  return { kind: 'incomplete', rest: buffer.subarray(start), noise: start }
}

/** Reads a frame whose leading 8F a log has left out; null unless all of `bytes` is exactly one valid frame. */
export function readBody(bytes: Uint8Array): Frame2 | null {
  const body = takeBody(bytes)
  return body.kind === 'frame' && body.used === bytes.length ? body.frame : null
}

/** Where on the wire the n-th byte of a frame's plain body stands; one behind the last gives the frame's length. */
export function positionsIn(frame: Uint8Array): (at: number) => number {
  const positions: number[] = []
  for (let at = frame[0] === START ? 1 : 0; at < frame.length; at += frame[at] === ESCAPE ? 2 : 1)
    positions.push(at)
  return (at) => positions[at] ?? frame.length
}

type Body = { kind: 'frame'; frame: Frame2; used: number } | { kind: 'incomplete' | 'garbled' }

function takeBody(stuffed: Uint8Array): Body {
  const plain: number[] = []
  for (let at = 0; at < stuffed.length; at++) {
    const byte = unstuffed(stuffed, at)
    if (byte === 'cut') return { kind: 'incomplete' }
    if (byte === 'bad') return { kind: 'garbled' }
    if (stuffed[at] === ESCAPE) at++
    plain.push(byte)
    const length = (plain[0] ?? 0) + (plain[1] ?? 0) * 256
    if (plain.length < 2) continue
    if (length === 1 || length > longestBody) return { kind: 'garbled' }
    if (plain.length === length + 4) return checked(Uint8Array.from(plain), at + 1)
  }
  return { kind: 'incomplete' }
}

function unstuffed(bytes: Uint8Array, at: number): number | 'cut' | 'bad' {
  const byte = bytes[at] ?? 0
  if (byte === START) return 'bad'
  if (byte !== ESCAPE) return byte
  const next = bytes[at + 1]
  if (next === undefined) return 'cut'
  return next === escapedStart ? START : next === escapedEscape ? ESCAPE : 'bad'
}

function checked(plain: Uint8Array, used: number): Body {
  const body = plain.subarray(0, -2)
  const crc = crc16(body)
  if (plain.at(-2) !== (crc & 0xff) || plain.at(-1) !== crc >> 8) return { kind: 'garbled' }
  if (body.length === 2) return { kind: 'frame', frame: { kind: 'sync' }, used }
  const number = (body[2] ?? 0) + (body[3] ?? 0) * 256
  if (body.length === 4) return { kind: 'frame', frame: { kind: 'empty', number }, used }
  return { kind: 'frame', frame: { kind: 'message', number, payload: body.slice(4) }, used }
}

/** Wraps a frame for the wire, leading 8F and stuffing included. */
export function wrapFrame2(frame: Frame2): Uint8Array {
  const inner =
    frame.kind === 'sync'
      ? new Uint8Array()
      : concat(word(frame.number), frame.kind === 'message' ? frame.payload : new Uint8Array())
  if (frame.kind === 'message' && (frame.payload.length < 1 || inner.length > longestBody))
    throw new RangeError(`a frame of ${frame.payload.length} bytes cannot be wrapped`)
  const body = concat(word(inner.length), inner)
  return Uint8Array.of(START, ...stuff(concat(body, word(crc16(body)))))
}

function word(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8)
}

function* stuff(bytes: Uint8Array): Generator<number> {
  for (const byte of bytes)
    if (byte === START) yield* [ESCAPE, escapedStart]
    else if (byte === ESCAPE) yield* [ESCAPE, escapedEscape]
    else yield byte
}

/** CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected. `123456789` gives 29B1. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return crc
}
