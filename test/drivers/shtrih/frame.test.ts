import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat } from '../../../drivers/bytes.ts'
import { longestFrame, lrc, STX, takeFrame, wrapFrame } from '../../../drivers/shtrih/frame.ts'
import { crc16, readBody, takeFrame2, wrapFrame2 } from '../../../drivers/shtrih/frame2.ts'
import { bytesOf, captured } from './captures.ts'

const payloads = fc.uint8Array({ minLength: 1, maxLength: 255 })

describe('v1 frames', () => {
  const frames = captured.filter(({ layer }) => layer === 'v1-frame').map(({ hex }) => bytesOf(hex))

  it('unwraps and wraps again every captured frame to the same bytes', () => {
    expect(frames.length).toBeGreaterThan(20)
    for (const frame of frames) {
      const taken = takeFrame(frame)
      expect(taken).toMatchObject({ kind: 'frame', noise: 0 })
      if (taken.kind === 'frame') expect(wrapFrame(taken.payload)).toEqual(frame)
    }
  })

  it('takes any payload out of what wraps it, with the bytes behind it as the rest', () => {
    fc.assert(
      fc.property(payloads, fc.uint8Array({ maxLength: 9 }), (payload, behind) => {
        expect(takeFrame(concat(wrapFrame(payload), behind))).toEqual({
          kind: 'frame',
          payload,
          rest: behind,
          noise: 0,
        })
      }),
    )
  })

  it('asks for more at every cut of a frame', () => {
    for (const frame of frames)
      for (let end = 0; end < frame.length; end++)
        expect(takeFrame(frame.subarray(0, end)).kind).toBe('incomplete')
  })

  it('counts the noise before a frame', () => {
    const noise = fc.uint8Array({ maxLength: 30 }).map((bytes) => bytes.filter((byte) => byte !== STX))
    fc.assert(
      fc.property(noise, payloads, (before, payload) => {
        const taken = takeFrame(concat(before, wrapFrame(payload)))
        expect(taken).toMatchObject({ kind: 'frame', payload, noise: before.length })
      }),
    )
  })

  it('never believes a frame with one bit wrong, and steps over its STX alone', () => {
    const frame = bytesOf('02 06 FF 01 1E 00 00 00 E6')
    for (let bit = 16; bit < frame.length * 8; bit++) {
      const damaged = frame.slice()
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(takeFrame(damaged)).toEqual({ kind: 'garbled', rest: damaged.subarray(1), noise: 1 })
    }
  })

  it('holds back no more than the longest frame, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        let rest: Uint8Array = bytes
        for (let left = bytes.length + 1; left > 0; left--) {
          const taken = takeFrame(rest)
          rest = taken.rest
          if (taken.kind === 'incomplete') break
        }
        expect(rest.length).toBeLessThan(longestFrame)
      }),
    )
  })

  it('refuses to wrap an empty or an overlong payload', () => {
    expect(() => wrapFrame(new Uint8Array())).toThrow(RangeError)
    expect(() => wrapFrame(new Uint8Array(256))).toThrow(RangeError)
    expect(lrc(bytesOf('06 FF 01 1E 00 00 00'))).toBe(0xe6)
  })
})

describe('v2 frames', () => {
  const frames = captured
    .filter(({ layer }) => layer.startsWith('v2-frame'))
    .map(({ layer, hex }) => bytesOf(layer === 'v2-frame' ? hex : `8F ${hex}`))

  it('unwraps and wraps again every captured frame to the same bytes', () => {
    expect(frames.length).toBeGreaterThan(20)
    for (const bytes of frames) {
      const taken = takeFrame2(bytes)
      expect(taken.kind).toBe('frame')
      if (taken.kind === 'frame') expect(wrapFrame2(taken.frame)).toEqual(bytes)
      expect(readBody(bytes.subarray(1))).toEqual(taken.kind === 'frame' ? taken.frame : 'a frame')
    }
  })

  it('takes any message out of what wraps it, stuffing and all', () => {
    const dense = fc.array(fc.constantFrom(0x8f, 0x9f, 0x81, 0x83, 0), { minLength: 1, maxLength: 60 })
    const payload = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      dense.map((all) => Uint8Array.from(all)),
    )
    fc.assert(
      fc.property(payload, fc.integer({ min: 0, max: 0xffff }), (bytes, number) => {
        const frame = { kind: 'message', number, payload: bytes } as const
        const wire = wrapFrame2(frame)
        expect(takeFrame2(wire)).toEqual({ kind: 'frame', frame, rest: new Uint8Array(), noise: 0 })
        for (let end = 0; end < wire.length; end += 7)
          expect(takeFrame2(wire.subarray(0, end)).kind).toBe('incomplete')
      }),
    )
  })

  it('never believes a message with one bit wrong', () => {
    const bit = fc.nat(8 * 46)
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), bit, (payload, at) => {
        const frame = { kind: 'message', number: 7, payload } as const
        const wire = wrapFrame2(frame)
        const place = (at >> 3) % wire.length
        wire[place] = (wire[place] ?? 0) ^ (1 << (at & 7))
        const taken = takeFrame2(wire)
        expect(taken.kind === 'frame' && taken.frame.kind === 'message').toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('knows the synchronisation frames and the checksum of the specification', () => {
    expect(wrapFrame2({ kind: 'sync' })).toEqual(bytesOf('8F 00 00 0F 1D'))
    expect(wrapFrame2({ kind: 'empty', number: 1 })).toEqual(bytesOf('8F 02 00 01 00 99 5A'))
    expect(takeFrame2(bytesOf('8F 02 00 01 00 99 5A'))).toMatchObject({ frame: { kind: 'empty', number: 1 } })
    expect(takeFrame2(bytesOf('8F 03 00 9F 81 00 FC 26 C6'))).toMatchObject({ frame: { number: 0x8f } })
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x29b1)
    expect(crc16(bytesOf('00 00'))).toBe(0x1d0f)
  })

  it('finds the next frame behind bad stuffing, a raw 8F and a length of one', () => {
    for (const bad of ['8F 08 9F 00', '8F 08 00 8F', '8F 01 00 00 00 00'])
      expect(takeFrame2(bytesOf(bad))).toMatchObject({ kind: 'garbled', noise: 1 })
  })

  it('takes any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(['frame', 'incomplete', 'garbled']).toContain(takeFrame2(bytes).kind)
      }),
    )
  })
})
