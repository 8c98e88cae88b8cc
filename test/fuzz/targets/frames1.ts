/** v1 frames: whatever the bytes, exactly the frames that are there. */
import { concat } from '../../../drivers/bytes.ts'
import { takeFrame, wrapFrame } from '../../../drivers/shtrih/frame.ts'
import { hexUnder, textOf } from '../fixtures.ts'
import { ownLrc, v1FrameAt } from '../own.ts'
import { must, type Target } from '../target.ts'

export const frames1: Target = {
  name: 'frames1',
  main: 'drivers/shtrih/frame.js',
  longest: 330,
  shape: 'bytes',
  *seeds() {
    yield Uint8Array.of(0x02, 0x05, 0x10, 0x1e, 0, 0, 0, 0x0b)
    yield concat(Uint8Array.of(0x06), wrapFrame(new Uint8Array(255).fill(0x02)))
    for (const bytes of hexUnder('hex', textOf('test/fixtures/shtrih/captures.json')))
      if (bytes.length > 0 && bytes.length < 256) yield bytes[0] === 0x02 ? bytes : wrapFrame(bytes)
  },
  repair: mendLrc,
  run(input) {
    readAll(input)
    if (input.length > 0 && input.length < 256) wrapsBack(input)
  },
}

/** Every STX that begins something of its length gets the right LRC, the first first. */
export function mendLrc(input: Uint8Array): Uint8Array | null {
  const copy = input.slice()
  let mended = false
  for (let at = copy.indexOf(0x02); at >= 0; at = copy.indexOf(0x02, at + 1)) {
    const end = at + 2 + (copy[at + 1] ?? 0)
    if (end === at + 2 || end >= copy.length) continue
    copy[end] = ownLrc(copy.subarray(at + 1, end))
    mended = true
    at = end
  }
  return mended ? copy : null
}

function readAll(input: Uint8Array): void {
  let rest = input
  for (;;) {
    const start = rest.indexOf(0x02)
    const length = start < 0 ? 0 : v1FrameAt(rest, start)
    const taken = takeFrame(rest)
    if (taken.kind === 'frame') {
      must(length > 0, 'a frame was taken whose checksum or length is wrong')
      const wire = rest.subarray(start, start + length)
      must(Buffer.compare(wrapFrame(taken.payload), wire) === 0, 'decode and encode are not the same')
      must(taken.noise === start, 'the noise before the frame is miscounted')
      must(taken.rest.length === rest.length - start - length, 'what is behind the frame is miscounted')
    } else {
      must(length === 0, 'a whole frame was not taken')
      must(start >= 0 || taken.rest.length === 0, 'noise without STX was kept')
      must(taken.noise + taken.rest.length === rest.length, 'bytes were lost')
    }
    if (taken.kind === 'incomplete') return
    must(taken.rest.length < rest.length, 'the reader stands still')
    rest = taken.rest
  }
}

function wrapsBack(payload: Uint8Array): void {
  const taken = takeFrame(wrapFrame(payload))
  must(taken.kind === 'frame' && taken.rest.length === 0, 'what was wrapped is no frame')
  must(Buffer.compare(taken.payload, payload) === 0, 'what was wrapped comes out otherwise')
}
