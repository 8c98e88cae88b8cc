import { expect, test } from 'vitest'
import { Tries } from '../../../agent/status/tries.ts'

function failing(now: () => number, ...addresses: readonly string[]): Tries {
  const tries = new Tries(now)
  for (const address of addresses) tries.failed(address)
  return tries
}

const ten = (address: string) => new Array<string>(10).fill(address)

test('after ten failures an address waits for the rest of the minute, whatever it says then; others do not', () => {
  let now = 0
  const tries = failing(() => now, ...ten('10.0.0.7').slice(1))
  expect(tries.mayTry('10.0.0.7')).toBe(true)
  expect(tries.failed('10.0.0.7')).toBe(true)
  now = 59_999
  expect(tries.mayTry('10.0.0.7')).toBe(false)
  expect(tries.mayTry('10.0.0.8')).toBe(true)
  now = 60_000
  expect(tries.mayTry('10.0.0.7')).toBe(true)
  expect(tries.failed('10.0.0.7')).toBe(false)
  expect(tries.mayTry('10.0.0.7')).toBe(true)
})

test('the addresses of one IPv6 subscriber count as one', () => {
  const tries = failing(() => 0, ...ten('2001:db8:1:2::5'))
  expect(tries.mayTry('2001:db8:1:2:a:b:c:d')).toBe(false)
  expect(tries.mayTry('2001:db8:1:3::5')).toBe(true)
  expect(failing(() => 0, ...ten('::1')).mayTry('2001:db8::1')).toBe(true)
  expect(failing(() => 0, ...ten('::ffff:10.0.0.7')).mayTry('::ffff:10.0.0.8')).toBe(true)
  expect(failing(() => 0, ...ten('fe80::1')).mayTry('fe80::2')).toBe(false)
})

test('many addresses do not fill the memory, and do not free who failed just now', () => {
  const strangers = Array.from({ length: 5_000 }, (_, at) => `10.1.${at >> 8}.${at & 255}`)
  const tries = failing(() => 0, ...strangers.slice(0, 4_500), ...ten('10.0.0.7'), ...strangers.slice(4_500))
  expect(tries.mayTry('10.0.0.7')).toBe(false)
})
