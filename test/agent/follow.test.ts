import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Aside } from '../../agent/aside.ts'
import type { RegisterConfig } from '../../agent/config.ts'
import { type Following, followDocuments } from '../../agent/follow.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { newView } from '../../agent/view.ts'
import { type Register, RegisterError } from '../../drivers/index.ts'
import { busy, document, drive, fn, Scripted } from './scripted.ts'

let folder = ''
let outbox: Outbox
let now = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-follow-'))
  outbox = openOutbox(join(folder, 'outbox.db'))
  outbox.beginStorage(drive)
  now = 1_000_000
})
afterEach(() => {
  outbox[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

/** Follows until `polls` waits have passed; every wait moves the clock. Resolves with the waits, in milliseconds. */
async function follow(
  register: Register,
  polls: number,
  more: {
    quietMs?: number
    during?: (poll: number) => void
    allowDebugDrive?: boolean
    takeRequest?: Following['takeRequest']
    /** How often each of the first documents was tried in vain before. */
    failedBefore?: number
    /** Of an earlier connection. */
    aside?: Aside
  } = {},
): Promise<{ waits: number[]; following: Following }> {
  const waits: number[] = []
  const stop = new AbortController()
  const config = { name: 'till-1', quietMs: more.quietMs ?? 0, pollMs: 2000, bitrix: { sendAll: false } }
  const following: Following = {
    config: config as RegisterConfig,
    outbox,
    view: newView({ name: 'till-1', id: 's/till-1', driver: 'x', address: 'x' }, now),
    log: pino({ level: 'silent' }),
    clock: () => now,
    random: () => 0.5,
    allowDebugDrive: more.allowDebugDrive ?? false,
    beat: () => undefined,
    nudge: () => undefined,
    wakeable: (ms) => {
      waits.push(ms)
      now += ms
      more.during?.(waits.length)
      if (waits.length >= polls) stop.abort()
      return Promise.resolve()
    },
    takeRequest: more.takeRequest ?? (() => undefined),
    aside:
      more.aside ??
      new Aside(
        () => now,
        () => 0.5,
      ),
  }
  following.aside.begin(fn)
  for (const number of [1, 2, 3])
    for (let time = 0; time < (more.failedBefore ?? 0); time++) following.aside.failed(number)
  now += more.failedBefore === undefined ? 0 : 3_600_000
  await followDocuments(following, register, drive, stop.signal)
  return { waits, following }
}

const kept = () => [...outbox.list({ storage: fn })].map(({ number }) => number).sort((a, b) => a - b)

test('reads what is missing and keeps it, asking the state before every document', async () => {
  const register = new Scripted()
  register.newest_ = 3
  await follow(register, 1)
  expect(kept()).toEqual([1, 2, 3])
  expect(register.asked).toEqual([
    'state idle',
    'newest',
    'read 1',
    'state idle',
    'read 2',
    'state idle',
    'read 3',
  ])
})

test('an open receipt is left in peace: nothing but its state is asked', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.state_ = () => busy
  await follow(register, 4)
  expect(register.asked).toEqual(Array(4).fill('state busy'))
  expect(kept()).toEqual([])
})

test('a document being made at the very moment of the question costs nothing but a wait', async () => {
  const register = new Scripted()
  register.newest_ = 1
  let asked = 0
  register.newest = () => {
    asked++
    if (asked < 3) throw new RegisterError('busy', busy.text)
    return Promise.resolve({ storage: fn, number: 1 })
  }
  const { waits } = await follow(register, 3)
  expect(waits).toEqual([2000, 2000, 0])
  expect(kept()).toEqual([1])
})

test('a cashier who comes back during a long reading meets at most one document', async () => {
  const register = new Scripted()
  register.newest_ = 9
  let read = 0
  register.read = (number) => {
    read++
    if (read === 2) register.state_ = () => busy
    return document(number)
  }
  await follow(register, 1)
  expect(kept()).toEqual([1, 2])
  expect(register.asked.at(-1)).toBe('state busy')
})

test('documents are read only after the quiet time, which every new receipt begins anew', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const seen: { at: number; kept: number }[] = []
  const began = now
  await follow(register, 6, {
    quietMs: 5000,
    during: (poll) => {
      seen.push({ at: now - began, kept: kept().length })
      if (poll === 1) register.newest_ = 2
    },
  })
  // The second receipt was seen at 2 s: nothing before 7 s.
  expect(seen.filter(({ at }) => at < 7000).every(({ kept }) => kept === 0)).toBe(true)
  expect(kept()).toEqual([1, 2])
})

test('quiet time is waited for exactly, not rounded up to whole polls', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const { waits } = await follow(register, 4, { quietMs: 5000 })
  expect(waits).toEqual([2000, 2000, 1000, 0])
})

const absent = () => new RegisterError('absent', { ru: 'нет', en: 'absent' })

test('a number that the drive denies is asked for again for half an hour, then kept as a gap', async () => {
  const register = new Scripted()
  register.newest_ = 2
  register.read = (number) => {
    if (number === 1) throw absent()
    return document(number)
  }
  const began = now
  let keptAfter = 0
  await follow(register, 2000, {
    during: () => {
      if (keptAfter === 0 && kept().includes(1)) keptAfter = now - began
    },
  })
  expect(outbox.find({ storage: fn, number: 1 })).toMatchObject({ format: 'absent', delivery: null })
  expect(keptAfter).toBeGreaterThan(20 * 60_000)
  expect(register.asked.filter((asked) => asked === 'read 1')).toHaveLength(9)
  expect(kept()).toEqual([1, 2])
})

test('a receipt that the drive denies at first is kept as soon as it is given out', async () => {
  const register = new Scripted()
  register.newest_ = 1
  let asked = 0
  register.read = (number) => {
    if (++asked < 3) throw absent()
    return document(number)
  }
  const { following } = await follow(register, 40)
  expect(outbox.find({ storage: fn, number: 1 })).toMatchObject({
    format: 'tlv',
    delivery: { settledAt: null },
  })
  expect(following.view.unreadable).toEqual([])
})

test('a number that this drive has not given out is never kept as a gap', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.read = () => {
    // The number was heard wrong: an LRC is an XOR and lets some damage through.
    register.newest_ = 0
    throw absent()
  }
  await follow(register, 1, { failedBefore: 20 })
  expect(kept()).toEqual([])
})

test('a document denied by another drive that was put in meanwhile is no gap', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.read = () => {
    register.storage_ = '9280000000000099'
    throw absent()
  }
  await follow(register, 1, { failedBefore: 20 })
  expect(kept()).toEqual([])
})

test('a document that is refused is set aside, shown, and does not stop those behind it', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.read = (number) => {
    if (number === 2) throw new RegisterError('refused', { ru: 'отказ', en: 'refused' })
    return document(number)
  }
  const { following } = await follow(register, 3)
  expect(kept()).toEqual([1, 3])
  expect(following.view.unreadable).toEqual([2])
  const tries = register.asked.filter((asked) => asked === 'read 2').length
  expect(tries).toBeGreaterThan(1)
  expect(tries).toBeLessThan(4)
})

test('a garbled document breaks the visit, and the next visit begins with those behind it', async () => {
  const register = new Scripted()
  register.newest_ = 2
  register.read = (number) => {
    if (number === 1) throw new RegisterError('garbled', { ru: 'сбой', en: 'garbled' })
    return document(number)
  }
  await expect(follow(register, 9)).rejects.toThrow('garbled')
})

const totals = { time: '2026-08-01T10:00:00', sign: '1', operation: 1, total: 100, delivered: true }
const daysLater = (days: number) => Date.parse(`${totals.time}Z`) + days * 24 * 3_600_000

test('old documents of which only the short record is left are kept without bytes and owe nothing', async () => {
  const register = new Scripted()
  register.newest_ = 1
  now = daysLater(31)
  register.read = (number) => ({ ...document(number), bytes: null, summary: totals })
  await follow(register, 1)
  expect(outbox.find({ storage: fn, number: 1 })).toMatchObject({
    format: 'summary',
    summary: totals,
    delivery: null,
  })
})

test('a young receipt whose lines the drive denies for a while is sent with its lines', async () => {
  const register = new Scripted()
  register.newest_ = 1
  now = daysLater(1)
  let asked = 0
  register.read = (number) => ({
    ...document(number),
    ...(++asked < 4 && { bytes: null }),
    summary: totals,
  })
  await follow(register, 100)
  expect(outbox.find({ storage: fn, number: 1 })).toMatchObject({
    format: 'tlv',
    delivery: { settledAt: null },
  })
})

test('a document over which the register is busy for ever does not stop those behind it', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.read = (number) => {
    if (number === 1) throw new RegisterError('busy', { ru: 'ФН не отвечает', en: 'the drive is silent' })
    return document(number)
  }
  const { following } = await follow(register, 20, { quietMs: 5000 })
  expect(kept()).toEqual([2, 3])
  expect(following.view.unreadable).toEqual([1])
})

test('a register that refuses a document because it is busy is left alone for the quiet time', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const tries: number[] = []
  register.read = () => {
    tries.push(now)
    throw new RegisterError('busy', { ru: 'занята', en: 'busy' })
  }
  await follow(register, 12, { quietMs: 5000 })
  expect(tries.length).toBeGreaterThan(1)
  for (const [i, at] of tries.slice(1).entries()) expect(at - (tries[i] ?? 0)).toBeGreaterThanOrEqual(5000)
})

test('a clock that is put back holds no document up', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const { waits } = await follow(register, 6, {
    quietMs: 5000,
    during: (poll) => {
      if (poll === 1) now -= 3 * 3_600_000
    },
  })
  expect(kept()).toEqual([1])
  expect(waits.slice(0, 4).reduce((sum, wait) => sum + wait)).toBeLessThan(10_000)
})

test('receipts are owed to the site, reports are not', async () => {
  const register = new Scripted()
  register.newest_ = 2
  register.read = (number) => ({ ...document(number), type: number === 1 ? 5 : 3 })
  await follow(register, 1)
  expect(outbox.find({ storage: fn, number: 1 })?.delivery).toBeNull()
  expect(outbox.find({ storage: fn, number: 2 })?.delivery).toMatchObject({ settledAt: null })
})

test('another fiscal drive ends the following, so that it is admitted first', async () => {
  const register = new Scripted()
  register.newest_ = 5
  register.storage_ = '9280000000000099'
  const { waits } = await follow(register, 9)
  expect(waits).toEqual([])
  expect(kept()).toEqual([])
})

test('a document that was imported meanwhile and differs is an alarm and is not overwritten', async () => {
  const register = new Scripted()
  register.newest_ = 2
  const imported = {
    storage: fn,
    number: 1,
    register: 'till-1',
    type: 3,
    format: 'tlv',
    summary: null,
  } as const
  register.read = (number) => {
    if (number === 1)
      outbox.keepDocument({ ...imported, bytes: Uint8Array.of(7), source: 'import', owed: true }, now)
    return document(number)
  }
  const { following } = await follow(register, 1)
  expect(kept()).toEqual([1, 2])
  expect(outbox.find({ storage: fn, number: 1 })?.bytes).toEqual(Uint8Array.of(7))
  expect(following.view.trouble?.kind).toBe('conflict')
})

test("between two questions of people the state is asked again, and a cashier's receipt comes first", async () => {
  const register = new Scripted()
  const ask = (number: number) => async (device: Register, signal: AbortSignal) => {
    await device.readDocument(number, signal)
    if (number === 2) register.state_ = () => busy
  }
  const questions = [ask(1), ask(2), ask(3)]
  await follow(register, 1, { takeRequest: () => questions.shift() })
  expect(register.asked).toEqual(['state idle', 'read 1', 'state idle', 'read 2', 'state busy'])
  expect(questions).toHaveLength(1)
})

test('a document that may be incomplete is kept when it reads the same minutes later, on another connection as well', async () => {
  const register = new Scripted()
  register.newest_ = 1
  register.read = (number) => ({ ...document(number), doubt: 'shorter than promised' })
  const { following } = await follow(register, 3)
  expect(register.asked.filter((asked) => asked === 'read 1')).toHaveLength(1)
  expect(kept()).toEqual([])
  expect(following.view.unreadable).toEqual([1])

  now += 180_000
  await follow(register, 1, { aside: following.aside })
  expect(kept()).toEqual([1])
})

test('a document that was shortened for a while is kept whole', async () => {
  const register = new Scripted()
  register.newest_ = 1
  register.read = (number) => ({ ...document(number), doubt: 'shorter than promised' })
  const { following } = await follow(register, 2)
  const whole = Uint8Array.of(1, 1, 1)
  register.read = (number) => ({ ...document(number), bytes: whole })
  now += 180_000
  await follow(register, 1, { aside: following.aside })
  expect(outbox.find({ storage: fn, number: 1 })?.bytes).toEqual(whole)
})

test('everything that is missing is counted, not the piece that is read next', async () => {
  const register = Object.assign(new Scripted(), { newest_: 450 })
  const { following } = await follow(register, 1)
  expect(kept()).toHaveLength(200)
  expect(following.view.behind).toBe(250)
})
