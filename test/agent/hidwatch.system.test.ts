/**
 * The watcher of a register behind HID devices that send short, long, foreign or no reports: what `status` shows names
 * the fault and the next step, and once the device is in order its documents are kept. Real time limits.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Aside } from '../../agent/aside.ts'
import { Backlog } from '../../agent/backlog.ts'
import type { RegisterConfig } from '../../agent/config.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { Respite } from '../../agent/respite.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { newView, type Trouble } from '../../agent/view.ts'
import { type Watching, watchRegister } from '../../agent/watch.ts'
import { type Driver, drivers, pause } from '../../drivers/index.ts'
import { parseAddress } from '../../drivers/transport/address.ts'
import { openHid } from '../../drivers/transport/hid.ts'
import { bridge, EmulatedDevice, EmulatedPort } from '../fakes/hid.ts'
import { createRegister } from '../fakes/register.ts'

const address = 'hid:1209:0002?framing=len&report=64'
const limits = { byteTimeoutMs: 30, controlTimeoutMs: 60, answerTimeoutMs: 120, stillMs: 10, tries: 3 }

let folder = ''
let outbox: Outbox

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-hid-'))
  outbox = openOutbox(join(folder, 'outbox.db'))
})
afterEach(() => {
  outbox[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

/** A register with three receipts behind a good device. */
function soundDevice(): { device: EmulatedDevice; documents: number; end: () => Promise<void> } {
  const register = createRegister({ seed: 5, clients: 'replace', drive: { receipts: 3 } })
  const device = new EmulatedDevice()
  bridge(device, register.openLine(), { kind: 'len', report: 64 })
  return { device, documents: register.documents.length, end: () => register[Symbol.asyncDispose]() }
}

/** A device that answers every report it gets with these. */
function answering(...reports: readonly Uint8Array[]): EmulatedDevice {
  const device = new EmulatedDevice()
  device.hears = () => device.say(...reports)
  return device
}

function watching(port: EmulatedPort): Watching {
  const config = {
    name: 'till-1',
    address,
    settings: drivers.shtrih.settings.parse(limits),
    quietMs: 0,
    pollMs: 10,
    from: 1,
    serial: null,
    bitrix: { sendAll: false },
  } as RegisterConfig
  const parsed = parseAddress(address)
  if (parsed.kind !== 'hid') throw new Error('not a HID address')
  const view = newView({ name: 'till-1', id: 's/till-1', driver: 'shtrih', address }, 0)
  return {
    config,
    outbox,
    view,
    driver: drivers.shtrih as Driver,
    openLine: (_address, signal) => openHid(parsed, signal, () => Promise.resolve(port)),
    stateDir: folder,
    zone: 'Europe/Moscow',
    ledgerOf: () => Promise.reject(new Error('no site is asked here')),
    origin: 'first',
    started: [],
    log: pino({ level: 'silent' }),
    clock: () => Date.now(),
    random: () => 0.1,
    allowDebugDrive: true,
    beat: () => undefined,
    nudge: () => undefined,
    wakeable: (_ms, signal) => pause(10, signal),
    takeRequest: () => undefined,
    backlog: new Backlog(),
    aside: new Aside(
      () => Date.now(),
      () => 0,
    ),
    respite: new Respite(view, { clock: Date.now, zone: 'UTC' }),
  }
}

const forEver = new AbortController().signal

async function eventually<Thing>(look: () => Thing | null): Promise<Thing> {
  for (;;) {
    const seen = look()
    if (seen !== null) return seen
    await pause(10, forEver)
  }
}

const deaf = () => {
  const device = new EmulatedDevice()
  device.takes = () => Promise.reject(new Error('Cannot write to HID device'))
  return device
}
const babbling = () => {
  const device = new EmulatedDevice()
  const full = Uint8Array.of(63, ...Array(63).fill(0x41))
  device.hears = () => device.say(...Array(1200).fill(full))
  return device
}

test.each<[what: string, device: () => EmulatedDevice | null, kind: RegExp, says: RegExp, advises: RegExp]>([
  ['is not plugged in', () => null, /^lost$/, /1209:0002/, /lsusb|cable|кабел/],
  ['sends no reports', () => new EmulatedDevice(), /^silent$/, /does not answer/, /cable/],
  ['sends empty reports', () => answering(new Uint8Array()), /^silent$/, /does not answer/, /cable/],
  [
    'sends reports cut short',
    () => answering(Uint8Array.of(9, 2)),
    /^(silent|garbled)$/,
    /register/,
    /cable|power/,
  ],
  [
    'sends reports longer than it should',
    () => answering(Uint8Array.of(80, ...Array(80).fill(0x41))),
    /^(silent|garbled)$/,
    /register/,
    /cable|power/,
  ],
  [
    'sends what no register says, as a scanner or a scale would',
    () => answering(Uint8Array.from([7, ...Buffer.from('4601234')])),
    /^(silent|garbled)$/,
    /register/,
    /cable|power/,
  ],
  ['takes no reports', deaf, /^lost$/, /Cannot write|accepts nothing/, /./],
  ['sends without end', babbling, /^(lost|silent|garbled)$/, /without end|register/, /framing=|cable/],
])(
  'a HID device that %s is shown with its fault and the next step, and a sound one after it is read',
  async (...row) => {
    const [, device, kind, says, advises] = row
    const bad = device()
    const port = new EmulatedPort(...(bad === null ? [] : [bad]))
    const watched = watching(port)
    const stop = new AbortController()
    const done = watchRegister(watched, stop.signal)
    try {
      const trouble = await eventually<Trouble>(() => watched.view.trouble)
      expect(trouble.kind).toMatch(kind)
      expect(trouble.text.en).toMatch(says)
      expect(trouble.hint?.en ?? '').toMatch(advises)
      expect(trouble.hint?.ru ?? '').toMatch(/[а-я]/)
      const { device: sound, documents, end } = soundDevice()
      port.plugged.splice(0, port.plugged.length, sound)
      bad?.unplug()
      await expect.poll(() => outbox.counts().documents).toBe(documents)
      await expect.poll(() => watched.view.trouble).toBeNull()
      await end()
    } finally {
      stop.abort(new Error('enough'))
      await done
    }
    expect(port.claimed.size).toBe(0)
  },
)
