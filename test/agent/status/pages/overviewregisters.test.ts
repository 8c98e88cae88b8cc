/** The card of a register says no more than is known. */
import { expect, test } from 'vitest'
import type { LastDocument } from '../../../../agent/lastdocument.ts'
import { lookOf } from '../../../../agent/status/pages/look.ts'
import { registersPart } from '../../../../agent/status/pages/overviewregisters.ts'
import type { RegisterStatus } from '../../../../agent/status/snapshot.ts'
import { factsOf, now } from '../facts.ts'
import { visitOf } from './receiptsface.ts'

const old = '9999078900001234'
const last: LastDocument = {
  ...{ storage: old, number: 5, type: 3, time: '2026-08-21T12:00:00' },
  ...{ shift: 7, shiftIsOpen: true },
}

function lookIn(timezone: string) {
  return lookOf({ clock: () => now, config: { timezone } }, visitOf('ru'))
}

function cards(differs: Partial<RegisterStatus>): string {
  const { snapshot } = factsOf()
  const registers = snapshot.registers.slice(0, 1).map((one) => ({ ...one, last, ...differs }))
  return registersPart({ ...snapshot, registers }, lookIn('Europe/Moscow')).toString()
}

test('the last document leads to the drive that it stands in, whatever drive is in the register now', () => {
  const drawn = cards({ newest: { storage: '9285000100150175', number: 1 } })
  expect(drawn).toContain(`href="/receipt?fn=${old}&amp;fd=5"`)
})

test('of a register that is not connected nobody says that its shift is open', () => {
  expect(cards({ line: 'connected' })).toContain('<dd>7, открыта</dd>')
  expect(cards({ line: 'lost' })).toContain('<dd>7</dd>')
  expect(cards({ line: 'lost', last: { ...last, shiftIsOpen: false } })).toContain('<dd>7</dd>')
})

test('until when a port was let go of is told by the clock of the shop alone', () => {
  const { snapshot } = factsOf({
    view: (view) => {
      view.pausedUntil = now + 3_600_000
    },
  })
  expect(registersPart(snapshot, lookIn('Asia/Vladivostok')).toString()).toContain('порт отпущен до 21:00:00')
  expect(`${snapshot.health.text.ru} ${snapshot.health.text.en}`).not.toMatch(/\d:\d\d/)
})
