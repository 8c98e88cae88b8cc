/**
 * The shop around the daemon inside the lab's machine: a simulated register on TCP 7778 and behind both USB gadgets,
 * and the sample receiver on 8080. Both keep their books in /srv/world, so that they survive whatever the drill does
 * to the machine. Orders come as POSTs to port 7000: the simulated register's own, and those below.
 */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serveGadget } from './gadget.mjs'

const product = '/opt/chekpost/dist/test'
const books = '/srv/world'
const controlPort = 7000
const sellingFile = join(books, 'selling')
const secretFile = '/etc/chekpost/secrets/webhook-secret'

async function serve() {
  mkdirSync(books, { recursive: true })
  // The register's journal must not lose its tail with the power: a drive that forgets would be another fault.
  execFileSync('chattr', ['+S', books])
  const { createRegister } = await import(`${product}/fakes/register.js`)
  const { orders } = await import(`${product}/fakes/register/orders.js`)
  const { openBitrix } = await import(`${product}/fakes/bitrix.js`)
  const register = createRegister({ state: join(books, 'register.jsonl'), clients: 'replace' })
  const site = await openBitrix({
    port: 8080,
    // As if whoever installs the shop had carried the secret to the site in that very moment.
    secrets: {
      get 'shop-12/till-1'() {
        return existsSync(secretFile) ? [readFileSync(secretFile, 'utf8').trim()] : []
      },
    },
    ledger: join(books, 'ledger.jsonl'),
  })
  await register.listenTcp({ port: 7778 })
  for (const kind of ['acm', 'hid']) void serveGadget(kind, register)
  if (existsSync(sellingFile)) register.startSelling(JSON.parse(readFileSync(sellingFile, 'utf8')))
  const own = {
    sell: (told) => {
      writeFileSync(sellingFile, JSON.stringify(told))
      return register.startSelling(told)
    },
    rest: () => {
      rmSync(sellingFile, { force: true })
      register.stopSelling()
      // The till may have been in the middle of a receipt, and one left open holds the reading up.
      register.closeReceipt()
    },
    tally: () => tally(register, site),
    drained: ({ seconds }) => drained(register, site, seconds),
    until: ({ state, seconds }) => until(state, seconds),
  }
  createServer(async (asked, answer) => {
    let told = ''
    for await (const part of asked) told += part
    const name = asked.url.slice(1)
    const given = told === '' ? undefined : JSON.parse(told)
    try {
      const done = await (name in own ? own[name](given) : orders[name](register, given))
      answer.end(JSON.stringify(done ?? null))
    } catch (error) {
      answer.writeHead(500).end(`${error?.stack ?? error}`)
    }
  }).listen(controlPort)
}

/** Counted at the register and at the receiver; the agent's database is looked at in a copy, so that it stays as it is. */
async function tally(register, site) {
  const { tallyOf, readKept, misbooked } = await import(`${product}/demo/tally.js`)
  const folder = mkdtempSync(join(tmpdir(), 'kept-'))
  try {
    for (const part of ['', '-wal']) {
      const path = `/var/lib/chekpost/outbox.db${part}`
      if (existsSync(path)) copyFileSync(path, join(folder, `outbox.db${part}`))
    }
    const kept = readKept(join(folder, 'outbox.db'))
    return {
      ...tallyOf([register], kept, site.ledger, false),
      misbooked: misbooked([register], site.ledger).length,
      waiting: kept.waiting,
      repeats: site.counts().duplicates,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Gives back the first tally in which everything sold is kept and delivered, else the last one before the limit. */
async function drained(register, site, seconds) {
  const end = Date.now() + seconds * 1000
  while (true) {
    // Counting takes the register's time, so only once the daemon seems to have nothing more to do.
    for (let before = -1; Date.now() < end; await sleep(2000)) {
      const { documents = 0, waiting = 1 } = (await snapshot()).outbox ?? {}
      if (waiting === 0 && documents === before) break
      before = documents
    }
    const counted = await tally(register, site)
    const { closed, kept, lost, twice, misbooked, waiting, forbidden, undrained } = counted
    const wrong = lost + twice + misbooked + waiting + forbidden + undrained
    const isDrained = closed > 0 && kept === closed && wrong === 0
    if (isDrained || Date.now() > end) return { drained: isDrained, ...counted }
    await sleep(500)
  }
}

/** The daemon's own word of everything, over its control socket. */
async function snapshot() {
  try {
    return JSON.parse(await ask({ socketPath: '/run/chekpost/control.sock', path: '/status' }))
  } catch (error) {
    return { health: { colour: 'silent', text: String(error.cause ?? error) } }
  }
}

function ask(where) {
  return new Promise((resolve, reject) => {
    request({ ...where, timeout: 20_000 }, async (answer) => {
      let told = ''
      for await (const part of answer) told += part
      resolve(told)
    })
      .on('timeout', function () {
        this.destroy(new Error('no answer'))
      })
      .on('error', reject)
      .end()
  })
}

/** Waits until the daemon tells this colour, or this of the register's line; gives back what it told last. */
async function until(state, seconds) {
  const end = Date.now() + seconds * 1000
  while (true) {
    const { health, registers } = await snapshot()
    const came = health.colour === state || registers?.[0]?.line === state
    if (came || Date.now() > end) return { came, ...health }
    await sleep(500)
  }
}

await serve()
