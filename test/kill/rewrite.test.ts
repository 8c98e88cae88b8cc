import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rewrite } from './rewrite.ts'

/** The rewritten code as a function of the two callbacks, run; what it met, in order. */
async function metBy(source: string): Promise<{ result: unknown; met: number[] }> {
  const met: number[] = []
  const note = (point: number) => void met.push(point)
  const { code } = rewrite(source, 0, 'killpoint')
  const body = code.replace(/^import .*?; /, '').replace('export ', '')
  const make = new Function('__met', '__passed', `${body}; return work`)
  const work: unknown = make(note, (point: number, value: unknown) => {
    note(point)
    return value
  })
  if (typeof work !== 'function') throw new Error('the source has no work')
  return { result: await work(), met }
}

test('a point stands before and after every await, and the value passes', async () => {
  const { result, met } = await metBy('export async function work() { return 1 + await Promise.resolve(41) }')
  expect(result).toBe(42)
  expect(met).toEqual([0, 1])
})

test('an await within an await is met inside out', async () => {
  const source = 'export async function work() { return await Promise.resolve(await Promise.resolve(7)) }'
  const { result, met } = await metBy(source)
  expect(result).toBe(7)
  expect(met).toEqual([0, 2, 3, 1])
})

test('after a rejection the catch is met and the point behind is not', async () => {
  const source = `export async function work() {
    try { await Promise.reject(new Error('no')) } catch { return 'caught' }
  }`
  const { result, met } = await metBy(source)
  expect(result).toBe('caught')
  expect(met).toEqual([0, 2])
})

test('each turn of a loop over what arrives is met', async () => {
  const source = `export async function work() {
    let sum = 0
    for await (const each of [1, 2, 3]) sum += each
    return sum
  }`
  const { result, met } = await metBy(source)
  expect(result).toBe(6)
  expect(met).toEqual([0, 1, 1, 1])
})

test('a callback is met when it runs, a function that runs at once is not', async () => {
  const source = `export async function work() {
    const doubled = [1, 2].map((each) => 2 * each)
    return await new Promise((resolve) => setImmediate(() => resolve(doubled.length)))
  }`
  const { result, met } = await metBy(source)
  expect(result).toBe(2)
  expect(met).toEqual([0, 2, 1])
})

test('steps that make something durable are points of their own', () => {
  const source =
    'function keep(outbox, found) { outbox.keepDocument(found); outbox.find(found); fsyncSync(3) }'
  const { places } = rewrite(source, 5, 'killpoint')
  expect(places.map(({ when, words }) => `${when} ${words}`)).toEqual([
    'before outbox.keepDocument(found)',
    'after outbox.keepDocument(found)',
    'before fsyncSync(3)',
    'after fsyncSync(3)',
  ])
  expect(places.every(({ durable }) => durable)).toBe(true)
})

test('the one transaction of the outbox is a durable step under the name it has there', () => {
  const outbox = readFileSync(new URL('../../agent/store/sqlite.ts', import.meta.url), 'utf8')
  const [name = ''] = /this\.#immediately(?=\()/.exec(outbox) ?? []
  const { places } = rewrite(`class Outbox { #immediately; commit(work) { ${name}(work) } }`, 0, 'killpoint')
  expect(places.map(({ when, durable }) => `${when} ${durable}`)).toEqual(['before true', 'after true'])
})

test('no line moves and a #! stays in front', () => {
  const { code } = rewrite('#!/usr/bin/env node\nawait work()\n', 3, 'killpoint')
  expect(code.split('\n')).toEqual([
    '#!/usr/bin/env node',
    expect.stringMatching(/^import .*; __passed\(4, await \(__met\(3\), work\(\)\)\)$/),
    '',
  ])
})
