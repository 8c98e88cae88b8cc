import { beforeEach, expect, test } from 'vitest'
import { type Register, RegisterError } from '../../drivers/index.ts'
import { Followed } from './followed.ts'
import { busy, document, fn, Scripted } from './scripted.ts'

let world: Followed

beforeEach(() => {
  world = new Followed()
})

test('reads what is missing and keeps it, asking the state before every document', async () => {
  const register = new Scripted()
  register.newest_ = 3
  await world.follow(register, 1)
  expect(world.kept()).toEqual([1, 2, 3])
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
  await world.follow(register, 4)
  expect(register.asked).toEqual(Array(4).fill('state busy'))
  expect(world.kept()).toEqual([])
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
  const { waits } = await world.follow(register, 3)
  expect(waits).toEqual([2000, 2000, 0])
  expect(world.kept()).toEqual([1])
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
  await world.follow(register, 1)
  expect(world.kept()).toEqual([1, 2])
  expect(register.asked.at(-1)).toBe('state busy')
})

const absent = () => new RegisterError('absent', { ru: 'нет', en: 'absent' })

test('a number that the drive denies is asked for again for half an hour, then kept as a gap', async () => {
  const register = new Scripted()
  register.newest_ = 2
  register.read = (number) => {
    if (number === 1) throw absent()
    return document(number)
  }
  const began = world.now
  let keptAfter = 0
  await world.follow(register, 2000, {
    during: () => {
      if (keptAfter === 0 && world.kept().includes(1)) keptAfter = world.now - began
    },
  })
  expect(world.outbox.find({ storage: fn, number: 1 })).toMatchObject({ format: 'absent', delivery: null })
  expect(keptAfter).toBeGreaterThan(20 * 60_000)
  expect(register.asked.filter((asked) => asked === 'read 1')).toHaveLength(9)
  expect(world.kept()).toEqual([1, 2])
})

test('a receipt that the drive denies at first is kept as soon as it is given out', async () => {
  const register = new Scripted()
  register.newest_ = 1
  let asked = 0
  register.read = (number) => {
    if (++asked < 3) throw absent()
    return document(number)
  }
  const { following } = await world.follow(register, 40)
  expect(world.outbox.find({ storage: fn, number: 1 })).toMatchObject({
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
  await world.follow(register, 1, { failedBefore: 20 })
  expect(world.kept()).toEqual([])
})

test('a document denied by another drive that was put in meanwhile is no gap', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.read = () => {
    register.storage_ = '9280000000000099'
    throw absent()
  }
  await world.follow(register, 1, { failedBefore: 20 })
  expect(world.kept()).toEqual([])
})

test('a document that is refused is set aside, shown, and does not stop those behind it', async () => {
  const register = new Scripted()
  register.newest_ = 3
  register.read = (number) => {
    if (number === 2) throw new RegisterError('refused', { ru: 'отказ', en: 'refused' })
    return document(number)
  }
  const { following } = await world.follow(register, 3)
  expect(world.kept()).toEqual([1, 3])
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
  await expect(world.follow(register, 9)).rejects.toThrow('garbled')
})

const totals = { time: '2026-08-01T10:00:00', sign: '1', operation: 1, total: 100, delivered: true }
const daysLater = (days: number) => Date.parse(`${totals.time}Z`) + days * 24 * 3_600_000

test('old documents of which only the short record is left are kept without bytes and owe nothing', async () => {
  const register = new Scripted()
  register.newest_ = 1
  world.now = daysLater(31)
  register.read = (number) => ({ ...document(number), bytes: null, summary: totals })
  await world.follow(register, 1)
  expect(world.outbox.find({ storage: fn, number: 1 })).toMatchObject({
    format: 'summary',
    summary: totals,
    delivery: null,
  })
})

test('a young receipt whose lines the drive denies for a while is sent with its lines', async () => {
  const register = new Scripted()
  register.newest_ = 1
  world.now = daysLater(1)
  let asked = 0
  register.read = (number) => ({
    ...document(number),
    ...(++asked < 4 && { bytes: null }),
    summary: totals,
  })
  await world.follow(register, 100)
  expect(world.outbox.find({ storage: fn, number: 1 })).toMatchObject({
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
  const { following } = await world.follow(register, 20, { quietMs: 5000 })
  expect(world.kept()).toEqual([2, 3])
  expect(following.view.unreadable).toEqual([1])
})

test('a register that refuses a document because it is busy is left alone for the quiet time', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const tries: number[] = []
  register.read = () => {
    tries.push(world.now)
    throw new RegisterError('busy', { ru: 'занята', en: 'busy' })
  }
  await world.follow(register, 12, { quietMs: 5000 })
  expect(tries.length).toBeGreaterThan(1)
  for (const [i, at] of tries.slice(1).entries()) expect(at - (tries[i] ?? 0)).toBeGreaterThanOrEqual(5000)
})

test('a clock that is put back holds no document up', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const { waits } = await world.follow(register, 6, {
    quietMs: 5000,
    during: (poll) => {
      if (poll === 1) world.now -= 3 * 3_600_000
    },
  })
  expect(world.kept()).toEqual([1])
  expect(waits.slice(0, 4).reduce((sum, wait) => sum + wait)).toBeLessThan(10_000)
})

test('receipts are owed to the site, reports are not', async () => {
  const register = new Scripted()
  register.newest_ = 2
  register.read = (number) => ({ ...document(number), type: number === 1 ? 5 : 3 })
  await world.follow(register, 1)
  expect(world.outbox.find({ storage: fn, number: 1 })?.delivery).toBeNull()
  expect(world.outbox.find({ storage: fn, number: 2 })?.delivery).toMatchObject({ settledAt: null })
})

test('another fiscal drive ends the following, so that it is admitted first', async () => {
  const register = new Scripted()
  register.newest_ = 5
  register.storage_ = '9280000000000099'
  const { waits } = await world.follow(register, 9)
  expect(waits).toEqual([])
  expect(world.kept()).toEqual([])
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
      world.outbox.keepDocument(
        { ...imported, bytes: Uint8Array.of(7), source: 'import', owed: true },
        world.now,
      )
    return document(number)
  }
  const { following } = await world.follow(register, 1)
  expect(world.kept()).toEqual([1, 2])
  expect(world.outbox.find({ storage: fn, number: 1 })?.bytes).toEqual(Uint8Array.of(7))
  expect(following.view.trouble?.kind).toBe('conflict')
})

test("between two questions of people the state is asked again, and a cashier's receipt comes first", async () => {
  const register = new Scripted()
  const ask = (number: number) => async (device: Register, signal: AbortSignal) => {
    await device.readDocument(number, signal)
    if (number === 2) register.state_ = () => busy
  }
  const questions = [ask(1), ask(2), ask(3)]
  await world.follow(register, 1, { takeRequest: () => questions.shift() })
  expect(register.asked).toEqual(['state idle', 'read 1', 'state idle', 'read 2', 'state busy'])
  expect(questions).toHaveLength(1)
})

test('a document that may be incomplete is kept when it reads the same minutes later, on another connection as well', async () => {
  const register = new Scripted()
  register.newest_ = 1
  register.read = (number) => ({ ...document(number), doubt: 'shorter than promised' })
  const { following } = await world.follow(register, 3)
  expect(register.asked.filter((asked) => asked === 'read 1')).toHaveLength(1)
  expect(world.kept()).toEqual([])
  expect(following.view.unreadable).toEqual([1])

  world.now += 180_000
  await world.follow(register, 1, { aside: following.aside })
  expect(world.kept()).toEqual([1])
})

test('a document that was shortened for a while is kept whole', async () => {
  const register = new Scripted()
  register.newest_ = 1
  register.read = (number) => ({ ...document(number), doubt: 'shorter than promised' })
  const { following } = await world.follow(register, 2)
  const whole = Uint8Array.of(1, 1, 1)
  register.read = (number) => ({ ...document(number), bytes: whole })
  world.now += 180_000
  await world.follow(register, 1, { aside: following.aside })
  expect(world.outbox.find({ storage: fn, number: 1 })?.bytes).toEqual(whole)
})

test('everything that is missing is counted, not the piece that is read next', async () => {
  const register = Object.assign(new Scripted(), { newest_: 450 })
  const { following } = await world.follow(register, 1)
  expect(world.kept()).toHaveLength(200)
  expect(following.view.behind).toBe(250)
})
