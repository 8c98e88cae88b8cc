import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Installation, openInstallation, outboxPath } from '../../agent/installation.ts'
import { beginDrive, openInstance, readStartFile } from '../../agent/startfile.ts'
import { StoreError } from '../../agent/store/faults.ts'
import { condemnOutbox } from '../../agent/store/open.ts'
import { drive, folder, receipt, storage, t0 } from './store/workshop.ts'

const machine = '0123456789abcdef0123456789abcdef\n'

/** Opens, lets `work` happen, closes. */
function visit(home: string, work: (installation: Installation) => void = () => undefined): Installation {
  const installation = openInstallation(home, machine, t0)
  work(installation)
  installation.outbox[Symbol.dispose]()
  return installation
}

const follow = (home: string) => (installation: Installation) =>
  beginDrive(home, installation.outbox, storage({ first: 41 }))

test('a new state directory is a first installation, and goes on being one', () => {
  const home = join(folder(), 'state')
  const first = visit(home)
  expect(first).toMatchObject({ origin: 'first', setAside: null, unclean: false, trouble: null, started: [] })
  expect(visit(home)).toMatchObject({ origin: 'first', instance: first.instance })
  expect(readdirSync(home).sort()).toEqual(['instance.json', 'outbox.db', 'start.json'])
})

test('all files of the state directory belong to their owner alone', () => {
  const home = join(folder(), 'state')
  visit(home, follow(home))
  for (const name of readdirSync(home)) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600)
  expect(statSync(home).mode & 0o777).toBe(0o700)
})

test('a lost database is restored where start.json is left', () => {
  const home = folder()
  visit(home, follow(home))
  rmSync(join(home, 'outbox.db'))
  expect(visit(home)).toMatchObject({
    origin: 'restored',
    started: [storage({ first: 41 })],
    trouble: { ru: expect.anything() },
  })
  expect(visit(home), 'the loss is told once, and remembered').toMatchObject({
    origin: 'restored',
    trouble: null,
  })
})

test('a database that a power loss cut to nothing is told as lost, and restored', () => {
  const home = folder()
  visit(home, follow(home))
  truncateSync(join(home, 'outbox.db'))
  expect(visit(home)).toMatchObject({ origin: 'restored', trouble: { en: expect.stringMatching(/gone/) } })
})

test('a database lost together with start.json is lost, and stays so over restarts and further losses', () => {
  const home = folder()
  visit(home, follow(home))
  rmSync(join(home, 'outbox.db'))
  rmSync(join(home, 'start.json'))
  expect(visit(home)).toMatchObject({ origin: 'lost' })
  expect(visit(home)).toMatchObject({ origin: 'lost' })
  rmSync(join(home, 'outbox.db'))
  expect(visit(home)).toMatchObject({ origin: 'lost' })
})

test('a start.json that makes no sense is lost, and is kept for a look', () => {
  const home = folder()
  visit(home, follow(home))
  rmSync(join(home, 'outbox.db'))
  writeFileSync(join(home, 'start.json'), '{"version":1,"drives":[{"stor')
  expect(visit(home)).toMatchObject({ origin: 'lost', started: [] })
  expect(readFileSync(join(home, 'start.json.damaged'), 'utf8')).toContain('"stor')
})

test('start.json alone tells that an installation was here', () => {
  const home = folder()
  visit(home, follow(home))
  rmSync(join(home, 'outbox.db'))
  rmSync(join(home, 'instance.json'))
  expect(visit(home)).toMatchObject({ origin: 'restored' })
})

test('an installation killed before its first drive began is not lost with its database', () => {
  const home = folder()
  visit(home)
  rmSync(join(home, 'outbox.db'))
  expect(visit(home)).toMatchObject({ origin: 'restored', started: [] })
})

test('a lost start.json is written again from the database', () => {
  const home = folder()
  visit(home, follow(home))
  rmSync(join(home, 'start.json'))
  visit(home)
  expect(readStartFile(home)).toEqual({ state: 'read', lost: false, drives: [storage({ first: 41 })] })
})

test('a drive stands in start.json before the outbox knows of it', () => {
  const home = folder()
  visit(home, ({ outbox }) => {
    const full = Object.assign(Object.create(outbox), {
      beginStorage: () => {
        throw new Error('power cut')
      },
    })
    expect(() => beginDrive(home, full, storage())).toThrow('power cut')
  })
  expect(readStartFile(home).drives).toEqual([storage()])
})

test('beginnings of several drives stand side by side, and a person’s word replaces one', () => {
  const home = folder()
  visit(home, ({ outbox }) => {
    beginDrive(home, outbox, storage())
    beginDrive(home, outbox, storage({ storage: '9960440300112233', first: 5 }))
    beginDrive(home, outbox, storage({ first: 9, why: 'person' }))
  })
  expect(readStartFile(home).drives.map(({ storage: s, first }) => [s, first])).toEqual([
    [drive, 9],
    ['9960440300112233', 5],
  ])
})

test('a start.json that cannot be read at all is no reason to stop', () => {
  const home = folder()
  mkdirSync(join(home, 'start.json'))
  expect(readStartFile(home)).toEqual({ state: 'damaged', lost: false, drives: [] })
})

test('a damaged database is set aside unharmed, a new one is begun, and start.json tells where', () => {
  const home = folder()
  visit(home, follow(home))
  const garbage = 'power cut '.repeat(1000)
  writeFileSync(join(home, 'outbox.db'), garbage)
  const after = visit(home, ({ outbox }) => expect(outbox.counts().documents).toBe(0))
  expect(after).toMatchObject({
    origin: 'restored',
    setAside: join(home, 'outbox.damaged-20260821T100000Z.db'),
  })
  expect(readFileSync(after.setAside ?? '', 'utf8')).toBe(garbage)
  expect(after.trouble?.ru).toContain(after.setAside)
  expect(after.started).toEqual([storage({ first: 41 })])
})

test.each([
  ['condemned while the daemon worked', (path: string) => condemnOutbox(path, 'row 3 missing from index')],
  ['damaged', (path: string) => writeFileSync(path, 'power cut '.repeat(1000))],
])('a database %s, and an opening that fails after it was set aside: the next one knows', (_, harm) => {
  const home = folder()
  visit(home, follow(home))
  for (const name of ['start.json', 'instance.json']) rmSync(join(home, name))
  harm(outboxPath(home))
  mkdirSync(join(home, 'instance.json', 'full'), { recursive: true })
  expect(() => openInstallation(home, machine, t0)).toThrow(StoreError)
  rmSync(join(home, 'instance.json'), { recursive: true })
  expect(visit(home)).toMatchObject({
    origin: 'lost',
    setAside: join(home, 'outbox.damaged-20260821T100000Z.db'),
    trouble: { en: expect.stringMatching(/damaged and set aside/) },
  })
  expect(visit(home), 'told once').toMatchObject({ origin: 'lost', setAside: null, trouble: null })
  expect(readdirSync(home).filter((name) => name.includes('condemned'))).toEqual([])
})

test('the instance keeps its random part for ever and tells a copied disk apart', () => {
  const home = folder()
  const here = openInstance(home, machine, () => 'random-0123456789')
  expect(here).toEqual({ id: expect.stringMatching(/^random-0123456789\.[0-9a-f]{16}$/), moved: false })
  expect(openInstance(home, machine)).toEqual(here)
  const copied = openInstance(home, 'another machine')
  expect(copied.moved).toBe(true)
  expect(copied.id).not.toBe(here.id)
  expect(readFileSync(join(home, 'instance.json'), 'utf8')).not.toContain(machine.trim())
})

test('documents kept before a kill are there after it', () => {
  const home = folder()
  visit(home, ({ outbox }) => outbox.keepDocument(receipt(1), t0))
  visit(home, ({ outbox }) => expect(outbox.counts().documents).toBe(1))
})

test('a state directory that is a file is told as a fault of the disk, not as a bug', () => {
  const path = join(folder(), 'state')
  writeFileSync(path, '')
  expect(() => openInstallation(path, 'machine', t0)).toThrow(expect.objectContaining({ name: 'StoreError' }))
})

test('an opening that fails half-way leaves nothing open: it may be tried again', () => {
  const home = folder()
  mkdirSync(join(home, 'instance.json'))
  expect(() => openInstallation(home, machine, t0)).toThrow(StoreError)
  // SQLite removes it with the last connection.
  expect(readdirSync(home)).not.toContain('outbox.db-wal')
  rmSync(join(home, 'instance.json'), { recursive: true })
  expect(visit(home)).toMatchObject({ setAside: null, unclean: false })
})
