import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkOutbox } from '../../../agent/store/check.ts'
import { openOutbox } from '../../../agent/store/open.ts'
import { folder, opened, receipt, t0 } from './workshop.ts'

const never = new AbortController().signal

function withReceipts(count: number): string {
  const path = join(folder(), 'outbox.db')
  const outbox = openOutbox(path)
  outbox.keepDocuments(
    Array.from({ length: count }, (_, i) => receipt(i + 1)),
    t0,
  )
  outbox[Symbol.dispose]()
  return path
}

test('a sound file has no problems', async () => {
  expect(await checkOutbox(withReceipts(50), never)).toEqual([])
})

test('a file in use is checked while documents go on being kept', async () => {
  const path = join(folder(), 'outbox.db')
  const outbox = opened(path)
  outbox.keepDocument(receipt(1), t0)
  const checking = checkOutbox(path, never)
  expect(outbox.keepDocument(receipt(2), t0)).toBe('kept')
  expect(await checking).toEqual([])
  expect(outbox.keepDocument(receipt(3), t0)).toBe('kept')
})

test('damaged pages are problems', async () => {
  const path = withReceipts(3000)
  const bytes = readFileSync(path)
  bytes.fill(0, bytes.length / 2, bytes.length / 2 + 8192)
  writeFileSync(path, bytes)
  expect((await checkOutbox(path, never)).length).toBeGreaterThan(0)
})

test('a file that is no database at all is a problem, too', async () => {
  const path = join(folder(), 'outbox.db')
  writeFileSync(path, 'hello '.repeat(100))
  expect(await checkOutbox(path, never)).toEqual([expect.stringContaining('not a database')])
})

test('a file that cannot be opened is no damage', async () => {
  await expect(checkOutbox(join(folder(), 'outbox.db'), never)).rejects.toMatchObject({ fault: 'denied' })
})

test('an aborted check rejects with the reason', async () => {
  const stop = new AbortController()
  const checking = checkOutbox(withReceipts(10), stop.signal)
  stop.abort(new Error('enough'))
  await expect(checking).rejects.toThrow('enough')
  await expect(checkOutbox('/nowhere', stop.signal)).rejects.toThrow('enough')
})
