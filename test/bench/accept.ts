/** What keeping a document costs beside the least that a durable commit can cost on the same disk. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import BetterSqlite3 from 'better-sqlite3'
import { z } from 'zod'
import type { NewDocument, Outbox } from '../../agent/outbox.ts'
import { openDatabase } from '../../agent/store/database.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { keptReceipt } from './documents.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { followed } from './filled.ts'
import { type Compared, compare } from './pairs.ts'

/** Commits in one piece of a pair. */
const piece = 20
/** Both write-ahead logs have been written through once and are used again, as in the shop. */
const warmUp = 1_200

/** What a sync takes longer on the slow disk, as on an SSD of a shop's PC, milliseconds. */
const slowerMs = 1

/** The outbox against one INSERT. */
export const accept: Figure = {
  name: 'accept',
  how: `keepDocument of receipts of some 1.25 kB against better-sqlite3 alone (WAL, synchronous=FULL, one table, no index) with the same payload, one commit each, by turns of ${piece}; syncs counted by strace over a whole run, opening, checkpoints and closing included. Reported beside it: the outbox's two rows written by better-sqlite3 alone, and the same race with every sync held back for ${slowerMs} ms by strace, on both sides.`,
  reach: 'at least 0.8 of the bare rate; one sync a document, 1.05 with open and checkpoints',
  async measure(bench: Bench): Promise<readonly Row[]> {
    const raced = (what: string, { ratio, firstMs, secondMs }: Compared): Row => ({
      what,
      value: 1 / ratio,
      unit: '×',
      note: `${(firstMs / piece).toFixed(3)} ms a document, ${(secondMs / piece).toFixed(3)} ms a bare commit`,
    })
    const here = race(bench, outboxOn)
    const rowsAlone = race(bench, rowsOn)
    bench.say(`a sync takes ${slowerMs} ms longer`)
    const slow = await raceOnSlowDisk(bench)
    const counted = bench.quick ? 100 : 2_000
    bench.say(`strace over ${counted} documents`)
    const syncs = await countSyncs(bench.folder, counted)
    return [
      { ...raced('documents kept a second, against bare commits', here), reach: { least: 0.8 } },
      raced('the same two rows by better-sqlite3 alone, against bare commits', rowsAlone),
      raced(`documents against bare commits where a sync takes ${slowerMs} ms longer`, slow),
      {
        what: 'syncs a document',
        value: syncs / counted,
        unit: '',
        reach: { most: 1.05 },
        note: `${syncs} for ${counted}`,
      },
    ]
  },
}

/** Keeps documents in a file of its own, one commit each. */
interface Keeper extends Disposable {
  keep(document: NewDocument): void
}

/** The pieces of both by turns, in two files of the same folder. */
function race({ folder, quick, say }: Bench, keeperOn: (path: string) => Keeper): Compared {
  const [pairs, warm] = quick ? [10, piece] : [200, warmUp]
  using keeper = keeperOn(join(folder, `${keeperOn.name}.db`))
  using bare = bareOn(join(folder, `${keeperOn.name}-bare.db`))
  const ours = inPieces(keeper, warm + pairs * piece)
  const alone = inPieces(bare, warm + pairs * piece)
  say(`warming up ${keeperOn.name}`)
  for (let done = 0; done < warm; done += piece) {
    ours()
    alone()
  }
  say(`${pairs} pairs`)
  return compare(pairs, ours, alone)
}

/** Keeps the next piece at every call; the receipts are made beforehand. */
function inPieces(keeper: Keeper, count: number): () => void {
  const receipts = Array.from({ length: count }, (_, i) => keptReceipt(i + 1))
  return () => {
    for (const receipt of receipts.splice(0, piece)) keeper.keep(receipt)
  }
}

function outboxOn(path: string): Keeper {
  const outbox = openOutbox(path)
  outbox.beginStorage(followed)
  return {
    keep: (document) => void outbox.keepDocument(document, Date.now()),
    [Symbol.dispose]: () => outbox[Symbol.dispose](),
  }
}

function bareOn(path: string): Keeper {
  const database = new BetterSqlite3(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE document (id INTEGER PRIMARY KEY, summary TEXT, bytes BLOB) STRICT')
  const insert = database.prepare('INSERT INTO document (summary, bytes) VALUES (?, ?)')
  return {
    keep: ({ summary, bytes }) => void insert.run(JSON.stringify(summary), bytes),
    [Symbol.dispose]: () => void database.close(),
  }
}

/** The rows of the outbox without what it does for them: nothing is hashed, counted or asked. */
function rowsOn(path: string): Keeper {
  const database = openDatabase(path)
  const insertDocument = database.prepare(`INSERT INTO document
    (storage, number, register, type, format, source, read_at, owed, sign, fingerprint, summary, bytes)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`)
  const insertDelivery = database.prepare(
    'INSERT INTO delivery (document, register, owed_since, due_at) VALUES (?, ?, ?, ?)',
  )
  const [readAt, fingerprint] = [Date.now(), '0'.repeat(64)]
  const insertBoth = database.transaction((kept: NewDocument) => {
    const { storage, number, register, type, format, source, summary, bytes } = kept
    const facts = [storage, number, register, type, format, source, readAt, summary?.sign, fingerprint]
    const { lastInsertRowid } = insertDocument.run(...facts, JSON.stringify(summary), bytes)
    insertDelivery.run(lastInsertRowid, register, readAt, readAt)
  })
  return {
    keep: (document) => insertBoth.immediate(document),
    [Symbol.dispose]: () => void database.close(),
  }
}

/** The words by which this file, run as a program, becomes the process that strace looks at. */
const keepWord = 'keep'
const raceWord = 'race'

const Raced = z.strictObject({ ratio: z.number(), firstMs: z.number(), secondMs: z.number() })

/** strace lets every sync return later; no other call is stopped (--seccomp-bpf). */
async function raceOnSlowDisk({ folder, quick }: Bench): Promise<Compared> {
  const syncs = 'fsync,fdatasync'
  const inject = [`trace=${syncs}`, `inject=${syncs}:delay_exit=${1_000 * slowerMs}`]
  const [program, slow] = [fileURLToPath(import.meta.url), join(folder, 'slow')]
  const words = ['-f', '-qq', '--seccomp-bpf', ...inject.flatMap((one) => ['-e', one]), '-o', '/dev/null']
  const run = [process.execPath, program, raceWord, slow, quick ? 'quick' : 'whole']
  const { stdout } = await promisify(execFile)('strace', [...words, ...run])
  return Raced.parse(JSON.parse(stdout))
}

async function countSyncs(folder: string, count: number): Promise<number> {
  const [found, program] = [join(folder, 'syncs'), fileURLToPath(import.meta.url)]
  const words = ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', found, process.execPath, program, keepWord]
  const child = spawn('strace', [...words, join(folder, 'counted.db'), String(count)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`strace ended with ${code}`)
  return countCalls(readFileSync(found, 'utf8'))
}

/** Calls in an account of strace; one that was interrupted by another thread's has two lines. */
export function countCalls(account: string): number {
  return account.split('\n').filter((line) => /^\d+ +f(?:data)?sync\(/.test(line)).length
}

function keepMany(outbox: Outbox, count: number): void {
  outbox.beginStorage(followed)
  for (let number = 1; number <= count; number++) outbox.keepDocument(keptReceipt(number), Date.now())
}

const [, program, word, path, size] = process.argv
if (program === fileURLToPath(import.meta.url) && path !== undefined) {
  if (word === keepWord) {
    using outbox = openOutbox(path)
    keepMany(outbox, Number(size))
  }
  if (word === raceWord) {
    const raced = race({ folder: path, quick: size === 'quick', say: () => undefined }, outboxOn)
    console.log(JSON.stringify(raced))
  }
}
