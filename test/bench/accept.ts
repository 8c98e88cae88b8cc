/** What keeping a document costs beside the least that a durable commit can cost on the same disk. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import type { NewDocument, Outbox } from '../../agent/outbox.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { keptReceipt } from './documents.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { followed } from './filled.ts'
import { compare } from './pairs.ts'

/** Commits in one piece of a pair. */
const piece = 20
/** Both write-ahead logs have been written through once and are used again, as in the shop. */
const warmUp = 1_200

/** The outbox against one INSERT. */
export const accept: Figure = {
  name: 'accept',
  how: `keepDocument of receipts of some 1.25 kB against better-sqlite3 alone (WAL, synchronous=FULL, one table, no index) with the same payload, one commit each, by turns of ${piece}; syncs counted by strace over a whole run, opening, checkpoints and closing included.`,
  reach: 'at least 0.8 of the bare rate; one sync a document, 1.05 with open and checkpoints',
  async measure(bench: Bench): Promise<readonly Row[]> {
    const { ratio, firstMs, secondMs } = race(bench)
    const perMs = (ms: number) => `${(ms / piece).toFixed(3)} ms`
    const counted = bench.quick ? 100 : 2_000
    bench.say(`strace over ${counted} documents`)
    const syncs = await countSyncs(bench.folder, counted)
    return [
      {
        what: 'documents kept a second, against bare commits',
        value: 1 / ratio,
        unit: '×',
        reach: { least: 0.8 },
        note: `${perMs(firstMs)} a document, ${perMs(secondMs)} a bare commit`,
      },
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

function race({ folder, quick, say }: Bench) {
  const [pairs, warm] = quick ? [10, piece] : [200, warmUp]
  using outbox = openOutbox(join(folder, 'outbox.db'))
  outbox.beginStorage(followed)
  const bare = new BetterSqlite3(join(folder, 'bare.db'))
  try {
    const ours = inPieces((document) => void outbox.keepDocument(document, Date.now()), warm + pairs * piece)
    const alone = inPieces(bareKeeper(bare), warm + pairs * piece)
    say('warming up')
    for (let done = 0; done < warm; done += piece) {
      ours()
      alone()
    }
    say(`${pairs} pairs`)
    return compare(pairs, ours, alone)
  } finally {
    bare.close()
  }
}

/** Keeps the next piece at every call; the receipts are made beforehand. */
function inPieces(keep: (document: NewDocument) => void, count: number): () => void {
  const receipts = Array.from({ length: count }, (_, i) => keptReceipt(i + 1))
  return () => {
    for (const receipt of receipts.splice(0, piece)) keep(receipt)
  }
}

function bareKeeper(database: BetterSqlite3.Database): (document: NewDocument) => void {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE document (id INTEGER PRIMARY KEY, summary TEXT, bytes BLOB) STRICT')
  const insert = database.prepare('INSERT INTO document (summary, bytes) VALUES (?, ?)')
  return ({ summary, bytes }) => void insert.run(JSON.stringify(summary), bytes)
}

/** The words by which this file, run as a program, becomes the process that strace looks at. */
const keepWord = 'keep'

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

const [, program, word, path, count] = process.argv
if (program === fileURLToPath(import.meta.url) && word === keepWord && path !== undefined) {
  using outbox = openOutbox(path)
  keepMany(outbox, Number(count))
}
