import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat } from '../../drivers/bytes.ts'
import { type Expected, judgeDocument } from '../../drivers/completeness.ts'
import { body, number, portionsOf } from './shtrih/benchdocument.ts'

const expected: Expected = {
  number,
  storage: '9289000100087745',
  sign: '4146547960',
  minute: '2018-10-30T08:49',
  total: 15_900,
  receipt: true,
  type: 3,
}
const portions = portionsOf(body)
const without = (tag: number) =>
  Uint8Array.from(
    portions.filter(([low = 0, high = 0]) => low + high * 256 !== tag).flatMap((portion) => [...portion]),
  )

describe('judgeDocument', () => {
  it('finds nothing wrong with the whole document', () => {
    expect(judgeDocument(body, expected)).toEqual({
      wrong: null,
      odd: [],
      addsUp: true,
      lacks: [],
      storage: '9289000100087745',
    })
  })

  it('compares nothing that is not known', () => {
    const unknown = { ...expected, storage: null, sign: null, minute: null, total: null }
    expect(judgeDocument(body, unknown).wrong).toBeNull()
  })

  it.each([1040, 1012, 1077, 1020])('misses tag %i', (tag) => {
    expect(judgeDocument(without(tag), expected).wrong).toBe(`it lacks tags ${tag}`)
  })

  it.each([1037, 1041, 1038, 1042, 1054, 1055, 1059])('notes that a receipt lacks tag %i', (tag) => {
    expect(judgeDocument(without(tag), expected).lacks).toEqual([tag])
  })

  it('wants a total of receipts only', () => {
    expect(judgeDocument(without(1020), { ...expected, total: null, receipt: false }).wrong).toBeNull()
  })

  it('finds every cut, wherever it is, but between two elements', () => {
    let end = 0
    const ends = portions.map((portion) => (end += portion.length))
    for (let cut = 1; cut < body.length; cut++)
      if (!ends.includes(cut)) expect(judgeDocument(body.subarray(0, cut), expected).wrong).toContain('cut')
  })

  it.each<[string, Partial<Expected>]>([
    ['number', { number: 1 }],
    ['sign', { sign: '1' }],
    ['drive', { storage: '9289000100087746' }],
  ])('does not take a document of another %s', (_what, change) => {
    expect(judgeDocument(body, { ...expected, ...change }).wrong).not.toBeNull()
  })

  it.each<[string, Partial<Expected>]>([
    ['minute', { minute: '2018-10-30T08:50' }],
    ['total', { total: 15_901 }],
  ])('finds another %s odd', (_what, change) => {
    expect(judgeDocument(body, { ...expected, ...change })).toMatchObject({
      wrong: null,
      odd: [expect.any(String)],
    })
  })

  describe('with lines', () => {
    const u16 = (value: number) => [value & 0xff, value >> 8]
    const element = (tag: number, value: readonly number[]) => [...u16(tag), ...u16(value.length), ...value]
    const line = (sum: number, tag = 1059) => element(tag, element(1043, [...u16(sum), 0]))
    const withLines = (...lines: readonly (readonly number[])[]) =>
      Uint8Array.from([...without(1059), ...lines.flat()])

    it.each([
      ['add up', [line(15_000), line(900)]],
      ['were rounded down to whole roubles', [line(15_000), line(999)]],
      ['were taken back in part', [line(16_000), line(100, 1071)]],
      ['are none', []],
    ])('has nothing against lines that %s', (_what, lines) => {
      expect(judgeDocument(withLines(...lines), expected)).toMatchObject({ wrong: null, odd: [] })
    })

    it.each([
      ['came twice in place of the next', [line(15_000), line(15_000)]],
      ['is missing', [line(15_000)]],
      ['was rounded by a whole rouble', [line(15_000), line(1_000)]],
      ['is cut inside', [line(15_000), element(1059, [0x13, 0x04, 9, 0, 1])]],
      [
        'has a sum that no register writes',
        [line(15_900), element(1059, element(1043, [0, 0, 0, 0, 0, 0, 1]))],
      ],
    ])('wants a second reading when a line %s', (_what, lines) => {
      expect(judgeDocument(withLines(...lines), expected)).toMatchObject({
        wrong: null,
        odd: [expect.any(String)],
      })
    })
  })

  it('wants a second reading when the total is none that a register writes', () => {
    const huge = Uint8Array.from([0xfc, 0x03, 7, 0, 0, 0, 0, 0, 0, 0, 1, ...body])
    expect(judgeDocument(huge, expected)).toMatchObject({
      wrong: null,
      odd: [expect.any(String)],
      addsUp: false,
    })
  })

  it('wants a second reading when a tag came twice alike, as a portion does that came in place of another', () => {
    const cash = portions.find(([low, high]) => low === 0x07 && high === 0x04) ?? new Uint8Array()
    const other = portions.find((portion) => portion.length === cash.length && portion !== cash)
    const replayed = concat(...portions.map((portion) => (portion === cash ? (other ?? cash) : portion)))
    expect(replayed).toHaveLength(body.length)
    expect(judgeDocument(replayed, expected)).toMatchObject({
      wrong: null,
      odd: [expect.stringMatching(/^tag \d+ came twice$/)],
    })
  })

  it('never throws, whatever the bytes', () => {
    const elements = fc.array(
      fc
        .tuple(fc.constantFrom(1012, 1020, 1040, 1041, 1059, 1071, 1077), fc.uint8Array({ maxLength: 12 }))
        .map(([tag, value]) => [tag & 0xff, tag >> 8, value.length, 0, ...value]),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          elements.map((all) => Uint8Array.from(all.flat())),
          fc.uint8Array(),
        ),
        (bytes) => {
          expect(judgeDocument(bytes, expected)).toHaveProperty('wrong')
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
