/** v2 frames and their stuffing: encode and decode are each other's reverse, and no frame has a wrong CRC. */
import { type Frame2, readBody, takeFrame2, wrapFrame2 } from '../../../drivers/shtrih/frame2.ts'
import { hexUnder, textOf } from '../fixtures.ts'
import { v2FrameAt, v2Wrap } from '../own.ts'
import { must, type Target } from '../target.ts'

export const frames2: Target = {
  name: 'frames2',
  main: 'drivers/shtrih/frame2.js',
  longest: 260,
  shape: 'bytes',
  *seeds() {
    yield wrapFrame2({ kind: 'sync' })
    yield wrapFrame2({ kind: 'empty', number: 0x8f9f })
    yield wrapFrame2({ kind: 'message', number: 2, payload: Uint8Array.of(0x10, 0x8f, 0x9f, 0x81, 0x83) })
    yield wrapFrame2({ kind: 'message', number: 7, payload: new Uint8Array(90).fill(0x9f) })
    for (const bytes of hexUnder('hex', textOf('test/fixtures/shtrih/captures.json')))
      if (bytes[0] === 0x8f) yield bytes
  },
  words: [
    Uint8Array.of(0x8f),
    Uint8Array.of(0x9f, 0x81),
    Uint8Array.of(0x9f, 0x83),
    Uint8Array.of(0x8f, 0, 0),
  ],
  repair: mendCrc,
  run(input) {
    readAll(input)
    wrapsBack(input)
  },
}

/** The first frame by its START gets the right length, CRC and stuffing; what is behind it stays. */
export function mendCrc(input: Uint8Array): Uint8Array | null {
  const start = input.indexOf(0x8f)
  if (start < 0) return null
  const inner: number[] = []
  let at = start + 1
  for (; at < input.length && input[at] !== 0x8f; at++) {
    const escaped = input[at] === 0x9f && (input[at + 1] === 0x81 || input[at + 1] === 0x83)
    inner.push(escaped ? (input[at + 1] === 0x81 ? 0x8f : 0x9f) : (input[at] ?? 0))
    if (escaped) at++
  }
  // Without what stood where the CRC is.
  const data = inner.slice(2, Math.max(2, inner.length - 2))
  const wire = v2Wrap(Uint8Array.of(data.length & 0xff, data.length >> 8, ...data))
  return new Uint8Array(Buffer.concat([input.subarray(0, start), wire, input.subarray(at)]))
}

function readAll(input: Uint8Array): void {
  let rest = input
  for (;;) {
    const start = rest.indexOf(0x8f)
    const own = start < 0 ? null : v2FrameAt(rest, start)
    const taken = takeFrame2(rest)
    if (taken.kind === 'frame') {
      must(own !== null, 'a frame was taken whose checksum, length or stuffing is wrong')
      const wire = rest.subarray(start, own.end)
      must(Buffer.compare(wrapFrame2(taken.frame), wire) === 0, 'decode and encode are not the same')
      must(taken.noise === start, 'the noise before the frame is miscounted')
      must(taken.rest.length === rest.length - own.end, 'what is behind the frame is miscounted')
      must(readBody(wire.subarray(1)) !== null, 'without its 8F it is no frame any more')
    } else {
      must(own === null, 'a whole frame was not taken')
      must(taken.noise + taken.rest.length === rest.length, 'bytes were lost')
    }
    if (taken.kind === 'incomplete') return
    must(taken.rest.length < rest.length, 'the reader stands still')
    rest = taken.rest
  }
}

function wrapsBack(input: Uint8Array): void {
  const number = (input[0] ?? 0) + (input[1] ?? 0) * 256
  const payload = input.subarray(2)
  const frame: Frame2 =
    payload.length === 0 ? { kind: 'empty', number } : { kind: 'message', number, payload }
  const wire = wrapFrame2(frame)
  const own = v2FrameAt(wire, 0)
  must(own !== null && own.end === wire.length, 'what was wrapped is no frame')
  must(wire.indexOf(0x8f, 1) < 0, 'the start byte stands inside a frame')
  const taken = takeFrame2(wire)
  must(taken.kind === 'frame' && taken.frame.kind === frame.kind, 'what was wrapped comes out otherwise')
  if (taken.frame.kind === 'message')
    must(
      taken.frame.number === number && Buffer.compare(taken.frame.payload, payload) === 0,
      'number or payload come out otherwise',
    )
}
