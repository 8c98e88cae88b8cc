import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ageDocuments, type House, isCheckDue, keepHouse, maskKept } from '../../agent/housekeeping.ts'
import { openLog } from '../../agent/log.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { StoreError } from '../../agent/store/faults.ts'
import { openOutbox, openOutboxOrRebuild } from '../../agent/store/open.ts'
import {
  accepted,
  drive,
  folder,
  none,
  opened,
  parked,
  receipt,
  retryAt,
  storage,
  t0,
} from './store/workshop.ts'

const dayMs = 86_400_000
const never = new AbortController().signal
const phone = '+79990001122'

/** A body of two elements: buyer's phone (1008) and a name that must stay (1048). */
function body(): Uint8Array {
  const element = (tag: number, value: string) => {
    const head = Buffer.alloc(4)
    head.writeUInt16LE(tag, 0)
    head.writeUInt16LE(value.length, 2)
    return Buffer.concat([head, Buffer.from(value, 'latin1')])
  }
  return new Uint8Array(Buffer.concat([element(1008, phone), element(1048, 'SHOP LLC')]))
}

function withPhone(number: number, changes = {}) {
  return receipt(number, { bytes: body(), ...changes })
}

function bytesText(outbox: Outbox, number: number): string | null {
  const bytes = outbox.find({ storage: drive, number })?.bytes
  return bytes ? Buffer.from(bytes).toString('latin1') : null
}

function filesWith(home: string, word: string): string[] {
  return readdirSync(home).filter((name) => readFileSync(join(home, name)).includes(word))
}

test('45 days after acceptance the phone is masked in place, the rest stays, in the file as well', async () => {
  const path = join(folder(), 'outbox.db')
  const outbox = opened(path)
  outbox.keepDocument(withPhone(1), t0)
  outbox.settle(receipt(1), accepted, t0)
  expect(await ageDocuments(outbox, 400, t0 + 44.9 * dayMs, never)).toEqual({ masked: 0, emptied: 0 })
  expect(bytesText(outbox, 1)).toContain(phone)
  expect(await ageDocuments(outbox, 400, t0 + 45.1 * dayMs, never)).toEqual({ masked: 1, emptied: 0 })
  expect(bytesText(outbox, 1)).toContain('*'.repeat(phone.length))
  expect(bytesText(outbox, 1)).toContain('SHOP LLC')
  expect(filesWith(dirname(path), phone)).toEqual([])
  expect(await ageDocuments(outbox, 400, t0 + 46 * dayMs, never)).toEqual({ masked: 0, emptied: 0 })
})

test('what waits or is parked keeps its bytes, however old', async () => {
  const outbox = opened()
  for (const number of [1, 2, 3, 4]) outbox.keepDocument(withPhone(number), t0)
  outbox.settle(receipt(1), parked, t0)
  outbox.settle(receipt(2), retryAt(t0 + 9), t0)
  outbox.settle(receipt(4), accepted, t0)
  outbox.replay({ fromNumber: 4 }, { at: t0, who: 'anna', action: 'replay', reason: 'r', detail: '' })
  expect(await ageDocuments(outbox, 400, t0 + 4000 * dayMs, never)).toEqual({ masked: 0, emptied: 0 })
  for (const number of [1, 2, 3, 4]) expect(bytesText(outbox, number)).toContain(phone)
})

test('emptied bytes are nowhere in the files any more', () => {
  const path = join(folder(), 'outbox.db')
  const outbox = opened(path)
  const long = new Uint8Array(Buffer.from(`${'x'.repeat(6000)}${phone}`)) // More than a page: its last one is freed.
  const all = Array.from({ length: 20 }, (_, i) => receipt(i + 1, { bytes: long, owed: false }))
  outbox.keepDocuments(all, t0)
  expect(outbox.emptyOlder(t0 + 400 * dayMs, 99)).toBe(20)
  outbox.tidy()
  expect(filesWith(dirname(path), phone)).toEqual([])
})

test('after keepDays the bytes are gone, the row is not, and reading it again is not asked for', async () => {
  const outbox = opened()
  outbox.beginStorage(storage())
  for (const number of [1, 2]) outbox.keepDocument(withPhone(number), t0)
  outbox.settle(receipt(1), accepted, t0 + dayMs)
  expect(await ageDocuments(outbox, 400, t0 + 402 * dayMs, never)).toMatchObject({ emptied: 1 })
  expect(outbox.find(receipt(1))).toMatchObject({
    bytes: null,
    format: 'tlv',
    delivery: { outcome: 'accepted' },
  })
  expect([...outbox.missingNumbers(drive, 3)]).toEqual([3])
  expect(outbox.keepDocument(withPhone(1), t0)).toBe('known')
  expect(bytesText(outbox, 1)).toBeNull()
  expect(outbox.counts()).toMatchObject({ documents: 2, withoutBytes: 0, accepted: 1 })
})

test('of every register and of what nobody is owed, so many at once as are asked for, each once', () => {
  const outbox = opened()
  const late = t0 + 400 * dayMs
  outbox.keepDocument(withPhone(1, { owed: false }), t0)
  for (const number of [2, 3, 4]) outbox.keepDocument(withPhone(number, { register: `till-${number}` }), t0)
  for (const number of [2, 3, 4]) outbox.settle(receipt(number), accepted, t0 + number)
  const masked = () => outbox.maskOlder(late, 3, maskKept)
  expect([masked(), masked(), masked()]).toEqual([3, 1, 0])
  const emptied = () => outbox.emptyOlder(late, 3)
  expect([emptied(), emptied(), emptied(), masked()]).toEqual([3, 1, 0, 0])
  expect(outbox.counts()).toMatchObject({ accepted: 3, lastAcceptedAt: t0 + 4 })
})

test('a sale whose bytes are emptied cannot be sent again', async () => {
  const outbox = opened()
  outbox.keepDocument(withPhone(1), t0)
  outbox.settle(receipt(1), accepted, t0)
  await ageDocuments(outbox, 400, t0 + 401 * dayMs, never)
  expect(outbox.replayable({}).count).toBe(0)
  expect(outbox.replay({}, { at: t0, who: 'anna', action: 'replay', reason: 'r', detail: '' })).toBe(0)
  expect(outbox.takeDue(t0 + 999 * dayMs, 9, none, none)).toEqual([])
})

test('documents that nobody is owed are masked and emptied by the day they were read', async () => {
  const outbox = opened()
  outbox.keepDocument(withPhone(1, { owed: false }), t0)
  expect(await ageDocuments(outbox, 400, t0 + 46 * dayMs, never)).toMatchObject({ masked: 1 })
  expect(await ageDocuments(outbox, 400, t0 + 401 * dayMs, never)).toMatchObject({ emptied: 1 })
})

test('more documents than one commit holds are all done', async () => {
  const outbox = opened()
  outbox.keepDocuments(
    Array.from({ length: 250 }, (_, i) => withPhone(i + 1, { owed: false })),
    t0,
  )
  expect(await ageDocuments(outbox, 400, t0 + 46 * dayMs, never)).toEqual({ masked: 250, emptied: 0 })
  expect(await ageDocuments(outbox, 400, t0 + 401 * dayMs, never)).toEqual({ masked: 0, emptied: 250 })
})

test('masking stops at once when the daemon does', async () => {
  await expect(ageDocuments(opened(), 400, t0, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
})

test("personal values of the tax service's JSON are masked, to the byte", () => {
  const json =
    '{"operator": "Иванова \\"А\\"", "operatorInn":123456789012,"buyerPhoneOrAddress":"a@b.ru","user":"ООО Ромашка"}'
  const bytes = new Uint8Array(Buffer.from(json))
  const masked = maskKept({ format: 'tax-json', bytes })
  expect(masked?.length).toBe(bytes.length)
  const read = JSON.parse(Buffer.from(masked ?? []).toString())
  expect(read).toEqual({
    operator: expect.stringMatching(/^\*+$/),
    operatorInn: 111111111111,
    buyerPhoneOrAddress: '******',
    user: 'ООО Ромашка',
  })
})

test('the check is due once a night, by day when a night was missed, and after a clock that jumped', () => {
  const noon = new Date(2026, 7, 21, 12).getTime()
  const night = new Date(2026, 7, 21, 3, 30).getTime()
  const hours = (n: number) => n * 3_600_000
  expect(isCheckDue(noon - hours(24), noon)).toBe(false)
  expect(isCheckDue(noon - hours(37), noon)).toBe(true)
  expect(isCheckDue(night - hours(24), night)).toBe(true)
  expect(isCheckDue(night - hours(1), night)).toBe(false)
  expect(isCheckDue(noon + hours(999), noon)).toBe(true)
})

function house(path: string, outbox: Outbox, changes: Partial<House> = {}): House {
  const log = openLog('fatal')
  return {
    outbox,
    path,
    keepDays: 400,
    unclean: true,
    firstPoll: () => Promise.resolve(),
    clock: () => t0,
    log,
    ...changes,
  }
}

test('after an unclean stop the file is checked, but not before the registers were asked', async () => {
  const path = join(folder(), 'outbox.db')
  const stop = new AbortController()
  const told: string[] = []
  const outbox = openOutbox(path)
  const checked = new Promise<void>((resolve) => {
    outbox.recordCheck = () => {
      told.push('checked')
      resolve()
    }
  })
  const firstPoll = () => Promise.resolve().then(() => void told.push('polled'))
  const keeping = keepHouse(house(path, outbox, { firstPoll }), stop.signal)
  await checked
  stop.abort(new Error('stop'))
  await expect(keeping).rejects.toThrow('stop')
  expect(told).toEqual(['polled', 'checked'])
  outbox[Symbol.dispose]()
})

test('a disk too full to write down that the file was checked does not end the daemon', async () => {
  const path = join(folder(), 'outbox.db')
  const outbox = opened(path)
  const stop = new AbortController()
  const full = new Promise<void>((resolve) => {
    outbox.recordCheck = () => {
      resolve()
      throw new StoreError('full', { ru: 'Диск заполнен', en: 'The disk is full' })
    }
  })
  const keeping = keepHouse(house(path, outbox), stop.signal)
  await full
  stop.abort(new Error('stop'))
  await expect(keeping).rejects.toThrow('stop')
  outbox[Symbol.dispose]()
})

test('a check that finds damage condemns the file and ends the daemon', async () => {
  const path = join(folder(), 'outbox.db')
  const outbox = opened(path)
  outbox.keepDocuments(
    Array.from({ length: 3000 }, (_, i) => receipt(i + 1)),
    t0,
  )
  outbox.tidy()
  const bytes = readFileSync(path)
  bytes.fill(0, bytes.length / 2, bytes.length / 2 + 8192)
  writeFileSync(path, bytes)
  await expect(keepHouse(house(path, outbox), never)).rejects.toMatchObject({ fault: 'damaged' })
  expect(readFileSync(`${path}.condemned`, 'utf8')).not.toBe('')
})

/** Keeps house once, with the clock at `now` and the last check at `before`; resolves after the check. */
async function oneNight(outbox: Outbox, path: string, before: number, now: number): Promise<void> {
  const stop = new AbortController()
  outbox.recordCheck(before)
  const record = outbox.recordCheck.bind(outbox)
  const checked = new Promise<void>((resolve) => {
    outbox.recordCheck = (at) => {
      record(at)
      resolve()
    }
  })
  const keeping = keepHouse(house(path, outbox, { unclean: false, clock: () => now }), stop.signal)
  await checked
  stop.abort(new Error('stop'))
  await expect(keeping).rejects.toThrow('stop')
}

test('a clock that leaps into another year ages nothing that night; one that goes on as ever does', async () => {
  const path = join(folder(), 'outbox.db')
  openOutboxOrRebuild(path, 'first', t0).outbox[Symbol.dispose]()
  const outbox = opened(path)
  outbox.keepDocument(withPhone(1), t0)
  outbox.settle(receipt(1), accepted, t0)
  await oneNight(outbox, path, t0 + 2 * dayMs, t0 + 9000 * dayMs)
  expect(bytesText(outbox, 1)).toContain(phone)
  await oneNight(outbox, path, t0 + 48 * dayMs, t0 + 50 * dayMs)
  expect(bytesText(outbox, 1)).toContain('*'.repeat(phone.length))
})
