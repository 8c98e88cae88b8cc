/** What `init` writes beside the config's text, and how gently it reads for trial. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { backwards } from '../../agent/init/dryrun.ts'
import { combine } from '../../agent/init/former.ts'
import type { Sighting } from '../../agent/init/seek.ts'
import { demandWritable, keepSecret, missingGroup, writeConfig } from '../../agent/init/writing.ts'
import { text } from '../../agent/text.ts'
import type { RawDocument, Register } from '../../drivers/index.ts'

const never = new AbortController().signal

test('the daemon gets through every folder that is made, whatever the umask', () => {
  const outer = mkdtempSync(join(tmpdir(), 'chekpost-files-'))
  const before = process.umask(0o077)
  onTestFinished(() => {
    process.umask(before)
    rmSync(outer, { recursive: true })
  })
  const configPath = join(outer, 'chekpost', 'chekpost.yaml')
  const { path } = keepSecret('webhook-secret', configPath)
  writeConfig(configPath, 'store: shop\n')
  const folders = [dirname(configPath), dirname(path)]
  expect(folders.map((folder) => statSync(folder).mode & 0o777)).toEqual([0o750, 0o750])
  expect([configPath, path].map((file) => statSync(file).mode & 0o777)).toEqual([0o640, 0o640])
})

test('a folder that is there keeps its rights', () => {
  const outer = mkdtempSync(join(tmpdir(), 'chekpost-files-'))
  onTestFinished(() => rmSync(outer, { recursive: true }))
  mkdirSync(join(outer, 'etc'), { mode: 0o711 })
  keepSecret('webhook-secret', join(outer, 'etc', 'chekpost.yaml'))
  expect(statSync(join(outer, 'etc')).mode & 0o777).toBe(0o711)
})

test('a PC without the daemon’s group is told so, as files of root’s own would stop the daemon', () => {
  const isRoot = process.geteuid?.() === 0
  expect(missingGroup('root:x:0:\nchekpost:x:998:\n')).toBeNull()
  expect(missingGroup('root:x:0:\nchekposts:x:998:\n')?.en.includes('no group')).toBe(
    isRoot ? true : undefined,
  )
})

const sighting = (address: string, serial: string | null): Sighting => ({
  ...{ address, driver: 'shtrih', settings: {}, state: null, lastDocument: null, problem: null, hint: null },
  identity: serial === null ? null : ({ serial, model: 'M' } as NonNullable<Sighting['identity']>),
})
const former = (name: string, address: string, serial: string | null) => ({
  ...{ name, driver: 'shtrih', address, settings: {}, serial, model: null },
})

test('a register is known again by its factory number before its address, and a name is never given twice', () => {
  const swapped = [sighting('tcp:b:1', '1'), sighting('tcp:a:1', '2'), sighting('tcp:c:1', '3')]
  const before = [
    former('front', 'tcp:a:1', '1'),
    former('till-1', 'tcp:b:1', '2'),
    former('off', 'tcp:d:1', '9'),
  ]
  const { registers, unmet } = combine(swapped, swapped, before)
  expect(registers.map(({ name, address }) => [name, address])).toEqual([
    ['front', 'tcp:b:1'],
    ['till-1', 'tcp:a:1'],
    ['till-2', 'tcp:c:1'],
    ['off', 'tcp:d:1'],
  ])
  expect(unmet).toEqual(['off'])
})

test('a register in the place of another has its name and its own factory number; a busy one keeps the known one', () => {
  const found = [sighting('tcp:a:1', '7'), sighting('tcp:b:1', null)]
  const { registers } = combine(found, found, [
    former('front', 'tcp:a:1', '1'),
    former('back', 'tcp:b:1', '2'),
  ])
  expect(registers.map(({ name, serial }) => [name, serial])).toEqual([
    ['front', '7'],
    ['back', '2'],
  ])
  // One that a person leaves out is left out.
  expect(combine(found, found.slice(1), [former('front', 'tcp:a:1', '1')]).registers).toHaveLength(1)
})

test('a register whose address was broken by hand keeps its name when it is met, and is named when it is not', () => {
  const found = [sighting('tcp:a:1', '1')]
  const before = [former('front', 'tcp a:1', '1'), former('back', 'tcp b:1', '2')]
  const { registers, unmet, lost } = combine(found, found, before)
  expect(registers.map(({ name, address }) => [name, address])).toEqual([['front', 'tcp:a:1']])
  expect({ unmet, lost }).toEqual({ unmet: [], lost: ['back'] })
})

test('a register that was moved to the place of another takes that place: one address is written once', () => {
  const found = [sighting('tcp:b:1', '1')]
  const before = [former('front', 'tcp:a:1', '1'), former('back', 'tcp:b:1', '2')]
  const { registers, unmet, lost } = combine(found, found, before)
  expect(registers.map(({ name, address }) => [name, address])).toEqual([['front', 'tcp:b:1']])
  expect({ unmet, lost }).toEqual({ unmet: [], lost: ['back'] })
})

test('where nothing can be written is told before any question', () => {
  const outer = mkdtempSync(join(tmpdir(), 'chekpost-files-'))
  onTestFinished(() => rmSync(outer, { recursive: true }))
  writeFileSync(join(outer, 'etc'), '')
  expect(() => demandWritable(join(outer, 'etc', 'chekpost', 'chekpost.yaml'))).toThrow(/a file instead/)
  demandWritable(join(outer, 'new', 'folder', 'chekpost.yaml'))
  expect(readdirSync(outer)).toEqual(['etc'])
})

/** Idle for so many looks; its number grows after so many questions for it. */
function till(idleLooks: number, sameNumbers: number) {
  const read: number[] = []
  let looks = 0
  let numbers = 0
  const register = {
    state: () =>
      Promise.resolve(
        ++looks > idleLooks ? { kind: 'busy', text: text('чек', 'a receipt') } : { kind: 'idle' },
      ),
    newest: () => Promise.resolve({ number: ++numbers > sameNumbers ? 101 : 100 }),
    readDocument: (number: number) => {
      read.push(number)
      return Promise.resolve({ number, summary: null } as unknown as RawDocument)
    },
  } as unknown as Register
  const run = async () => {
    for await (const _ of backwards(register, '', { forMs: 5, everyMs: 1 }, () => undefined, never));
  }
  return { run, read }
}

test.each([
  ['a receipt opened in the quiet time', 4, 99, 0],
  ['one opened and closed in it', 99, 1, 0],
  ['a receipt opened while reading', 9, 99, 3],
  ['one opened and closed while reading', 999, 2, 10],
])('the trial reading ends with %s', async (_what, idleLooks, sameNumbers, documents) => {
  const { run, read } = till(idleLooks, sameNumbers)
  await expect(run()).rejects.toMatchObject({ fault: 'busy' })
  expect(read).toHaveLength(documents)
})

test('beside a till at rest it reads on to the first document', async () => {
  const { run, read } = till(999, 99)
  await run()
  expect(read).toHaveLength(100)
})
