/**
 * What every line to a register must keep, whatever carries the bytes: one list, tried on each kind of line. Plain
 * functions that throw when a promise does not hold, so that they run under a test runner as well as by `node`
 * beside real devices (`runner.ts`). They may be tried one after another on the same place.
 */
import assert from 'node:assert/strict'
import { toHex } from '../../drivers/bytes.ts'
import { type Line, pause, type Register, RegisterError } from '../../drivers/index.ts'
import type { Place } from './place.ts'

/** A promise in the present tense and how it is tried. */
export interface LinePromise {
  readonly says: string
  keep(place: Place): Promise<void>
}

const never = new AbortController().signal

/** Every promise of a line. */
export const promises: readonly LinePromise[] = [
  { says: 'the register tells who it is', keep: tellsWhoItIs },
  { says: 'documents are read byte for byte', keep: readsByteForByte },
  { says: 'a long document is read byte for byte', keep: readsLong },
  { says: 'with a receipt open only the state is asked', keep: leavesInPeace },
  { says: 'noise costs time, never a wrong document', keep: standsNoise },
  { says: 'lost answers cost time, never a line of a receipt', keep: standsLostAnswers },
  { says: 'silence is told, and passes with it', keep: tellsSilence },
  { says: 'the wrong wire layer is told with the name of its setting', keep: namesTheSetting },
  { says: 'an abort ends a wait with its own reason', keep: endsWithTheReason },
  { says: 'a stream left open by another is read to its end', keep: drains },
  { says: 'a cable pulled in the middle of a document is told as lost', keep: tellsLost },
  { says: 'a cable that is out is told, and the next opening after it goes on', keep: goesOn },
  { says: 'a register that loses its power is read on when it is back', keep: standsPowerLoss },
]

/** Tries one promise and sees that nothing but questions was asked. Leaves the place at rest. */
export async function keepPromise(promise: LinePromise, place: Place): Promise<void> {
  const { forbidden } = place.register.counters
  try {
    await promise.keep(place)
  } finally {
    await rest(place)
  }
  assert.equal(place.register.counters.forbidden, forbidden, 'something else than a question was asked')
}

async function rest({ register, putBack }: Place): Promise<void> {
  register.noise(0)
  register.loseAnswers(0)
  register.silence(false)
  register.powerOn()
  await putBack()
  register.abandonReceipt()
}

async function tellsWhoItIs(place: Place): Promise<void> {
  await withRegister(place, async (register) => {
    assert.equal(register.identity.serial, place.register.serial)
    assert.equal(register.identity.storage, place.register.storage)
    assert.deepEqual(await register.state(never), { kind: 'idle' })
    const last = place.register.documents.at(-1)
    assert.deepEqual(await register.newest(never), { storage: last?.storage, number: last?.number })
  })
}

async function readsByteForByte(place: Place): Promise<void> {
  const sold = sell(place)
  await withRegister(place, (register) => readThem(register, sold))
  assert.equal(place.register.counters.undrained, 0, 'a stream was left before its end')
}

async function readsLong(place: Place): Promise<void> {
  const line = { name: 'Товар с длинным названием для чека', price: 1_00, quantity: '1' }
  const sold = place.register.closeReceipt({ lines: Array.from({ length: 60 }, () => line) })
  await withRegister(place, (register) => readThem(register, truth(place, [sold.number])))
}

async function leavesInPeace(place: Place): Promise<void> {
  place.register.openReceipt()
  const before = { ...place.register.counters.commands }
  await using line = await opened(place)
  const error = await failure(place.driver.connect(line, place.settings, never))
  assert.equal(faultOf(error), 'busy')
  const after = place.register.counters.commands
  assert.deepEqual(
    Object.keys(after).filter((code) => after[code] !== before[code]),
    ['10'],
  )
}

async function standsNoise(place: Place): Promise<void> {
  const sold = sell(place)
  place.register.noise(0.01)
  await readInTheEnd(place, sold)
}

async function standsLostAnswers(place: Place): Promise<void> {
  const sold = sell(place)
  place.register.loseAnswers(0.05, true)
  await readInTheEnd(place, sold)
}

async function tellsSilence(place: Place): Promise<void> {
  place.register.silence(true)
  const error = await failure(withRegister(place, () => Promise.resolve()))
  assert.equal(faultOf(error), 'silent')
  assert.ok(error instanceof RegisterError && error.hint !== undefined, 'silence comes with the next step')
  place.register.silence(false)
  await readInTheEnd(place, sell(place))
}

async function namesTheSetting(place: Place): Promise<void> {
  const before = JSON.stringify(place.register.counters.commands)
  await using line = await opened(place)
  const error = await failure(place.driver.connect(line, place.strangeSettings, never))
  assert.equal(faultOf(error), 'silent')
  assert.match(error instanceof RegisterError ? (error.hint?.en ?? '') : '', settingOf(place))
  assert.equal(JSON.stringify(place.register.counters.commands), before, 'a foreign frame was executed')
}

const settingOf = ({ frames }: Place) => new RegExp(`settings\\.frames: ${frames}\\b`)

async function endsWithTheReason(place: Place): Promise<void> {
  place.register.silence(true)
  const caller = new AbortController()
  const reason = new Error('told to stop')
  await using line = await opened(place)
  const connecting = failure(place.driver.connect(line, place.settings, caller.signal))
  await pause(20, never)
  caller.abort(reason)
  assert.equal(await connecting, reason)
}

async function drains(place: Place): Promise<void> {
  const [first, ...others] = sell(place)
  assert.ok(first)
  const cut = new AbortController()
  await using line = await opened(place)
  const hasty = place.driver.settings.parse({ ...Object(place.settings), finishMs: 0 })
  const register = await place.driver.connect(line, hasty, never)
  await register.newest(never)
  const left = failure(register.readDocument(first.number, cut.signal))
  await until(() => place.register.mode === 1)
  cut.abort(new Error('the reader was killed'))
  await left
  await line[Symbol.asyncDispose]()
  await readInTheEnd(place, [first, ...others])
  assert.notEqual(place.register.mode, 1, 'the stream of the killed reader is still open')
}

async function tellsLost(place: Place): Promise<void> {
  const [first] = sell(place)
  assert.ok(first)
  await using line = await opened(place)
  const register = await place.driver.connect(line, place.settings, never)
  await register.newest(never)
  const reading = failure(readForEver(register, first.number))
  await until(() => place.register.mode === 1)
  await place.pull()
  assert.equal(faultOf(await reading), 'lost')
}

async function goesOn(place: Place): Promise<void> {
  const sold = sell(place)
  await place.pull()
  assert.equal(faultOf(await failure(openAndClose(place))), 'lost')
  await place.putBack()
  await readInTheEnd(place, sold)
}

async function standsPowerLoss(place: Place): Promise<void> {
  const sold = sell(place)
  {
    await using line = await opened(place)
    const register = await place.driver.connect(line, place.settings, never)
    await register.newest(never)
    const reading = failure(readForEver(register, sold[0]?.number ?? 1))
    await until(() => place.register.mode === 1)
    place.register.powerLoss()
    assert.match(faultOf(await reading), /^(lost|silent|garbled)$/)
  }
  place.register.powerOn()
  await readInTheEnd(place, sold)
}

/** A document as the register holds it. */
interface Held {
  readonly number: number
  readonly type: number
  readonly bytes: string
}

/** Three receipts, closed now, as they must be read. */
function sell(place: Place): Held[] {
  return truth(
    place,
    [1, 2, 3].map(() => place.register.closeReceipt().number),
  )
}

function truth({ register }: Place, numbers: readonly number[]): Held[] {
  return register.documents
    .filter(({ storage, number }) => storage === register.storage && numbers.includes(number))
    .map(({ number, type, body }) => ({ number, type, bytes: toHex(body ?? new Uint8Array()) }))
}

async function readThem(register: Register, wanted: readonly Held[]): Promise<void> {
  await register.newest(never)
  for (const held of wanted) await readOne(register, held)
}

async function readOne(register: Register, held: Held): Promise<void> {
  const { number, type, bytes, remarks } = await register.readDocument(held.number, never)
  assert.deepEqual({ number, type, bytes: toHex(bytes ?? new Uint8Array()) }, held)
  assert.deepEqual(remarks, [])
}

/** Reads as the agent does: after a fault of the line a new one, until everything is there or it takes too long. */
async function readInTheEnd(place: Place, wanted: readonly Held[]): Promise<void> {
  const missing = [...wanted]
  for (let attempt = 0; attempt < mostAttempts && missing.length > 0; attempt++) {
    try {
      await withRegister(place, async (register) => {
        await register.newest(never)
        for (let held = missing[0]; held !== undefined; held = missing[0]) {
          await readOne(register, held)
          missing.shift()
        }
      })
    } catch (error) {
      if (!(error instanceof RegisterError)) throw error
      await pause(10, never)
    }
  }
  assert.deepEqual(missing, [], `not read in ${mostAttempts} attempts`)
}

const mostAttempts = 60

async function readForEver(register: Register, number: number): Promise<never> {
  for (;;) await register.readDocument(number, never)
}

async function withRegister<Result>(
  place: Place,
  work: (register: Register) => Promise<Result>,
): Promise<Result> {
  await using line = await opened(place)
  return await work(await place.driver.connect(line, place.settings, never))
}

/** A device that was just put back, or closed by the reader before, takes its time. */
async function opened(place: Place): Promise<Line> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await place.open()
    } catch (error) {
      if (faultOf(error) !== 'lost' || attempt === mostAttempts) throw error
      await pause(attempt < 10 ? 10 : 250, never)
    }
  }
}

async function openAndClose(place: Place): Promise<void> {
  await using _line = await place.open()
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'no failure',
    (reason: unknown) => reason,
  )
}

function faultOf(error: unknown): string {
  return error instanceof RegisterError ? error.fault : String(error)
}

/** Ends the promise after so many looks, should it never come true. */
async function until(comesTrue: () => boolean): Promise<void> {
  for (let looks = 0; looks < 500_000; looks++) {
    if (comesTrue()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.fail('waited for what did not come')
}
