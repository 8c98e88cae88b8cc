// Runs in the lab's guest: the driver over a real hidraw, with a simulated register behind the gadget. The cable is
// pulled in the middle of a document and put back. Each line that begins with "ok" is a promise that held.
//   node hid.mjs DIST ADDRESS
import { execFileSync, spawn } from 'node:child_process'
import { close, open as openFile, read, readlinkSync, statSync, write } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const [dist, address] = process.argv.slice(2)
const from = (path) => import(pathToFileURL(`${dist}/${path}`).href)
const { openLine, RegisterError, drivers } = await from('drivers/index.js')
const { createRegister } = await from('test/fakes/register.js')

const never = new AbortController().signal
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const run = (...words) =>
  new Promise((resolve, reject) =>
    spawn('lab-guest', words, { stdio: ['ignore', 'ignore', 'inherit'] }).once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(words.join(' '))),
    ),
  )
const ok = (what) => console.log(`ok: ${what}`)
const must = (held, what) => {
  if (!held) throw new Error(`does not hold: ${what}`)
  ok(what)
}

const machine = createRegister({ seed: 7 })
machine.openShift()
for (let i = 0; i < 6; i++) machine.closeReceipt()
machine.closeShift()
const truth = machine.documents.map(
  ({ number, body }) => `${number} ${Buffer.from(body ?? []).toString('hex')}`,
)

/** The register's end: 64-byte reports whose first byte counts, as a CH9329 has them. */
async function serveGadget() {
  for (;;) {
    try {
      const fd = await promisify(openFile)('/dev/hidg0', 'r+')
      const line = machine.openLine()
      const gone = new AbortController()
      const pump = async () => {
        for (;;) {
          const bytes = await line.read(gone.signal)
          for (let at = 0; at < bytes.length; at += 63) {
            const piece = bytes.subarray(at, at + 63)
            const report = Buffer.alloc(64)
            report[0] = piece.length
            report.set(piece, 1)
            await promisify(write)(fd, report)
          }
        }
      }
      pump().catch(() => undefined)
      const report = Buffer.alloc(64)
      try {
        for (;;) {
          const { bytesRead } = await promisify(read)(fd, report, 0, 64, null)
          if (bytesRead === 0) break
          await line.write(Uint8Array.from(report.subarray(1, 1 + report[0])), never)
        }
      } finally {
        gone.abort(new Error('unplugged'))
        await line[Symbol.asyncDispose]()
        await promisify(close)(fd)
      }
    } catch {
      await sleep(100)
    }
  }
}

const settings = drivers.shtrih.settings.parse({})
const connect = (line) => drivers.shtrih.connect(line, settings, never)

async function readAll(line) {
  const register = await connect(line)
  const { number: last } = await register.newest(never)
  const found = []
  for (let number = 1; number <= last; number++) {
    const { bytes } = await register.readDocument(number, never)
    found.push(`${number} ${Buffer.from(bytes ?? []).toString('hex')}`)
  }
  return found
}

async function reopened() {
  for (;;) {
    try {
      return await openLine(address, never)
    } catch (error) {
      if (!(error instanceof RegisterError)) throw error
      await sleep(50)
    }
  }
}

async function refusal() {
  try {
    const opened = await openLine(address, never)
    await opened[Symbol.asyncDispose]()
    return null
  } catch (error) {
    if (!(error instanceof RegisterError)) throw error
    return error
  }
}

/** Milliseconds from the pull until the reader knows, in the middle of its documents or while it only waits. */
async function pulled(line, busy) {
  const reading = busy
    ? (async () => {
        const register = await connect(line)
        for (;;) await register.readDocument(2, never)
      })()
    : line.read(never)
  const ended = reading.then(
    () => null,
    (error) => ({ error, at: performance.now() }),
  )
  await sleep(1500)
  const since = performance.now()
  await run('unplug', 'hid')
  const end = await Promise.race([ended, sleep(20_000)])
  must(
    end?.error instanceof RegisterError && end.error.fault === 'lost',
    `pulled while ${busy ? 'reading a document' : 'waiting'}: ${end?.error?.message}`,
  )
  await line[Symbol.asyncDispose]()
  return end.at - since
}

await run('plug', 'hid')
void serveGadget()
execFileSync('lab-guest', ['wait', '/dev/hidraw*'])
execFileSync('udevadm', ['settle'])

let line = await reopened()
const since = performance.now()
const found = await readAll(line)
must(
  found.join() === truth.join(),
  `${found.length} documents byte for byte in ${Math.round(performance.now() - since)} ms`,
)
const second = await refusal()
must(second?.fault === 'lost' && second.message.includes('in use'), `a second reader: ${second?.message}`)

for (const busy of [true, false, true]) {
  const ms = await pulled(line, busy)
  console.log(`   known after ${Math.round(ms)} ms`)
  const absent = await refusal()
  must(absent?.fault === 'lost', `while it is out: ${absent?.message}`)
  const before = performance.now()
  await run('plug', 'hid')
  line = await reopened()
  console.log(`   open again ${Math.round(performance.now() - before)} ms after plugging`)
  must((await readAll(line)).join() === truth.join(), 'every document again, byte for byte')
}
must(machine.counters.forbidden === 0, 'nothing but questions was asked')
const node = execFileSync('sh', ['-c', 'echo /dev/hidraw*'], { encoding: 'utf8' }).trim()
const mode = execFileSync('stat', ['-c', '%A %G %n', node], { encoding: 'utf8' }).trim()
const links = execFileSync('sh', ['-c', 'find /dev/chekpost -type l 2>/dev/null || true'], {
  encoding: 'utf8',
})
console.log(mode)
for (const link of links
  .split('\n')
  .filter((name) => name !== '' && statSync(name).rdev === statSync(node).rdev))
  console.log(`${link} -> ${readlinkSync(link)}`)
await line[Symbol.asyncDispose]()
await machine[Symbol.asyncDispose]()
await run('unplug', 'hid')
process.exit(0)
