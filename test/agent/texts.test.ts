/** What is said to a person is said in both languages, and can be proof-read in one place a language. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { catalogue, sourceFiles } from '../texts/catalogue.ts'
import { bareWordsOf, misplacedOf, textsOf } from '../texts/pairs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = sourceFiles(root).map((name) => ({ name, source: readFileSync(join(root, name), 'utf8') }))

/** Russian that nobody translates. */
const exceptions: readonly (readonly [file: RegExp, why: string])[] = [
  [/^agent\/fiscal\/tagtable\//, 'the names that the law gives to its tags'],
  [/^agent\/fiscal\/taxJsonFacts\.ts$/, 'a key that the tax service writes with a Russian letter'],
  [/^agent\/qr\.ts$/, 'the keys of a Russian keyboard'],
  [/^agent\/init\/yaml\.ts$/, 'comments of the config, in both languages on one line'],
  [/^agent\/commands\/(?:mistakes|words)\.ts$/, "commander's English messages, translated"],
  [/^agent\/status\/frame\.ts$/, 'the name of a language in that language'],
  [/^drivers\/shtrih\/(?:commands|catalogue)\.ts$/, "the vendor's names of its commands"],
]

const spoken = files.filter(({ name }) => !exceptions.some(([file]) => file.test(name)))

function found(look: (source: string) => readonly unknown[], of = spoken): unknown[] {
  return of.flatMap(({ name, source }) => look(source).map((what) => ({ name, what })))
}

test('every exception is still needed', () => {
  const idle = exceptions.filter(
    ([file]) => !files.some(({ name, source }) => file.test(name) && isOdd(source)),
  )
  expect(idle).toEqual([])
})

function isOdd(source: string): boolean {
  const { strays, lame } = textsOf(source)
  return strays.length + lame.length > 0
}

test('no Russian stands without its English', () => {
  expect(found((source) => textsOf(source).strays)).toEqual([])
})

test('each half of a pair is in its own language', () => {
  expect(found((source) => textsOf(source).lame)).toEqual([])
})

const pages = files.filter(({ name }) => name.startsWith('agent/status/'))

test('no words stand in the HTML of the page itself', () => {
  expect(found(bareWordsOf, pages)).toEqual([])
})

test('values stand between tags or in double-quoted attributes, and no template brings script or style', () => {
  expect(found(misplacedOf, pages)).toEqual([])
  const active = /<script(?! src="\/assets\/page\.js")|<style|\sstyle="|\son\w+="|javascript:/
  expect(found((source) => active.exec(source) ?? [], pages)).toEqual([])
})

test.each(['ru', 'en'] as const)(
  'the catalogue docs/texts/%s.md is in step with the sources: npm run texts',
  (language) => {
    expect(readFileSync(join(root, `docs/texts/${language}.md`), 'utf8')).toBe(catalogue(root, language))
  },
)
