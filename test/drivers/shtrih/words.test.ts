/** What a person sees of our own talk is in words of both languages. */
import { expect, test } from 'vitest'
import { askingCodes, commands } from '../../../drivers/shtrih/commands.ts'
import { explain } from '../../../drivers/shtrih/explain.ts'
import { wrapFrame } from '../../../drivers/shtrih/frame.ts'
import { opcodeBytes, opcodeName } from '../../../drivers/shtrih/wire.ts'
import { words } from '../../../drivers/shtrih/words.ts'

const filled = (code: number, ...more: readonly number[]) =>
  wrapFrame(Uint8Array.from([...opcodeBytes(code), ...more]))
const zeros = Array<number>(80).fill(0)

test.each(askingCodes.map((code) => [opcodeName(code), code] as const))(
  'every field of %s that may be shown has its words',
  (_name, code) => {
    const talk = [
      { way: '>', bytes: filled(code, ...zeros) },
      { way: '<', bytes: filled(code, 0, ...zeros) },
      { way: '<', bytes: filled(code, 0x4f) },
    ] as const
    const explained = explain(talk)
    expect(explained).toHaveLength(3)
    const shown = explained.flatMap(({ fields, private: hidden }) =>
      Object.keys(fields).filter((field) => hidden?.fields.includes(field) !== true),
    )
    expect(shown).toContain('meaning')
    expect(shown.filter((field) => words[field] === undefined)).toEqual([])
  },
)

test.each(Object.values(commands).map(({ name }) => name))('the question «%s» has its words', (name) => {
  expect(words[name]).toEqual({ ru: name, en: expect.stringMatching(/^[a-z ,]+$/i) })
})

test.each([
  ['an error with bytes behind it', filled(0x10, 0x4f, 1, 2)],
  ['an answer that ends before its fields', filled(0xfc, 0, 1)],
  ['firmware that knows no two-byte commands', wrapFrame(Uint8Array.of(0xff, 0x37))],
  ['an answer without its error code', filled(0x10)],
])('the problem of %s has its words', (_what, bytes) => {
  const [one] = explain([{ way: '<', bytes }])
  expect(one?.problem).not.toBeNull()
  expect(words[one?.problem ?? '']?.ru).toMatch(/[а-я]/)
})
