import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Who may import whom; the first row that fits a file is its row. `$1` is the file's own folder. */
const mayImport: readonly (readonly [file: string, mayReach: string])[] = [
  ['drivers/(?:contract|bytes|deadline)\\.ts', ''],
  ['drivers/completeness\\.ts', 'drivers/(?:contract|bytes)\\.ts'],
  ['drivers/index\\.ts', 'drivers/.+'],
  ['drivers/transport/.+', 'drivers/(?:contract|bytes|deadline)\\.ts|drivers/transport/.+'],
  ['drivers/(\\w+)/.+', 'drivers/(?:contract|bytes|deadline|completeness)\\.ts|drivers/$1/.+'],
  ['agent/fiscal/.+', 'agent/fiscal/.+'],
  ['agent/(?:text|outcome)\\.ts', 'drivers/index\\.ts'],
  ['agent/outbox\\.ts', 'drivers/index\\.ts'],
  ['agent/bitrix/.+', 'agent/(?:bitrix|fiscal)/.+|agent/(?:outcome|outbox|text)\\.ts|drivers/index\\.ts'],
  ['agent/store/.+', 'agent/store/.+|agent/(?:text|outbox|journal)\\.ts|drivers/index\\.ts'],
  ['agent/status/.+', 'agent/.+|drivers/index\\.ts'],
  // The pages stand at the end: nobody else knows what they look like.
  ['agent/.+', 'agent/(?!status/pages/).+|drivers/index\\.ts'],
]

/** Packages and globals that have one home. */
const homes: readonly (readonly [pattern: RegExp, home: RegExp])[] = [
  [/from 'serialport'|import\('serialport'\)/, /^drivers\/transport\//],
  [/from 'node-hid'|import\('node-hid'\)/, /^drivers\/transport\//],
  [/from 'better-sqlite3'/, /^agent\/store\//],
  [/from 'got'|import\('got'\)/, /^agent\/(bitrix|stock)\//],
  [/from 'p-queue'/, /^agent\/dispatch\.ts$|^agent\/dispatch\//],
  [/from 'commander'/, /^agent\/(cli\.ts|commands\/)/],
  [/from 'unix-dgram'/, /^agent\/systemd\.ts$/],
  [/process\.env/, /^agent\/environment\.ts$/],
  [/from '(node:test|vitest)'/, /^test\//],
]

const root = fileURLToPath(new URL('..', import.meta.url))

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  const found = source.matchAll(/(?:from|import|new URL\()\s*\(?'(\.{1,2}\/[^']+\.ts)'/g)
  return [...found].map((match) => normalize(join(dirname(file), match[1] ?? '')))
}

const files = [...sources('agent'), ...sources('drivers')]

test('every import goes in the allowed direction', () => {
  const wrong = files.flatMap((file) => {
    for (const [pattern, reach] of mayImport) {
      const fits = new RegExp(`^${pattern}$`).exec(file)
      if (fits === null) continue
      const allowed = new RegExp(`^(?:${reach.replaceAll('$1', fits[1] ?? '')})$`)
      return importsOf(file)
        .filter((target) => !allowed.test(target))
        .map((target) => `${file} must not import ${target}`)
    }
    return [`${file} has no row`]
  })
  expect(wrong).toEqual([])
})

test('packages and the environment are used in their one home only', () => {
  const wrong = files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    return homes
      .filter(([pattern, home]) => pattern.test(source) && !home.test(file))
      .map(([pattern]) => `${file} must not use ${pattern.source}`)
  })
  expect(wrong).toEqual([])
})

test('what a first look at a register over TCP does not need is loaded only when it is used', () => {
  const late =
    /^import (?!type )[^']*from '(?:got|fastify|serialport|node-hid|https-proxy-agent|cli-progress)'/m
  expect(files.filter((file) => late.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})

test('a daemon that starts loads neither the rare verbs, nor the page, nor the other commands before its first poll', () => {
  const loaded = new Set<string>()
  const load = (file: string) => {
    if (loaded.has(file)) return
    loaded.add(file)
    const source = readFileSync(join(root, file), 'utf8')
    for (const [, path = ''] of source.matchAll(
      /^(?:import|export) (?!type\b)[^'(]*from '(\.{1,2}\/[^']+\.ts)'/gm,
    ))
      load(normalize(join(dirname(file), path)))
  }
  for (const file of ['agent/cli.ts', 'agent/commands/run.ts', 'agent/main.ts']) load(file)
  const early =
    /^agent\/(?:commands\/(?!run\.|context\.|words\.|mistakes\.)|doctor\/|qr\.|init\/)|^agent\/desk\/(?!desk\.|server\.|remote\.)|^agent\/status\/(?!snapshot\.|health\.|counters\.)/
  expect(loaded.size).toBeGreaterThan(40)
  expect([...loaded].filter((file) => early.test(file))).toEqual([])
})

test('no source file is over 400 lines', () => {
  const long = [...files, ...sources('test')]
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 400)
  expect(long).toEqual([])
})

test('no test is skipped, focused or left to do', () => {
  const marks = /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf)\b/
  const marked = sources('test').filter((file) => marks.test(readFileSync(join(root, file), 'utf8')))
  expect(marked).toEqual([])
})
