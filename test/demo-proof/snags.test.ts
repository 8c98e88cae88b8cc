/** What the demo's site stumbles over: late enough, with words that say what to press, and once a receipt. */
import { expect, test } from 'vitest'
import type { Text } from '../../agent/text.ts'
import { Snags } from '../demo/snags.ts'
import type { Received } from '../fakes/bitrix.ts'

const line = (n: number, move = 'out') => ({ n, name: `Товар ${n}`, move })

function sale(number: number, lines: readonly object[] = [1, 2, 3, 4].map((n) => line(n))): Received {
  const id = `FN9999078900001234-FD${number}`
  return { id, headers: {}, body: JSON.stringify({ lines }), genuine: true, type: 'pos.sale' }
}

function begun() {
  const told: Text[] = []
  const snags = new Snags((words) => told.push(words))
  const met = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(
      (number) => snags.judge(sale(number)) !== 'accept',
    )
  return { snags, told, met }
}

test('the first minute of the usual pace has one that the site keeps, and none that is set aside here', () => {
  const { snags, told, met } = begun()
  expect(met(1, 39)).toEqual([])
  expect(snags.tip).toBe(null)
  const reasons = ['Строка 1 «Товар 1»: в чеке есть только наименование, а оно ни с чем не сопоставлено.']
  expect(snags.judge(sale(40))).toEqual({ park: reasons })
  expect(told.map(({ en }) => en)).toEqual(['FD 40 is set aside on the site'])
  expect(snags.tip?.ru).toContain('чек 40')
  expect(met(41, 149)).toEqual([])
})

test('one that is refused goes through when it is sent again, and there is never a second beside it', () => {
  const { snags, met } = begun()
  expect(met(1, 149)).toEqual([40])
  expect(snags.judge(sale(150))).toMatchObject({ status: 413 })
  expect(snags.tip?.en).toContain('send document 150')
  expect(met(151, 900).length).toBeGreaterThan(1)
  expect(snags.tip?.en).toContain('send document 150')
  expect(snags.judge(sale(150))).toBe('accept')
  expect(snags.tip?.en).not.toContain('150')
  const again = met(901, 1_500).filter((number) => snags.tip?.en.includes(`document ${number}`))
  expect(again).toHaveLength(1)
})

test('nothing but a sale of goods is stumbled over', () => {
  const { snags, met } = begun()
  met(1, 39)
  for (const lines of [[], [line(1, 'none')], [{ n: 1, name: null, move: 'out' }]])
    expect(snags.judge(sale(1_000, lines))).toBe('accept')
  expect(snags.judge({ ...sale(2_000), type: 'pos.return' })).toBe('accept')
  expect(snags.judge({ ...sale(2_001), type: 'pos.test', body: 'no JSON' })).toBe('accept')
})
