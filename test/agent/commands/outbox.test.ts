import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../../../agent/commands/context.ts'
import { printRows } from '../../../agent/commands/outbox.ts'
import type { ListedRow } from '../../../agent/desk/desk.ts'
import type { Language } from '../../../agent/text.ts'
import { rowOf } from '../status/pages/receiptsface.ts'

function printed(language: Language, row: Partial<ListedRow>): string {
  const out = new PassThrough()
  printRows({ out, language } as unknown as Context, [rowOf(1, row)], 'Asia/Vladivostok')
  return String(out.read())
}

test('a reason is told in the language of the terminal, as it is on the page', () => {
  const refused = { state: 'waiting', outcome: 'retry', why: '503: The site has an error' } as const
  expect(printed('ru', refused)).toMatch(/ждёт отправки {2}[А-Я][а-я ]+/)
  expect(printed('ru', refused)).not.toContain('error')
  expect(printed('en', refused)).toMatch(/waits to be sent {2}.*error/)
})

test.each([
  [{ state: 'accepted', outcome: 'accepted' }, 'принят сайтом'],
  [{ state: 'acceptedParked', outcome: 'acceptedParked' }, 'на сайте, отложен там'],
  [{ state: 'ignored', outcome: 'ignored' }, 'сайту не нужен'],
  [{ state: 'none', outcome: null, format: 'absent' }, 'нет в ФН'],
] as const)('%j is said to be %s', (row, said) => {
  expect(printed('ru', { ...row, why: null })).toContain(said)
})

test('what a site wrote moves no cursor of the terminal', () => {
  const said = printed('ru', { why: '422: \u001b[2J\u202ebad' })
  for (const sign of ['\u001b', '\u202e']) expect(said).not.toContain(sign)
})

test('a receipt has the time that it bears, by the register; what bears none when it was read, by the shop, in brackets', () => {
  const readAt = '2026-11-23T22:38:49.479Z'
  expect(printed('ru', { time: '2026-11-24T01:30:00', readAt })).toContain('  2026-11-24 01:30  ')
  expect(printed('ru', { time: null, readAt })).toContain(' [2026-11-24 08:38] ')
})
