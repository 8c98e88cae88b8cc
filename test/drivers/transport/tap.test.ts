import { expect, test } from 'vitest'
import type { Line } from '../../../drivers/contract.ts'
import { type Overheard, Tap } from '../../../drivers/transport/tap.ts'

const signal = new AbortController().signal
const bytes = (...all: number[]) => Uint8Array.from(all)

/** A line that answers what it is told to. */
function lineOf(answers: Uint8Array[]): Line & { readonly written: Uint8Array[] } {
  const written: Uint8Array[] = []
  return {
    written,
    write: (piece) => Promise.resolve(void written.push(piece)),
    read: () => {
      const next = answers.shift()
      return next === undefined ? Promise.reject(new Error('no more')) : Promise.resolve(next)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const said = (all: readonly Overheard[]) =>
  all.map(({ way, bytes: [first] }) => `${way} ${first ?? ''}`.trim())

test('what is written, read, opened and closed is remembered and heard in its order, unchanged', async () => {
  const tap = new Tap(() => 7)
  const heard: Overheard[] = []
  const [question, answer] = [bytes(5), bytes(0x15)]
  const inner = lineOf([answer])
  using _listening = tap.listen((overheard) => heard.push(overheard))
  {
    await using line = tap.over(inner)
    await line.write(question, signal)
    expect(await line.read(signal)).toBe(answer)
    await expect(line.read(signal)).rejects.toThrow('no more')
  }
  expect(inner.written).toEqual([question])
  expect(said(heard)).toEqual(['opened', '> 5', '< 21', 'closed'])
  expect(tap.latest()).toEqual(heard)
  expect(heard.every(({ at }) => at === 7)).toBe(true)
})

test('only the latest are remembered, and a piece is not copied for it', async () => {
  const tap = new Tap(() => 0)
  const line = tap.over(lineOf([]))
  const pieces = Array.from({ length: 1_500 }, (_, i) => bytes(i & 0xff, i >> 8))
  for (const piece of pieces) await line.write(piece, signal)
  const latest = tap.latest()
  expect(latest.length).toBeLessThan(1_000)
  expect(latest.map((one) => one.bytes)).toEqual(pieces.slice(-latest.length))
  expect(latest.at(-1)?.bytes).toBe(pieces.at(-1))
})

test('a small part of a large buffer does not keep the buffer alive, nor does a flood', async () => {
  const tap = new Tap(() => 0)
  const line = tap.over(lineOf([]))
  const large = new Uint8Array(1 << 20)
  await line.write(large.subarray(10, 20), signal)
  await line.write(large, signal)
  const held = tap.latest().reduce((sum, { bytes: { buffer } }) => sum + buffer.byteLength, 0)
  expect(held).toBeLessThan(4_096)
})

test('nobody is told any more after the listening has ended', async () => {
  const tap = new Tap(() => 0)
  const line = tap.over(lineOf([]))
  let heard = 0
  const one = tap.listen(() => heard++)
  using _other = tap.listen(() => heard++)
  await line.write(bytes(1), signal)
  one[Symbol.dispose]()
  await line.write(bytes(1), signal)
  expect(heard).toBe(3)
})
