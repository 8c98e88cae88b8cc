/**
 * Finds the frames of a recorded talk: v1 frames and control bytes, v2 frames with or without their leading 8F
 * (some drivers log it apart), bare payloads that stand alone on a line. Frames may be cut over several pieces or
 * glued in one. What belongs to nothing is reported as noise, so that every byte of the talk is accounted for.
 */
import { concat, toHex } from '../bytes.ts'
import type { Explained, Private, TalkPiece } from '../contract.ts'
import { ACK, ENQ, lrc, NAK, STRAY, STX, takeFrame } from './frame.ts'
import { type Frame2, positionsIn, readBody, START, takeFrame2 } from './frame2.ts'
import { looksLikePayload, type Meaning, meaningOf } from './meaning.ts'
import type { Hidden } from './private.ts'
import { opcodeName, readOpcode } from './wire.ts'

type Way = TalkPiece['way']

/** Explains every frame of a talk in its order. Pure; takes any bytes. */
export function explain(talk: readonly TalkPiece[]): Explained[] {
  const found: Explained[] = []
  let begun: { way: Way; bytes: Uint8Array } = { way: null, bytes: new Uint8Array() }
  for (const { way, bytes } of talk) {
    if (bytes.length === 0) continue
    // A frame that the other side interrupts is not continued behind it.
    // One by one: a whole log in one piece holds more frames than a call may have arguments.
    if (way !== begun.way) for (const cut of cutFrames(begun.bytes, begun.way)) found.push(cut)
    const before = way === begun.way ? begun.bytes : new Uint8Array()
    const alone = before.length === 0 ? explainPiece(bytes, way) : null
    const scanned =
      alone === null ? scan(concat(before, bytes), way, false) : { found: [alone], rest: new Uint8Array() }
    for (const one of scanned.found) found.push(one)
    begun = { way, bytes: scanned.rest }
  }
  return [...found, ...cutFrames(begun.bytes, begun.way)]
}

/** A whole piece that is a v2 frame without its 8F, or a payload without any frame. */
function explainPiece(bytes: Uint8Array, way: Way): Explained | null {
  const frame2 = readBody(bytes)
  if (frame2 !== null) return explainFrame2(frame2, bytes, way)
  const first = bytes[0]
  if (first === STX || first === START || !looksLikePayload(bytes, way)) return null
  const { hidden, ...meaning } = meaningOf(bytes, way)
  // It may as well be a part of something else: nothing of it is known to be harmless.
  const all: Private = { bytes: [[0, bytes.length]], fields: Object.keys(meaning.fields) }
  return { way, frame: toHex(bytes), ok: true, ...meaning, private: all }
}

interface Scanned {
  readonly found: readonly Explained[]
  /** The beginning of a frame that is not whole yet. */
  readonly rest: Uint8Array
}

/** Takes everything that is whole off the front; at the `end` of what one side said, all of it. */
function scan(bytes: Uint8Array, way: Way, end: boolean): Scanned {
  const found: Explained[] = []
  let rest = bytes
  while (rest.length > 0) {
    const next = scanOne(rest, way, end)
    if (next === null) break
    found.push(next.explained)
    rest = rest.subarray(next.length)
  }
  return { found, rest }
}

function cutFrames(bytes: Uint8Array, way: Way): readonly Explained[] {
  return scan(bytes, way, true).found
}

interface One {
  readonly explained: Explained
  /** How many bytes it takes; at least one. */
  readonly length: number
}

/** What the first bytes are; null when more have to come first. */
function scanOne(bytes: Uint8Array, way: Way, end: boolean): One | null {
  const [first] = bytes
  if (first === STX) return scanFrame(bytes, way, end)
  if (first === START) return scanFrame2(bytes, way, end)
  const control = controls.get(first ?? 0)
  if (control !== undefined) return { explained: plain(bytes.subarray(0, 1), way, control), length: 1 }
  const noise = bytes.findIndex((byte) => byte === STX || byte === START || controls.has(byte))
  return noiseOf(bytes.subarray(0, noise < 0 ? bytes.length : noise), way, 'noise: no frame begins here')
}

const controls: ReadonlyMap<number, string> = new Map([
  [ENQ, 'ENQ: the host asks for the state of the talk'],
  [ACK, 'ACK'],
  [NAK, 'NAK'],
  [STRAY, 'stray FF of RNDIS models, to be skipped'],
])

function scanFrame(bytes: Uint8Array, way: Way, end: boolean): One | null {
  const taken = takeFrame(bytes)
  if (taken.kind === 'frame' && taken.noise === 0) {
    const length = taken.payload.length + 3
    const frame = toHex(bytes.subarray(0, length))
    const { hidden, ...meaning } = meaningOf(taken.payload, way)
    const secret = privateOf(hidden, (at) => at + 2, [length - 1, length])
    return { explained: { way, frame, ok: true, ...meaning, ...secret }, length }
  }
  if (taken.kind === 'incomplete' && !end) return null
  if (bytes[1] === 0) return noiseOf(bytes.subarray(0, 2), way, 'noise: a frame cannot be empty')
  const span = bytes.subarray(0, Math.min(bytes.length, 3 + (bytes[1] ?? 0)))
  // The length may be the damaged byte: if a whole frame begins inside, only what stands before it is lost.
  const inner = innerFrame(bytes, span.length)
  if (inner > 0)
    return noiseOf(bytes.subarray(0, inner), way, 'noise: the beginning of a frame that never ended')
  const problem = taken.kind === 'incomplete' ? cutProblem(bytes) : lrcProblem(span)
  return { explained: { ...broken(span, way, span.subarray(2)), problem }, length: span.length }
}

/** The checksum goes with what it is made of: it tells a single hidden byte, and lets the others be tried out. */
function privateOf(
  { bytes, fields }: Hidden,
  onWire: (at: number) => number,
  checksum: readonly [number, number],
): { private?: Private } {
  if (bytes.length === 0 && fields.length === 0) return {}
  const ranges = bytes.map(([from, to]) => [onWire(from), onWire(to)] as const)
  return { private: { bytes: [...ranges, checksum], fields } }
}

function innerFrame(bytes: Uint8Array, before: number): number {
  for (let at = 1; at < before; at++) {
    if (bytes[at] !== STX) continue
    const taken = takeFrame(bytes.subarray(at))
    if (taken.kind === 'frame' && taken.noise === 0) return at
  }
  return -1
}

function cutProblem(bytes: Uint8Array): string {
  const length = bytes[1]
  return length === undefined ? 'cut: nothing follows STX' : `cut: ${bytes.length} of ${length + 3} bytes`
}

function lrcProblem(span: Uint8Array): string {
  const right = lrc(span.subarray(1, -1))
  return `LRC is ${opcodeName(span.at(-1) ?? 0)} and should be ${opcodeName(right)}`
}

function scanFrame2(bytes: Uint8Array, way: Way, end: boolean): One | null {
  const taken = takeFrame2(bytes)
  if (taken.kind === 'frame') {
    const length = bytes.length - taken.rest.length
    return { explained: explainFrame2(taken.frame, bytes.subarray(0, length), way), length }
  }
  if (taken.kind === 'incomplete' && !end) return null
  const next = bytes.indexOf(START, 1)
  const span = bytes.subarray(0, next < 0 ? bytes.length : next)
  const problem =
    taken.kind === 'incomplete' ? 'cut: the frame has no end' : 'length, stuffing or CRC16 is wrong'
  return { explained: { ...broken(span, way, span.subarray(5)), problem }, length: span.length }
}

function explainFrame2(frame: Frame2, bytes: Uint8Array, way: Way): Explained {
  if (frame.kind === 'sync') return plain(bytes, way, 'v2 synchronisation')
  const { number } = frame
  if (frame.kind === 'empty')
    return { ...plain(bytes, way, 'v2: nothing executed yet'), fields: { frameNumber: number } }
  const { hidden, ...meaning }: Meaning = meaningOf(frame.payload, way)
  const at = positionsIn(bytes)
  // Length and number, two bytes each, stand before the payload.
  const checksum = at(4 + frame.payload.length)
  return {
    way,
    frame: toHex(bytes),
    ok: true,
    ...meaning,
    ...privateOf(hidden, (from) => at(4 + from), [checksum, bytes.length]),
    fields: { ...meaning.fields, frameNumber: number },
  }
}

function plain(bytes: Uint8Array, way: Way, name: string): Explained {
  return { way, frame: toHex(bytes), ok: true, command: null, name, error: null, fields: {}, problem: null }
}

/** A damaged frame: only its opcode is worth naming. All but its first byte may be anything. */
function broken(span: Uint8Array, way: Way, payload: Uint8Array): Explained {
  const code = readOpcode(payload)
  const { name } = meaningOf(payload, way)
  const command = code === null ? null : opcodeName(code)
  const secret: Private = { bytes: [[1, span.length]], fields: [] }
  const frame = toHex(span)
  return { way, frame, ok: false, command, name, error: null, fields: {}, problem: null, private: secret }
}

function noiseOf(bytes: Uint8Array, way: Way, problem: string): One {
  const secret: Private = { bytes: [[0, bytes.length]], fields: [] }
  const explained = { ...plain(bytes, way, ''), ok: false, name: null, problem, private: secret }
  return { explained, length: bytes.length }
}
