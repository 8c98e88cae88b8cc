import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SiteBook } from '../../agent/sites.ts'

const shop = { ledgerId: 'l-1', host: 'shop.example' }
const moved = { ledgerId: 'l-1', host: 'new.example' }

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'chekpost-sites-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function bookIn(stateDir: string, said: string[] = []) {
  const say = (fields: object, words?: string) => void said.push(`${words} ${JSON.stringify(fields)}`)
  return new SiteBook(stateDir, () => Date.UTC(2026, 7, 21), { info: say, error: say } as never)
}

test('the first ledger that answers is remembered, for the next start as well', () => {
  const at = folder()
  const book = bookIn(at)
  expect(book.of('till-1')).toBeNull()
  book.saw('till-1', shop)
  const remembered = { ...shop, since: '2026-08-21T00:00:00.000Z', changed: null }
  expect(book.of('till-1')).toMatchObject(remembered)
  expect(bookIn(at).of('till-1')).toMatchObject(remembered)
  expect(bookIn(at).of('till-2')).toBeNull()
})

test.each([
  ['another host', moved],
  ['another ledger', { ledgerId: 'l-2', host: 'shop.example' }],
])('%s is a change that only a person ends, whoever answers afterwards', (_, other) => {
  const at = folder()
  const said: string[] = []
  const book = bookIn(at, said)
  book.saw('till-1', shop)
  book.saw('till-1', other)
  book.saw('till-1', shop)
  expect(bookIn(at).of('till-1')).toMatchObject({ ...shop, changed: other })
  expect(said.filter((line) => line.startsWith('the receiver has changed'))).toHaveLength(1)
  expect(book.accept('till-1')).toMatchObject({ ...other, changed: null })
  book.saw('till-1', other)
  expect(bookIn(at).of('till-1')).toMatchObject({ ...other, changed: null, audit: null })
})

test('a receiver that names no ledger changes nothing, and one without a host may be at any', () => {
  const book = bookIn(folder())
  book.saw('till-1', { ledgerId: null, host: 'shop.example' })
  expect(book.of('till-1')).toBeNull()
  expect(() => book.accept('till-1')).toThrow(/nothing to accept/)
  book.saw('till-1', shop)
  book.saw('till-1', { ledgerId: null, host: 'other.example' })
  book.saw('till-1', { ledgerId: 'l-1', host: null })
  expect(book.of('till-1')).toMatchObject({ ...shop, changed: null })
})

test('the same answer again is not written again', () => {
  const at = folder()
  const book = bookIn(at)
  book.saw('till-1', shop)
  writeFileSync(join(at, 'site.json'), 'untouched')
  book.saw('till-1', { ...shop })
  expect(readFileSync(join(at, 'site.json'), 'utf8')).toBe('untouched')
})

test('a damaged file remembers nothing and is no reason to stop', () => {
  const at = folder()
  writeFileSync(join(at, 'site.json'), '{"version":1,"registers":')
  expect(bookIn(at).of('till-1')).toBeNull()
})

test('a directory that cannot be written keeps the ledger in mind and says so', () => {
  const said: string[] = []
  const book = bookIn(join(folder(), 'gone'), said)
  book.saw('till-1', shop)
  expect(book.of('till-1')).toMatchObject(shop)
  expect(said.at(-1)).toMatch(/not written down/)
})
