/** The till is first: when documents are read, in which order, and what is told while they are not. */
import { beforeEach, expect, test } from 'vitest'
import { Aside } from '../../agent/aside.ts'
import { RegisterError } from '../../drivers/index.ts'
import { Followed } from './followed.ts'
import { busy, document, Scripted } from './scripted.ts'

let world: Followed

beforeEach(() => {
  world = new Followed()
})

test('documents are read only after the quiet time, which every new receipt begins anew', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const seen: { at: number; kept: number }[] = []
  const began = world.now
  await world.follow(register, 6, {
    quietMs: 5000,
    during: (poll) => {
      seen.push({ at: world.now - began, kept: world.kept().length })
      if (poll === 1) register.newest_ = 2
    },
  })
  // The second receipt was seen at 2 s: nothing before 7 s.
  expect(seen.filter(({ at }) => at < 7000).every(({ kept }) => kept === 0)).toBe(true)
  expect(world.kept()).toEqual([1, 2])
})

test('quiet time is waited for exactly, not rounded up to whole polls', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const { waits } = await world.follow(register, 4, { quietMs: 5000 })
  expect(waits).toEqual([2000, 2000, 1000, 0])
})

test('a till that never rests is read after a minute, in pauses of a fifth of the quiet time', async () => {
  const register = new Scripted()
  register.newest_ = 1
  const began = world.now
  let soldAt = world.now
  const readings: { readonly at: number; readonly pause: number }[] = []
  register.read = (number) => {
    readings.push({ at: world.now - began, pause: world.now - soldAt })
    return document(number)
  }
  const { following } = await world.follow(register, 200, {
    quietMs: 5000,
    during: () => {
      // Three seconds or four between two receipts, the whole day.
      if (world.now - soldAt < 3000) return
      register.newest_++
      soldAt = world.now
    },
  })
  expect(readings.length).toBeGreaterThan(20)
  expect(Math.min(...readings.map(({ at }) => at))).toBeGreaterThanOrEqual(60_000)
  expect(Math.min(...readings.map(({ pause }) => pause))).toBeGreaterThanOrEqual(1000)
  expect(register.newest_ - world.kept().length).toBeLessThan(25)
  expect(following.view.unreadSince ?? world.now).toBeGreaterThan(world.now - 90_000)
})

test('it is told since when documents lie unread and none is read', async () => {
  const register = new Scripted()
  register.newest_ = 3
  let began = world.now
  const left = await world.follow(register, 3, { quietMs: 60_000 })
  expect(left.following.view).toMatchObject({ behind: 3, unreadSince: began })
  register.read = (number) => {
    world.now += 100_000
    // The cashier comes back.
    if (number === 2) register.state_ = () => busy
    return document(number)
  }
  began = world.now
  const begun = await world.follow(register, 1)
  expect(begun.following.view).toMatchObject({ behind: 1, unreadSince: began + 200_000 })
  register.state_ = () => ({ kind: 'idle' })
  const ended = await world.follow(register, 2)
  expect(ended.following.view).toMatchObject({ behind: 0, unreadSince: null })
})

test('what is sold while a backlog is read comes before the rest of it', async () => {
  const register = new Scripted()
  register.newest_ = 300
  const read: number[] = []
  register.read = (number) => {
    read.push(number)
    if (number === 50) {
      // A cashier sells twice; the register is busy when it is asked next.
      register.newest_ = 302
      register.state_ = () => busy
    }
    return document(number)
  }
  await world.follow(register, 5, {
    during: () => {
      register.state_ = () => ({ kind: 'idle' })
    },
  })
  const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
  expect(read).toEqual([...upTo(1, 50), 301, 302, ...upTo(51, 300)])
})

test('the same when the line breaks at what was sold just now', async () => {
  const register = new Scripted()
  register.newest_ = 1000
  const read: number[] = []
  let isLost = false
  register.read = (number) => {
    read.push(number)
    if (number === 50) {
      register.newest_ = 1001
      register.state_ = () => busy
    }
    if (number === 1001 && !isLost) {
      isLost = true
      throw new RegisterError('silent', { ru: 'нет ответа', en: 'no answer' })
    }
    return document(number)
  }
  const aside = new Aside(
    () => world.now,
    () => 0.5,
  )
  const idle = () => {
    register.state_ = () => ({ kind: 'idle' })
  }
  await expect(world.follow(register, 5, { aside, during: idle })).rejects.toThrow('no answer')
  await world.follow(register, 1, { aside, during: idle })
  expect(read.slice(50, 53)).toEqual([1001, 1001, 51])
})
