// Runs in the lab's guest: every promise of a line, kept over a real kernel device with a simulated register behind the
// USB gadget. A pulled cable is a real one. Each line that begins with "ok" is a promise that held.
//   node devices.mjs DIST acm|hid FRAMES ADDRESS
import { execFileSync, spawn } from 'node:child_process'
import { close, constants, existsSync, open, read, write } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const [dist, kind, frames, address] = process.argv.slice(2)
const from = (path) => import(pathToFileURL(`${dist}/${path}`).href)
const { openLine, RegisterError, drivers } = await from('drivers/index.js')
const { createRegister } = await from('test/fakes/register.js')
const { placeOf } = await from('test/conformance/place.js')
const { tryPromises } = await from('test/conformance/runner.js')

const never = new AbortController().signal
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
// An emulated machine is slow: it must not look like a register that does not answer.
const limits = { byteTimeoutMs: 1000, controlTimeoutMs: 1000, answerTimeoutMs: 3000, tries: 4 }

/** How the gadget packs bytes: a stream, or 64-byte reports whose first byte counts, as a CH9329 has them. */
const ends = {
  acm: {
    gadget: '/dev/ttyGS0',
    flags: 0,
    // A cable that is pulled must not be a SIGHUP to this process.
    prepare: () => execFileSync('stty', ['-F', '/dev/ttyGS0', 'raw', '-echo'], { stdio: 'ignore' }),
    reports: (bytes) => [bytes],
    bytes: (report) => report,
  },
  hid: {
    gadget: '/dev/hidg0',
    // A read that waits in a device that is gone comes back never, and keeps a thread of Node's few.
    flags: constants.O_NONBLOCK,
    prepare: () => undefined,
    reports: (bytes) =>
      Array.from({ length: Math.ceil(bytes.length / 63) }, (_, i) => {
        const piece = bytes.subarray(i * 63, i * 63 + 63)
        return Buffer.concat([Buffer.of(piece.length), piece], 64)
      }),
    bytes: (report) => report.subarray(1, 1 + report[0]),
  },
}
const end = ends[kind]

function labGuest(...words) {
  return new Promise((resolve, reject) =>
    spawn('lab-guest', words, { stdio: ['ignore', 'ignore', 'inherit'] }).once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(words.join(' '))),
    ),
  )
}

/** The register's end of the cable; begins anew after a pull and after a loss of power. */
async function serveGadget(machine) {
  for (;;) {
    try {
      end.prepare()
      const fd = await promisify(open)(end.gadget, constants.O_RDWR | constants.O_NOCTTY | end.flags)
      try {
        await carry(machine, fd)
      } finally {
        await promisify(close)(fd)
      }
    } catch {
      await sleep(100)
    }
  }
}

async function carry(machine, fd) {
  const gone = new AbortController()
  let line = machine.openLine()
  const pump = async () => {
    while (!gone.signal.aborted) {
      try {
        const bytes = await line.read(gone.signal)
        for (const report of end.reports(bytes)) await whenReady(() => promisify(write)(fd, report))
      } catch {
        // The register let go of the line; its cable is still in.
        await line[Symbol.asyncDispose]()
        await sleep(50)
        line = openAgain(machine) ?? line
      }
    }
  }
  const pumping = pump()
  const heard = Buffer.alloc(kind === 'hid' ? 64 : 1024)
  try {
    for (;;) {
      const { bytesRead } = await whenReady(() => promisify(read)(fd, heard, 0, heard.length, null))
      if (bytesRead === 0) return
      await line.write(Uint8Array.from(end.bytes(heard.subarray(0, bytesRead))), never).catch(() => undefined)
    }
  } finally {
    gone.abort(new Error('unplugged'))
    await pumping
    await line[Symbol.asyncDispose]()
  }
}

/** Until the device has or takes something; rejects once it is gone. */
async function whenReady(call) {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (error.code !== 'EAGAIN' || !existsSync(end.gadget)) throw error
      await sleep(2)
    }
  }
}

function openAgain(machine) {
  try {
    return machine.openLine()
  } catch {
    return null // Without power.
  }
}

/** What only a node in /dev has: one reader at a time, told by name. */
async function refusesASecond() {
  const first = await openLine(address, never)
  const error = await openLine(address, never).then(
    () => null,
    (reason) => reason,
  )
  await first[Symbol.asyncDispose]()
  const held = error instanceof RegisterError && error.fault === 'lost' && error.message.includes('in use')
  console.log(`${held ? 'ok' : 'FAILED'}: a second reader is refused: ${error?.message}`)
  return held ? 0 : 1
}

const machine = createRegister({ seed: 7, frames, clients: 'replace' })
machine.openShift()
await labGuest('plug', kind)
void serveGadget(machine)
const device = kind === 'acm' ? '/dev/ttyACM*' : '/dev/hidraw*'
await labGuest('wait', device, '60')
execFileSync('udevadm', ['settle'])
const place = placeOf(
  drivers.shtrih,
  frames,
  machine,
  {
    open: () => openLine(address, never),
    pull: async () => {
      await labGuest('unplug', kind)
      await labGuest('gone', device, '60')
    },
    putBack: async () => {
      await labGuest('plug', kind)
      await labGuest('wait', device, '60')
    },
  },
  limits,
)
const broken = (await tryPromises(place, console.log)) + (await refusesASecond())
await labGuest('unplug', kind)
process.exit(broken === 0 ? 0 : 1)
