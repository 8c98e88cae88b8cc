import { expect, test } from 'vitest'
import { pause } from '../../drivers/index.ts'
import { Warp } from './warp.ts'

const never = new AbortController().signal

test('waits are skipped, in the order in which they end, and cost what they were set for', async () => {
  const ended: string[] = []
  let passed = 0
  {
    using warp = new Warp()
    const began = warp.now()
    const wait = async (name: string, ms: number) => {
      await pause(ms, never)
      ended.push(`${name} ${Math.floor((warp.now() - began) / 60_000)}`)
    }
    await Promise.all([wait('long', 3_600_000), wait('short', 60_000), wait('middle', 120_000)])
    passed = warp.skipped
  }
  expect(ended).toEqual(['short 1', 'middle 2', 'long 60'])
  expect(passed).toBeGreaterThan(3_500_000)
  expect(passed).toBeLessThanOrEqual(3_600_000)
})

test('work is charged as the real time that it takes', async () => {
  using warp = new Warp()
  const [began, skipped] = [warp.now(), warp.skipped]
  // 20 ms of real time, without any wait.
  const system = process.hrtime.bigint()
  while (process.hrtime.bigint() - system < 20_000_000n);
  expect(warp.now() - began).toBeGreaterThanOrEqual(20)
  expect(warp.skipped).toBe(skipped)
  await Promise.resolve()
})

test('a wait that was given up rings no more', async () => {
  using _warp = new Warp()
  let rung = false
  const alarm = setTimeout(() => {
    rung = true
  }, 10)
  clearTimeout(alarm)
  await pause(1_000, never)
  expect(rung).toBe(false)
})

test('the process has its own clock back afterwards', () => {
  const before = [globalThis.setTimeout, globalThis.clearTimeout, Date.now]
  {
    using _warp = new Warp()
    expect(globalThis.setTimeout).not.toBe(before[0])
  }
  expect([globalThis.setTimeout, globalThis.clearTimeout, Date.now]).toEqual(before)
})
