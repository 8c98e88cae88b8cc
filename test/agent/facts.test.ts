import { expect, test } from 'vitest'
import { readFacts } from '../../agent/facts.ts'
import { keptReceipt } from '../bench/documents.ts'

const { type, format, summary, bytes } = keptReceipt(5)

test('a body is asked for only where the short record does not tell what is looked up', () => {
  const unasked = (): never => {
    throw new Error('the body was asked for')
  }
  const told = readFacts({ type, format, summary }, unasked)
  expect(told).toMatchObject({ time: summary?.time, total: summary?.total, isReceipt: true })
  expect(readFacts({ type, format, summary: null }, () => bytes)).toEqual(told)
  expect(readFacts({ type, format, summary: null }, () => null)).toMatchObject({ time: null, total: null })
})
