import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Aside } from '../../agent/aside.ts'
import { Backlog } from '../../agent/backlog.ts'
import type { RegisterConfig } from '../../agent/config.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { Respite } from '../../agent/respite.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { newView } from '../../agent/view.ts'
import { type Watching, watchRegister } from '../../agent/watch.ts'
import {
  type Driver,
  drivers,
  type Identity,
  type Line,
  type Register,
  RegisterError,
} from '../../drivers/index.ts'
import { drive } from './scripted.ts'

const fn = '9280000000000001'
const clock = () => 1000
const random = () => 0.5
const identity: Identity = {
  model: 'a register',
  firmware: null,
  serial: '1234',
  registrationNumber: null,
  inn: '7701234568',
  organisation: null,
  address: 'г. Москва',
  storage: fn,
  debugStorage: false,
  storageExpires: null,
}

/** A register in the given state of mind; the tests replace what they are about. */
function register(changes: Partial<Register> = {}): Register {
  return {
    identity,
    state: () => Promise.resolve({ kind: 'idle' }),
    newest: () => Promise.resolve({ storage: fn, number: 40 }),
    readDocument: (number) =>
      Promise.resolve({ storage: fn, number, type: 3, bytes: Uint8Array.of(1), summary: null, remarks: [] }),
    ...changes,
  }
}

function fault(kind: 'lost' | 'silent' | 'busy' | 'refused' | 'garbled') {
  return new RegisterError(kind, { ru: `сбой ${kind}`, en: `fault ${kind}` })
}

let folder = ''
let outbox: Outbox
/** The clock that nobody sets. */
let uptime = 0

beforeEach(() => {
  uptime = 0
  folder = mkdtempSync(join(tmpdir(), 'chekpost-watch-'))
  outbox = openOutbox(join(folder, 'outbox.db'))
})
afterEach(() => {
  outbox[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

function configWith(changes: Partial<RegisterConfig>): RegisterConfig {
  return {
    name: 'till-1',
    address: 'x',
    quietMs: 0,
    pollMs: 1,
    from: 'now',
    serial: null,
    bitrix: { sendAll: false },
    ...changes,
  } as RegisterConfig
}

/** Watches until so many waits have passed; `connect` is asked with the number of the try, from 1. */
async function watch(
  waits: number,
  connect: (attempt: number) => Promise<Register>,
  seen: (watching: Watching, wait: number, ms: number) => void = () => undefined,
  changes: Partial<RegisterConfig> = {},
  beforeConnect: (view: Watching['view'], attempt: number) => void = () => undefined,
  begun: (watching: Watching) => void = () => undefined,
) {
  const stop = new AbortController()
  const lines = { opened: 0, closed: 0 }
  let attempt = 0
  let wait = 0
  const view = newView({ name: 'till-1', id: 's/till-1', driver: 'shtrih', address: 'x' }, 0)
  const driver: Driver = {
    ...(drivers.shtrih as Driver),
    connect: () => {
      beforeConnect(view, ++attempt)
      return connect(attempt)
    },
  }
  const line = (): Line => {
    lines.opened++
    return {
      write: () => Promise.resolve(),
      read: () => new Promise(() => undefined),
      [Symbol.asyncDispose]: () => Promise.resolve(void lines.closed++),
    }
  }
  const watching: Watching = {
    config: configWith(changes),
    outbox,
    view,
    driver,
    openLine: () => Promise.resolve(line()),
    stateDir: folder,
    zone: 'Europe/Moscow',
    ledgerOf: () => Promise.reject(new Error('no site is asked here')),
    origin: 'first',
    started: [],
    log: pino({ level: 'silent' }),
    ...{ clock, random },
    allowDebugDrive: false,
    beat: () => undefined,
    nudge: () => undefined,
    wakeable: (ms) => {
      seen(watching, ++wait, ms)
      if (wait >= waits) stop.abort(new Error('enough'))
      return Promise.resolve()
    },
    takeRequest: () => undefined,
    backlog: new Backlog(),
    aside: new Aside(clock, random),
    respite: new Respite(
      view,
      { clock, zone: 'UTC' },
      { uptime: () => uptime, kept: () => null, keep: () => undefined },
    ),
  }
  begun(watching)
  await watchRegister(watching, stop.signal)
  return { watching, lines, attempts: () => attempt }
}

test('a register that does not answer is tried again on a new line, and what was wrong is over when it speaks', async () => {
  const troubles: (string | undefined)[] = []
  const { lines } = await watch(
    5,
    (attempt) => (attempt < 3 ? Promise.reject(fault('silent')) : Promise.resolve(register())),
    ({ view }) => troubles.push(view.trouble?.kind),
  )
  expect(troubles.slice(0, 5)).toEqual(['silent', 'silent', undefined, undefined, undefined])
  expect(lines).toEqual({ opened: 3, closed: 3 })
  expect(outbox.storages('till-1')).toMatchObject([{ storage: fn, first: 41, why: 'now' }])
})

test('a line found again with a receipt open is no trouble, and is not opened anew', async () => {
  const shown: unknown[] = []
  const { lines } = await watch(
    3,
    (attempt) =>
      attempt < 6 ? Promise.reject(fault(attempt === 1 ? 'silent' : 'busy')) : Promise.resolve(register()),
    ({ view, driver }, wait) => {
      if (wait > 1) return
      const { connect } = driver
      Object.assign(driver, {
        connect: (...given: Parameters<typeof connect>) => {
          shown.push([view.line, view.trouble?.kind ?? null])
          return connect(...given)
        },
      })
    },
  )
  expect(shown).toEqual([
    ['lost', 'silent'],
    ['connected', null],
    ['connected', null],
    ['connected', null],
    ['connected', null],
  ])
  expect(lines.opened).toBe(2)
})

test('another register than the config names is red, reads nothing and is looked at every half minute', async () => {
  let read = 0
  const pauses: number[] = []
  const other = register({
    readDocument: () => {
      read++
      return Promise.reject(fault('refused'))
    },
  })
  const { watching } = await watch(
    3,
    () => Promise.resolve(other),
    (_, __, ms) => pauses.push(ms),
    { serial: '999' },
  )
  expect(watching.view.trouble).toMatchObject({ kind: 'halted', hint: { ru: expect.any(String) } })
  expect(pauses).toEqual([30_000, 30_000, 30_000])
  expect(read).toBe(0)
  expect(outbox.storages()).toEqual([])
})

test('a drive put in while the line stands is admitted before a document of it is read', async () => {
  const asked: string[] = []
  let storage = fn
  const { lines, attempts } = await watch(
    4,
    () => {
      const mine = storage
      const here = register({
        identity: { ...identity, storage: mine },
        newest: () => Promise.resolve({ storage, number: storage === fn ? 40 : 3 }),
        readDocument: (number) => {
          asked.push(`${mine} ${number}`)
          return Promise.reject(fault('refused'))
        },
      })
      return Promise.resolve(here)
    },
    (_, wait) => {
      if (wait === 1) storage = '9280000000000099'
    },
  )
  // No receipt of the former drive is kept to compare with: a person is asked.
  expect(attempts()).toBeGreaterThan(1)
  expect(asked).toEqual([])
  expect(lines.opened).toBeGreaterThan(0)
  expect(outbox.storages('till-1').map((drive) => drive.storage)).toEqual([fn])
})

test('what is no fault of the world is a bug, and ends the watcher with its line closed', async () => {
  await expect(watch(9, () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
})

test('a refused password is tried again after minutes, with a sign of life every half of one', async () => {
  const pauses: number[] = []
  let beats = 0
  const hint = { ru: 'Проверьте settings.password.', en: 'Check settings.password.' }
  const wrong = new RegisterError(
    'refused',
    { ru: 'неверный пароль', en: 'wrong password' },
    { code: '4F', hint },
  )
  const { attempts } = await watch(
    12,
    () => Promise.reject(wrong),
    (watching, wait, ms) => {
      if (wait === 1) Object.assign(watching, { beat: () => beats++ })
      pauses.push(ms)
      expect(watching.view.trouble).toMatchObject({ kind: 'refused' })
    },
  )
  expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000)
  const waited = pauses.reduce((sum, ms) => sum + ms, 0)
  expect(waited / attempts()).toBeGreaterThanOrEqual(60_000)
  expect(beats).toBeGreaterThanOrEqual(pauses.length - 1)
})

test('a refusal that nobody can mend is tried again as soon as any other failure', async () => {
  const pauses: number[] = []
  const odd = new RegisterError('refused', { ru: 'ошибка', en: 'error' }, { code: 'E7' })
  const { attempts } = await watch(
    6,
    () => Promise.reject(odd),
    (_watching, _wait, ms) => pauses.push(ms),
  )
  expect(attempts()).toBe(pauses.length)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000)
})

test('a register that goes on refusing to say who it is is told with the next step, and tried on', async () => {
  const shown: (string | undefined)[] = []
  const refusing = new RegisterError('busy', { ru: 'ошибка 73', en: 'error 73' }, { code: '73' })
  const { lines } = await watch(
    1,
    (attempt) => (attempt < 9 ? Promise.reject(refusing) : Promise.resolve(register())),
    ({ view }) => shown.push(view.trouble?.kind),
    {},
    (view, attempt) => {
      if (attempt > 1) shown.push(view.trouble?.kind)
      if (view.trouble !== null) expect(view.trouble).toMatchObject({ hint: { ru: expect.any(String) } })
    },
  )
  expect(shown).toEqual([...Array(4).fill(undefined), ...Array(4).fill('unidentified'), undefined, undefined])
  expect(lines.opened).toBe(1)
})

/** Lets go of the port when the n-th document is read, and looks on through so many waits. */
async function interrupted(at: number, waits: number, during: (watching: Watching, wait: number) => void) {
  const read: number[] = []
  let watching: Watching | undefined
  outbox.beginStorage({ ...drive, register: 'till-1' })
  const here = register({
    readDocument: (number) => {
      read.push(number)
      if (read.length === at) watching?.respite.want(600_000)
      return register().readDocument(number, new AbortController().signal)
    },
  })
  const done = await watch(
    waits,
    () => Promise.resolve(here),
    (given, wait) => during(given, wait),
    {},
    () => undefined,
    (given) => {
      watching = given
    },
  )
  return { ...done, read }
}

test('a port that is asked for in the middle of a backlog is let go of after the document, and the rest is read later', async () => {
  const lost: unknown[] = []
  const shown: unknown[] = []
  const { read, lines, watching } = await interrupted(3, 6, ({ view }, wait) => {
    if (wait < 4) shown.push([view.line, view.state, view.pausedUntil, outbox.missingCount(fn, 40)])
    if (wait === 4) {
      lost.push(...outbox.missingNumbers(fn, 40))
      uptime += 600_000
    }
  })
  // Three were read and kept, then nothing for as long as it lasted.
  expect(shown).toEqual(Array(3).fill(['lost', null, 601_000, 37]))
  expect(lost).toHaveLength(37)
  expect(read).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  expect(outbox.missingCount(fn, 40)).toBe(0)
  expect(watching.view).toMatchObject({ pausedUntil: null, line: 'connected', trouble: null })
  expect(lines).toEqual({ opened: 2, closed: 2 })
})

test('a port that is taken back early is opened at once', async () => {
  const { lines, read } = await interrupted(1, 3, ({ respite }, wait) => {
    if (wait === 2) respite.end()
  })
  expect(lines.opened).toBe(2)
  expect(read).toHaveLength(40)
})

test('a register with a receipt open gives its port away as well', async () => {
  const waits: number[] = []
  let watching: Watching | undefined
  const { lines, attempts } = await watch(
    2,
    (attempt) => {
      if (attempt === 3) watching?.respite.want(600_000)
      return attempt < 9 ? Promise.reject(fault('busy')) : Promise.resolve(register())
    },
    (_, __, ms) => waits.push(ms),
    {},
    () => undefined,
    (given) => {
      watching = given
    },
  )
  expect(lines).toEqual({ opened: 1, closed: 1 })
  expect(attempts()).toBe(3)
  expect(waits).toEqual([30_000, 30_000])
})

test('a port that is asked for between two visits is not sought for a minute more', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const sought: AbortSignal[] = []
  const { watching } = await watch(
    1,
    () => Promise.reject(fault('silent')),
    () => undefined,
    {},
    () => undefined,
    (given) => {
      // Asked after a look whether anybody does, and before the line is opened.
      Object.assign(given, {
        clock: () => {
          if (sought.length === 0 && !given.respite.isWanted) given.respite.want(600_000)
          return 1000
        },
        openLine: (_: string, signal: AbortSignal) => {
          sought.push(signal)
          void vi.advanceTimersByTimeAsync(3_000)
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
            setTimeout(() => reject(new Error('nobody stopped it')), 3_001)
          })
        },
      })
    },
  )
  expect(sought.map(({ reason }) => reason?.name)).toEqual(['LetGo'])
  expect(watching.view).toMatchObject({ leaving: false, pausedUntil: 601_000, trouble: null })
})
