import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromHex, toHex } from '../../../drivers/bytes.ts'
import { startUart, uartSettings } from '../../../drivers/transport/cp2110.ts'
import { atFullSize, type Framing, fromReport, toReports } from '../../../drivers/transport/hidreports.ts'

interface Vector {
  readonly id: string
  readonly direction: 'host>device' | 'device>host'
  readonly hex: string
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../fixtures/hid/ch9329.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array()
const ch9329: Framing = { kind: 'len', report: 64, reportId: null }

describe('reports of a CH9329', () => {
  test.each(vectors.filter(({ direction }) => direction === 'host>device'))('are written: $id', ({ hex }) => {
    const data = bytes(hex).subarray(1)
    expect(toReports(ch9329, data).map(toHex)).toEqual([`00${hex}${'00'.repeat(63 - data.length)}`])
  })

  test.each(vectors)('are read, padded to 64 or not: $id', ({ hex }) => {
    const padded = bytes(hex + 'ee'.repeat(64 - hex.length / 2))
    for (const report of [bytes(hex), padded]) expect(toHex(fromReport(ch9329, report))).toBe(hex.slice(2))
  })
})

test.each<[string, Framing, string, string[]]>([
  ['id-len, one byte', { kind: 'id-len' }, '05', ['0105']],
  ['id-len, 64 bytes', { kind: 'id-len' }, 'ab'.repeat(64), [`3f${'ab'.repeat(63)}`, '01ab']],
  ['len', { kind: 'len', report: 4, reportId: null }, '01020304', ['0003010203', '0001040000']],
  ['len, numbered', { kind: 'len', report: 4, reportId: 7 }, '0102', ['0702010200']],
  ['raw', { kind: 'raw', report: 3, reportId: null, padding: 0xff }, '01020304', ['00010203', '0004ffff']],
  ['raw, numbered', { kind: 'raw', report: 3, reportId: 9, padding: 0 }, '01', ['09010000']],
  ['nothing', { kind: 'raw', report: 3, reportId: null, padding: 0 }, '', []],
])('bytes become reports: %s', (_what, framing, hex, reports) => {
  expect(toReports(framing, bytes(hex)).map(toHex)).toEqual(reports)
})

test.each<[string, Framing, string, string]>([
  ['an empty one', { kind: 'id-len' }, '', ''],
  ['id 0', { kind: 'id-len' }, '00aabb', ''],
  ['an id that is no length', { kind: 'id-len' }, '420102', ''],
  ['the highest length', { kind: 'id-len' }, `3f${'aa'.repeat(63)}`, 'aa'.repeat(63)],
  ['one that is cut', { kind: 'id-len' }, '05aabb', 'aabb'],
  ['one that is too long', { kind: 'id-len' }, '01aabb', 'aa'],
  ['an empty one', ch9329, '', ''],
  ['a count of 0', ch9329, '00ffff', ''],
  ['a count of more than came', ch9329, 'ffaabb', 'aabb'],
  ['the own id', { kind: 'len', report: 4, reportId: 7 }, '0702aabb', 'aabb'],
  ['the own id and no more', { kind: 'len', report: 4, reportId: 7 }, '07', ''],
  ['a foreign id', { kind: 'len', report: 4, reportId: 7 }, '0802aabb', ''],
  [
    'padding that may be data',
    { kind: 'raw', report: 4, reportId: null, padding: 0 },
    '06000000',
    '06000000',
  ],
  ['a short one', { kind: 'raw', report: 4, reportId: null, padding: 0 }, '06', '06'],
  [
    'one that is longer than told',
    { kind: 'raw', report: 2, reportId: null, padding: 0 },
    '0102030405',
    '0102030405',
  ],
  ['a foreign id', { kind: 'raw', report: 4, reportId: 1, padding: 0 }, '02aabb', ''],
])('a report becomes bytes: %s (%o)', (_what, framing, hex, data) => {
  expect(toHex(fromReport(framing, bytes(hex)))).toBe(data)
})

test('a device that refuses short reports is given 64 bytes, the count unchanged', () => {
  expect(toHex(atFullSize(bytes('0105')))).toBe(`0105${'00'.repeat(62)}`)
  expect(atFullSize(bytes(`3f${'aa'.repeat(63)}`))).toHaveLength(64)
})

const id = fc.option(fc.integer({ min: 1, max: 255 }))
const framing: fc.Arbitrary<Framing> = fc.oneof(
  fc.constant<Framing>({ kind: 'id-len' }),
  fc.record({ kind: fc.constant('len' as const), report: fc.integer({ min: 2, max: 256 }), reportId: id }),
  fc.record({
    kind: fc.constant('raw' as const),
    report: fc.integer({ min: 1, max: 1024 }),
    reportId: id,
    padding: fc.integer({ min: 0, max: 255 }),
  }),
)

test('what was put into reports comes out of them, in order, whatever the framing', () => {
  fc.assert(
    fc.property(framing, fc.uint8Array({ maxLength: 700 }), (how, data) => {
      const arriving = toReports(how, data).map((report) => {
        const numbered = how.kind === 'id-len' || how.reportId !== null
        return fromReport(how, numbered ? report : report.subarray(1))
      })
      const whole = concat(...arriving)
      expect(toHex(whole.subarray(0, data.length))).toBe(toHex(data))
      const rest = whole.subarray(data.length)
      expect([...rest].filter((byte) => how.kind !== 'raw' || byte !== how.padding)).toEqual([])
    }),
  )
})

test('any report at all becomes at most its own bytes, never a crash', () => {
  fc.assert(
    fc.property(framing, fc.uint8Array({ maxLength: 80 }), (how, report) => {
      expect(fromReport(how, report).length).toBeLessThanOrEqual(report.length)
    }),
  )
})

describe('the serial port of a CP2110', () => {
  test.each([
    [115_200, '500001c20000000300'],
    [57_600, '500000e10000000300'],
    [9_600, '500000258000000300'],
    [1_000_000, '50000f424000000300'],
  ])('at %i 8N1 is set by %s', (baud, hex) => {
    expect(toHex(uartSettings(baud))).toBe(hex)
  })

  const started = async (found: string) => {
    const sent: string[] = []
    await startUart(
      {
        send: (report) => {
          sent.push(toHex(report))
          return Promise.resolve()
        },
        get: (number, length) => {
          sent.push(`? ${number.toString(16)} ${length}`)
          return Promise.resolve(bytes(found))
        },
      },
      115_200,
    )
    return sent
  }

  test('is set, read back, switched on and emptied, in that order', async () => {
    const talk = ['500001c20000000300', '? 50 9', '4101', '4303']
    expect(await started('500001c20000000300')).toEqual(talk)
  })

  test('may tell the rate that its divider makes', async () => {
    expect(await started('500001c3bb00000300')).toHaveLength(4)
  })

  test.each([
    ['another rate', '500000258000000300'],
    ['a parity bit', '500001c20001000300'],
    ['flow control', '500001c20000010300'],
    ['7 data bits', '500001c20000000200'],
    ['2 stop bits', '500001c20000000301'],
    ['another report', '420001c20000000300'],
    ['too little', '500001c2000000'],
    ['nothing', ''],
  ])('with %s in force is not switched on', async (_what, found) => {
    await expect(started(found)).rejects.toThrow('500001c20000000300 were sent')
  })
})
