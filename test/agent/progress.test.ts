import { expect, test } from 'vitest'
import { CatchUp, Progress, Works } from '../../agent/progress.ts'

const what = { ru: 'чтение', en: 'reading' }

function timed(of: number | null) {
  const time = { now: 50_000 }
  const progress = new Progress(what, of, () => time.now)
  /** So many a second, noted every tenth of one. */
  const goes = (perSecond: number, seconds: number) => {
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      time.now += 100
      progress.note(progress.view().done + perSecond / 10)
    }
  }
  return { time, progress, goes }
}

test('there is no rate before there is something to tell it by', () => {
  const { progress, time } = timed(100)
  expect(progress.view()).toEqual({ what, done: 0, of: 100, perSecond: null, secondsLeft: null })
  time.now += 500
  progress.note(10)
  expect(progress.view()).toMatchObject({ done: 10, perSecond: null, secondsLeft: null })
})

test('the rate is that of the last while, and the time left follows it', () => {
  const { progress, goes } = timed(1_000)
  goes(20, 10)
  expect(progress.view()).toMatchObject({ done: 200, perSecond: 20, secondsLeft: 40 })
  goes(10, 20)
  expect(progress.view()).toMatchObject({ done: 400, perSecond: 10, secondsLeft: 60 })
})

test('work that stands still has no time left to tell', () => {
  const { progress, goes, time } = timed(1_000)
  goes(20, 10)
  time.now += 10_000
  expect(progress.view().perSecond).toBeLessThan(20)
  time.now += 30_000
  expect(progress.view().secondsLeft).not.toBe(40)
  progress.note(200)
  time.now += 15_000
  expect(progress.view()).toMatchObject({ done: 200, perSecond: 0, secondsLeft: null })
})

test('of work whose end nobody knows, only how far and how fast is told', () => {
  const { progress, goes } = timed(null)
  goes(10, 5)
  expect(progress.view()).toMatchObject({ done: 50, of: null, perSecond: 10, secondsLeft: null })
})

test('after hours the rate is still that of the last while', () => {
  const { progress, goes } = timed(1_000_000)
  goes(10, 3_600)
  goes(3, 20)
  expect(progress.view().perSecond).toBe(3)
})

test('works are listed while they run', () => {
  const works = new Works(() => 0)
  {
    using work = works.begin(what, 10)
    work.add(3)
    work.add(1)
    expect(works.list()).toMatchObject([{ done: 4, of: 10 }])
  }
  expect(works.list()).toEqual([])
})

test('catching up is work from twenty missing documents on, until none is missing', () => {
  const time = { now: 0 }
  const catchUp = new CatchUp('till-1', () => time.now)
  catchUp.note(19)
  expect(catchUp.view()).toBeNull()
  for (let behind = 120; behind >= 60; behind--) {
    time.now += 500
    catchUp.note(behind)
  }
  expect(catchUp.view()).toMatchObject({ done: 60, of: 120, perSecond: 2, secondsLeft: 30 })
  // Receipts go on being sold meanwhile.
  catchUp.note(65)
  expect(catchUp.view()).toMatchObject({ done: 60, of: 125 })
  catchUp.note(5)
  expect(catchUp.view()).toMatchObject({ done: 120, of: 125 })
  catchUp.note(0)
  expect(catchUp.view()).toBeNull()
  catchUp.note(7)
  expect(catchUp.view()).toBeNull()
})
