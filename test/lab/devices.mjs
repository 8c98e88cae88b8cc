// Runs in the lab's guest: every promise of a line, kept over a real kernel device with a simulated register behind the
// USB gadget. A pulled cable is a real one. Each line that begins with "ok" is a promise that held.
//   node devices.mjs DIST acm|hid FRAMES ADDRESS
import { execFileSync, spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { serveGadget } from './gadget.mjs'

const [dist, kind, frames, address] = process.argv.slice(2)
const from = (path) => import(pathToFileURL(`${dist}/${path}`).href)
const { openLine, RegisterError, drivers } = await from('drivers/index.js')
const { createRegister } = await from('test/fakes/register.js')
const { placeOf } = await from('test/conformance/place.js')
const { tryPromises } = await from('test/conformance/runner.js')

const never = new AbortController().signal
// An emulated machine is slow: it must not look like a register that does not answer.
const limits = { byteTimeoutMs: 1000, controlTimeoutMs: 1000, answerTimeoutMs: 3000, tries: 4 }

function labGuest(...words) {
  return new Promise((resolve, reject) =>
    spawn('lab-guest', words, { stdio: ['ignore', 'ignore', 'inherit'] }).once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(words.join(' '))),
    ),
  )
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
void serveGadget(kind, machine)
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
