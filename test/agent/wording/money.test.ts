/** Every sum of the law's tag table is known to be one, and nothing else is. */
import { expect, test } from 'vitest'
import { knownTags, meaningOf } from '../../../agent/fiscal/tags.ts'
import { isMoney } from '../../../agent/wording/money.ts'

const sum = /сумм|стоимость|цена|итог|размер|скидка|наценка/i

test.each(
  knownTags.flatMap((tag) => {
    const meaning = meaningOf(tag, null, new Uint8Array())
    return meaning?.kind === 'number' ? [[tag, meaning.term, meaning.name] as const] : []
  }),
)('%i, %s', (tag, term, name) => {
  expect(isMoney({ tag, name })).toBe(sum.test(term) && !/размер(а|е)|количество/i.test(term))
})

test.each([
  [1120, 1119],
  [1082, 1235],
])('%i in its life of 2025', (tag, parent) => {
  const meaning = meaningOf(tag, parent, new Uint8Array())
  expect(meaning?.kind).toBe('number')
  expect(isMoney({ tag, name: meaning?.name ?? null })).toBe(true)
})
