import { describe, expect, test } from 'vitest'
import type { CodeRules } from '../../../agent/fiscal/coderules.ts'
import { defaultCodeRules } from '../../../agent/fiscal/coderules.ts'
import { type CodeFacts, productCode } from '../../../agent/fiscal/codes.ts'
import { decodeBytes } from '../../../agent/fiscal/decode.ts'
import { readCodeBytes } from '../../../agent/fiscal/marking.ts'
import type { Receipt } from '../../../agent/fiscal/model.ts'
import { bytesOf, codeVectors, documentVector } from './vectors.ts'

const none = { gtin: null, ean: null, article: null, mark: null, raw: null }

/** The codes of a line that holds nothing but `facts`. */
function codeOf(facts: Partial<CodeFacts>, rules: CodeRules = defaultCodeRules) {
  return productCode({ bytes: [], texts: [], shown: null, extra: null, name: null, ...facts }, rules)
}

const from1162 = (hex: string, rules?: CodeRules) => codeOf({ bytes: [bytesOf(hex)] }, rules)
const from1163 = (tag: number, text: string) => codeOf({ texts: [{ tag, text }] })

test.each(codeVectors.flatMap(({ cases }) => cases))('tag 1162 $valueHex from a driver is read', (one) => {
  const { gtin, ean, mark } = readCodeBytes(bytesOf(one.valueHex))
  if (one.gtin14 !== undefined) expect([gtin, mark]).toEqual([one.gtin14, `01${one.gtin14}21${one.rest}`])
  else expect([gtin, ean, mark]).toContain(one.code)
})

test('a marked pack gives its GTIN, its mark without padding, and the value as hex', () => {
  const { lines } = decodeBytes(bytesOf(documentVector('tlv-tobacco-1162-2020').documentHex)) as Receipt
  expect(lines[0]?.code).toEqual({
    ...none,
    gtin: '04606203093267',
    mark: '010460620309326721QHc-s*jAB4U',
    raw: '444d0430771961135148632d732a6a414234552020',
  })
})

test('a GS1 mark of FFD 1.2 gives its GTIN and stands whole as the mark', () => {
  const { lines } = decodeBytes(bytesOf(documentVector('derived-ffd12-return').documentHex)) as Receipt
  const mark = '0104605035006964215OoyE8qxeIOn>'
  expect(lines[0]?.code).toEqual({ ...none, gtin: '04605035006964', mark, raw: mark })
})

describe('tag 1162', () => {
  test.each([
    ['one blank', '20'],
    ['zeros', '00000000'],
    ['nothing', ''],
    ['an EAN of zeros', '450d000000000000'],
    ['an EAN that is cut off', '450d042ff75c'],
    ['an EAN with text behind it', '450d042ff75c767041'],
    ['the digits as text', '34363036323033303933323637'],
    ['the text that a JSON shows', '444d30303034307730303139'],
    ['an unknown code', '000034363036323033303933323637'],
    ['motor fuel by its customs code', '4541000000a1b2c3'],
    ['a type that does not exist', '4909042ff75c7670'],
  ])('%s is survived and yields no code but its hex', (_what, hex) => {
    expect(from1162(hex)).toEqual({ code: { ...none, raw: hex }, problems: [] })
  })

  test('an EAN-13 is its 13 digits, a UPC-A gets its leading zero', () => {
    expect(from1162('450d042ff75c7670').code.ean).toBe('4604060006000')
    expect(from1162(`450d${(36000291452).toString(16).padStart(12, '0')}`).code.ean).toBe('0036000291452')
  })

  test('a UPC-E passes by the check digit of the code it abbreviates', () => {
    expect(from1162(`4508${(4252614).toString(16).padStart(12, '0')}`).code.ean).toBe('04252614')
  })

  test.each(['450d042ff75c7671', '444d042ff75c76714142'])(
    'a wrong check digit in %s is no code and is remarked',
    (hex) => {
      expect(from1162(hex)).toEqual({
        code: { ...none, raw: hex },
        problems: ['the check digit of the code is wrong'],
      })
    },
  )

  test.each(['0001', '0002', '0003', '0004', '0005', '1520'])(
    'the type %s of 2019 is a GTIN and a serial',
    (type) => {
      expect(from1162(`${type}042ff75c76704142`).code).toMatchObject({
        gtin: '04604060006000',
        mark: '010460406000600021AB',
      })
    },
  )

  test('alcohol of EGAIS 2.0 names one copy, not a product', () => {
    const mark = '22N00000XOPN13MM66T0HVF'
    expect(from1162(`c514${Buffer.from(mark).toString('hex')}`).code).toMatchObject({
      gtin: null,
      ean: null,
      mark,
    })
  })
})

describe('tag 1163', () => {
  test.each([
    [1301, '46198488', { ean: '46198488' }],
    [1302, '4604060006000', { ean: '4604060006000' }],
    [1303, '14601234567890', { gtin: '14601234567890' }],
    [1304, '010460406000600021A"B', { gtin: '04604060006000', mark: '010460406000600021A"B' }],
    [1305, '0104604060006000', { gtin: '04604060006000', mark: null }],
    [1306, '04604060006000ABC', { gtin: '04604060006000', mark: '04604060006000ABC' }],
    [1307, 'RU-401301-AAA0277030', { mark: 'RU-401301-AAA0277030' }],
    [1308, '22N00000XOPN13MM66T0HVF', { mark: '22N00000XOPN13MM66T0HVF' }],
    [1309, '13622200005881', { gtin: null, mark: '13622200005881' }],
    [1300, '4604060006000', {}],
    [1325, '4604060006000', {}],
    [1302, 'not digits', {}],
  ])('child %i %s gives what it holds', (tag, text, found) => {
    expect(from1163(tag, text)).toEqual({ code: { ...none, raw: text, ...found }, problems: [] })
  })

  test('two different products in one line are none', () => {
    const texts = [
      { tag: 1302, text: '4604060006000' },
      { tag: 1302, text: '4606203093267' },
    ]
    expect(codeOf({ texts })).toEqual({
      code: { ...none, raw: '4604060006000' },
      problems: ['the codes name different products'],
    })
  })
})

describe('names', () => {
  test.each([
    ['4600605024225 ЙОГУРТ', { ean: '4600605024225' }],
    ['[M] 4600605024225 ЙОГУРТ', { ean: '4600605024225' }],
    ['1:4600605024225 ЙОГУРТ', { ean: '4600605024225' }],
    ['14601234567890 КОРОБКА', { gtin: '14601234567890' }],
    ['4600605024226 ЙОГУРТ', {}],
    ['1:3305976 Пакет', {}],
    ['46006050242251 ЙОГУРТ', {}],
    ['ЙОГУРТ 4600605024225', {}],
  ])('the name "%s" gives only a right code at its head', (name, found) => {
    expect(codeOf({ name }).code).toEqual({ ...none, ...found })
  })

  test('a code in the tags wins over one in the name', () => {
    const facts = { texts: [{ tag: 1302, text: '4604060006000' }], name: '4600605024225 ЙОГУРТ' }
    expect(codeOf(facts).code.ean).toBe('4604060006000')
  })
})

describe('articles', () => {
  const rules: CodeRules = { inStore: null, extra: [/^(.+)_\d+$/g], name: [/^\*?(\d{5,8})\s+/, /<(\d+)>$/] }

  test('there is none without a pattern of the shop', () => {
    expect(codeOf({ extra: '2000326713_0', name: '*3492277 NEST' }).code.article).toBeNull()
  })

  test('tag 1191 by the pattern goes before the name, again and again', () => {
    for (let i = 0; i < 3; i++)
      expect(codeOf({ extra: 'ЦТ0024102_0', name: '*3492277 NEST' }, rules).code.article).toBe('ЦТ0024102')
  })

  test('the first pattern that fits the name gives the article', () => {
    expect(codeOf({ name: '*3492277 NEST.Мор.' }, rules).code.article).toBe('3492277')
    expect(codeOf({ name: 'Пиво ст.<66781> ' }, rules).code.article).toBe('66781')
    expect(codeOf({ name: 'Пиво' }, rules).code.article).toBeNull()
  })
})

describe('weight barcodes', () => {
  const rules: CodeRules = { ...defaultCodeRules, inStore: { prefix: ['20', '22'], plu: 5, weight: 5 } }

  test("the PLU is the article and the portion's own digits are no product code", () => {
    expect(codeOf({ texts: [{ tag: 1302, text: '2212345008766' }] }, rules).code).toEqual({
      ...none,
      article: '12345',
      raw: '2212345008766',
    })
    expect(codeOf({ name: '2212345008766 СЫР' }, rules).code).toMatchObject({ ean: null, article: '12345' })
  })

  test('another prefix, and a shop without the setting, keep the barcode', () => {
    expect(codeOf({ name: '2412345008760 СЫР' }, rules).code).toMatchObject({
      ean: '2412345008760',
      article: null,
    })
    expect(codeOf({ name: '2212345008766 СЫР' }).code).toMatchObject({ ean: '2212345008766', article: null })
  })
})
