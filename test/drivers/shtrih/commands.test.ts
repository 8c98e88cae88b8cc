import { describe, expect, expectTypeOf, it } from 'vitest'
import { fromHex } from '../../../drivers/bytes.ts'
import {
  type AskingCode,
  askingCodes,
  askingNames,
  type Command,
  commands,
  encode,
} from '../../../drivers/shtrih/commands.ts'
import { errorMeaning, knownErrors } from '../../../drivers/shtrih/errorcodes.ts'
import { faultOf, refusal } from '../../../drivers/shtrih/errors.ts'
import { readOpcode } from '../../../drivers/shtrih/wire.ts'
import { captured, hex } from './captures.ts'

/** Section 11 of the protocol notes: never send, even for recovery. Ranges are inclusive. */
const forbidden = [
  [0x01],
  [0x03],
  [0x14],
  [0x16],
  [0x1e],
  [0x21, 0x24],
  [0x27],
  [0x80, 0x8e],
  [0xb0],
  [0xc0, 0xc5],
  [0xe0],
  [0xff05, 0xff08],
  [0xff0b, 0xff0d],
  [0xff30, 0xff38],
  [0xff3d, 0xff3e],
  [0xff41, 0xff4b],
  [0xff4d],
  [0xff4e],
  [0xff50],
  [0xff61],
  [0xff62],
  [0xff64, 0xff69],
  [0xff71, 0xff73],
  [0xfd],
  [0xfe],
].flatMap(([first = 0, last = first]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))

const sentByTills = captured.flatMap(({ layer, hex: text }) => {
  const code =
    layer === 'payload' || layer === 'v1-frame'
      ? readOpcode(fromHex(text)?.subarray(layer === 'payload' ? 0 : 2) ?? new Uint8Array())
      : null
  return code === null ? [] : [code]
})

function forged(code: number): Command<void, null> {
  const command: unknown = {
    code,
    name: '',
    timeoutMs: 1,
    repeatable: true,
    ask: () => undefined,
    read: () => null,
  }
  return command as Command<void, null>
}

describe('commands', () => {
  it('are asking ones only', () => {
    expect(askingCodes.filter((code) => forbidden.includes(code))).toEqual([])
    expect(
      Object.values(commands)
        .map(({ code }) => code)
        .sort(),
    ).toEqual([...askingCodes].sort())
    expect(askingNames).toContain('FF3B')
  })

  it('are the only thing that can be encoded, whatever the code', () => {
    const others = [
      ...forbidden,
      ...sentByTills.filter((code) => !(askingCodes as readonly number[]).includes(code)),
      0xff3a,
      0x10,
    ]
    expect(others.length).toBeGreaterThan(60)
    for (const code of others) expect(() => encode(forged(code), undefined)).toThrow(TypeError)
  })

  it('cannot have another code by their type', () => {
    expect<readonly number[]>(askingCodes).not.toContain(0xff45)
    expectTypeOf<AskingCode>().toEqualTypeOf<(typeof askingCodes)[number]>()
    expectTypeOf<0xff45>().not.toExtend<Command<void, void>['code']>()
    expectTypeOf<0x1e>().not.toExtend<Command<void, void>['code']>()
    expectTypeOf<0xff0a>().toExtend<Command<void, void>['code']>()
  })

  it('are written as captured', () => {
    const asking = { password: 30 }
    expect(hex(encode(commands.driveStatus, asking))).toBe('FF011E000000')
    expect(hex(encode(commands.shortStatus, { password: 28 }))).toBe('101C000000')
    expect(hex(encode(commands.openDocument, { ...asking, fd: 29 }))).toBe('FF3A1E0000001D000000')
    expect(hex(encode(commands.findDocument, { ...asking, fd: 163 }))).toBe('FF0A1E000000A3000000')
    expect(hex(encode(commands.tableField, { ...asking, table: 2, row: 1, field: 2 }))).toBe(
      '1F1E00000002010002',
    )
    expect(hex(encode(commands.modelParameters, undefined))).toBe('F701')
    expect(hex(encode(commands.errorText, { error: 0x33 }))).toBe('6B33')
    expect(hex(encode(commands.deviceType, undefined))).toBe('FC')
  })

  it('of which one alone must not be repeated', () => {
    expect(Object.values(commands).filter(({ repeatable }) => !repeatable)).toEqual([
      commands.documentPortion,
    ])
  })
})

describe('errors', () => {
  it('all have a meaning in both languages', () => {
    expect(knownErrors).toHaveLength(208)
    for (const code of knownErrors) {
      expect(errorMeaning(code).ru).toMatch(/[а-яё]/i)
      expect(errorMeaning(code).en).toMatch(/[a-z]/i)
    }
    expect(errorMeaning(0xfa).en).toBe('unknown error')
  })

  it.each([
    [0x08, 'absent'],
    [0x73, 'busy'],
    [0x72, 'busy'],
    [0x50, 'busy'],
    [0x58, 'busy'],
    [0x4a, 'busy'],
    [0x6b, 'busy'],
    [0x2f, 'busy'],
    [0x30, 'busy'],
    [0x03, 'busy'],
    [0x20, 'busy'],
    [0x4f, 'refused'],
    [0x37, 'refused'],
    [0x74, 'refused'],
    [0x78, 'refused'],
    [0xc0, 'refused'],
    [0xd5, 'refused'],
    [0xfa, 'refused'],
  ])('%i means `%s` to the caller', (code, fault) => {
    expect(faultOf(code)).toBe(fault)
  })

  it('say which command was refused, why, and what to do', () => {
    const error = refusal(0xff0a, 0x4f)
    expect(error.text.ru).toBe('Касса ответила на FF0A ошибкой 4F: неверный пароль')
    expect(error).toMatchObject({
      code: '4F',
      message: 'The register answered FF0A with error 4F: wrong password',
    })
    for (const code of [0x4f, 0x74, 0x78, 0x79, 0xc0, 0x37, 0x33, 0x05, 0x12, 0x14, 0x15, 0x16, 0x58, 0x6b])
      expect(refusal(0xff01, code).hint?.ru).toMatch(/[а-яё]/i)
  })
})
