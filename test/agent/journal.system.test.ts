/** The journal in a whole daemon, after it, and across a kill. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { outboxCommand } from '../../agent/commands/outbox.ts'
import { replayCommand } from '../../agent/commands/replay.ts'
import type { ListedRow } from '../../agent/desk/desk.ts'
import { readFacts } from '../../agent/facts.ts'
import { openJournal } from '../../agent/store/journal.ts'
import { Daemon, never } from './daemon.ts'
import { folder, numbers, opened, receipt, storage, t0 } from './store/workshop.ts'

async function sold(count: number): Promise<Daemon> {
  const daemon = await Daemon.open()
  daemon.sell(count)
  await daemon.start()
  await daemon.delivered(count)
  return daemon
}

async function printed(
  daemon: Daemon,
  what: 'outbox' | 'replay',
  ...words: readonly string[]
): Promise<string> {
  const context = daemon.context()
  const command = what === 'outbox' ? outboxCommand(context) : replayCommand(context)
  await command.parseAsync(words, { from: 'user' })
  return String(context.out.read() ?? '')
}

test('a receipt is found, with the attempt that brought it and in its hour', async () => {
  const daemon = await sold(3)
  const { desk, register } = daemon
  const number = register.receipts[0]?.number ?? 0
  await daemon.until(async () => (await desk.search({ limit: 9 }, never).catch(() => null)) !== null)
  const found = await desk.search({ receiptsOnly: true, state: 'accepted', limit: 9 }, never)
  expect(found).toMatchObject({ count: 3, more: false, next: null })
  expect(found.documents.at(-1)).toMatchObject({ number, state: 'accepted' })
  await daemon.until(async () => (await desk.show({ number }, never)).history.length > 0)
  const { history, sale } = await desk.show({ number }, never)
  expect(history).toMatchObject([{ status: 200, outcome: 'accepted', replay: false }])
  expect(history[0]?.answer).toContain(`FD${number}`)
  expect(history[0]?.bodyBytes).toBe(Buffer.byteLength(JSON.stringify(sale)))
  const { hours } = await daemon.statusWhere(
    ({ hours }) => hours.reduce((sum, { read, delivered }) => sum + read + delivered, 0) >= 6,
  )
  expect(hours).toHaveLength(24)
  expect(hours.reduce((sum, { read }) => sum + read, 0)).toBe(3)
  expect(hours.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(3)
})

test.each(['removed', 'damaged'])('a journal that is %s stops nothing and is made anew', async (how) => {
  const daemon = await sold(2)
  // Opened after the first poll, which may be after the first delivery.
  const path = join(daemon.stateDir, 'journal.db')
  await daemon.until(() => existsSync(path))
  await daemon.stop()
  for (const part of ['', '-wal', '-shm']) rmSync(path + part, { force: true })
  if (how === 'damaged') writeFileSync(path, Buffer.alloc(20_000, 0xa5))
  await daemon.start()
  daemon.sell(2)
  await daemon.delivered(4)
  const find = async () => await daemon.desk.search({ receiptsOnly: true, limit: 9 }, never).catch(() => null)
  await daemon.until(async () => (await find())?.count === 4)
  const number = (await find())?.documents[0]?.number ?? 0
  const history = async () => (await daemon.desk.show({ number }, never)).history
  await daemon.until(async () => (await history()).length > 0)
  expect(await history()).toMatchObject([{ outcome: 'accepted' }])
})

test('a journal that cannot be opened at all: receipts are delivered, the search says what to do', async () => {
  const daemon = await Daemon.open()
  const kept = join(daemon.stateDir, 'journal.db', 'kept')
  mkdirSync(join(daemon.stateDir, 'journal.db'), { recursive: true })
  writeFileSync(kept, '')
  daemon.sell(2)
  await daemon.start()
  await daemon.delivered(2)
  const number = daemon.register.receipts[0]?.number ?? 0
  expect(await daemon.desk.show({ number }, never)).toMatchObject({ state: 'accepted', history: [] })
  await expect(daemon.desk.search({ limit: 1 }, never)).rejects.toThrow('journal.db')
  expect(existsSync(kept)).toBe(true)
})

test('without a daemon a command looks up by time and sum, and replays by date', async () => {
  const daemon = await sold(3)
  const { documents } = await daemon.desk.list({}, never)
  await daemon.stop()
  daemon.lose('journal.db', 'journal.db-wal', 'journal.db-shm')
  const receipts = documents.filter(({ type }) => type === 3)
  const { total = null, time = null, number = 0 } = receipts[1] ?? {}
  const roubles = ((total ?? 0) / 100).toFixed(2)
  const found = JSON.parse(await printed(daemon, 'outbox', 'ls', '--sum', roubles, '--json'))
  expect(numbers(found.documents)).toEqual(numbers(receipts.filter((one) => one.total === total)))
  const day = String(time).slice(0, 10)
  const listed = JSON.parse(
    await printed(daemon, 'outbox', 'ls', '--time-from', day, '--time-to', day, '--json'),
  )
  expect(numbers(listed.documents)).toEqual(numbers(documents.filter((one) => one.time?.startsWith(day))))
  const dry = JSON.parse(
    await printed(daemon, 'replay', '--from', String(time), '--to', String(time), '--dry-run', '--json'),
  )
  const same = receipts.filter((one) => one.time === time)
  expect(numbers(dry.documents)).toEqual(numbers(same))
  expect(numbers(dry.documents)).toContain(number)
  const words = ['--from', String(time), '--to', String(time), '--reason', 'test', '--yes', '--json']
  expect(JSON.parse(await printed(daemon, 'replay', ...words))).toEqual({ replayed: same.length })
  const waiting = JSON.parse(await printed(daemon, 'outbox', 'ls', '--state', 'waiting', '--json'))
  expect(numbers(waiting.documents as ListedRow[])).toEqual(numbers(same))
})

/** A process that keeps and indexes documents and notes attempts until it is killed. */
function worker(inside: string): ChildProcess {
  const dist = new URL('../../dist/agent/', import.meta.url)
  const source = `
    import { openOutbox } from '${new URL('store/open.js', dist)}'
    import { openJournal } from '${new URL('store/journal.js', dist)}'
    import { readFacts } from '${new URL('facts.js', dist)}'
    const outbox = openOutbox('${inside}/outbox.db')
    const journal = openJournal({ path: '${inside}/journal.db', outbox: '${inside}/outbox.db', readFacts })
    const pattern = ${JSON.stringify({ ...receipt(0), bytes: null })}
    const attempt = { at: 1, tookMs: 1, status: 200, outcome: 'accepted', why: null, answer: 'x'.repeat(900),
      replay: false, bodyDigest: 'ab', bodyBytes: 1 }
    for (let number = (outbox.lastKept(pattern.storage)?.number ?? 0) + 1; ; number++) {
      outbox.keepDocument({ ...pattern, number, bytes: new Uint8Array([number & 255]) }, number)
      journal.catchUp()
      journal.noteAttempt({ storage: pattern.storage, number }, attempt)
      process.stdout.write(number + '\\n')
    }`
  const path = join(inside, 'worker.mjs')
  writeFileSync(path, source)
  return spawn(process.execPath, [path], { cwd: fileURLToPath(new URL('../..', import.meta.url)) })
}

test('after every kill the index is whole or makes itself whole', async () => {
  const inside = folder()
  {
    const outbox = opened(join(inside, 'outbox.db'))
    outbox.beginStorage(storage())
  }
  for (const count of [1, 30, 150, 400]) {
    const child = worker(inside)
    const ended = once(child, 'close')
    let seen = 0
    let last = 0
    if (child.stdout === null) throw new Error('no standard output')
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line)
      if (++seen === count) child.kill('SIGKILL')
    }
    await ended
    expect(seen).toBeGreaterThanOrEqual(count)
    using journal = openJournal({
      path: join(inside, 'journal.db'),
      outbox: join(inside, 'outbox.db'),
      readFacts,
    })
    const outbox = opened(join(inside, 'outbox.db'))
    while (journal.catchUp());
    const kept = numbers(outbox.list({}))
    expect(journal.search({}, null, kept.length + 1)).toMatchObject({ count: kept.length, next: null })
    const { length } = kept
    expect(numbers(journal.search({ minTotal: 100, maxTotal: 100 }, null, length).keys)).toEqual(
      kept.reverse(),
    )
    // Of the attempts a power cut may take the last; a kill takes none that was announced.
    expect(journal.attempts(receipt(last))).toHaveLength(1)
    expect(journal.hours(t0)).toHaveLength(24)
  }
  expect(readFileSync(join(inside, 'journal.db')).subarray(0, 15).toString()).toBe('SQLite format 3')
})
