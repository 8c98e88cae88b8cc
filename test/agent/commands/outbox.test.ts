import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../../../agent/commands/context.ts'
import { outboxCommand, printRows } from '../../../agent/commands/outbox.ts'
import { replayCommand } from '../../../agent/commands/replay.ts'
import type { ListedRow } from '../../../agent/desk/desk.ts'
import { outboxPath } from '../../../agent/installation.ts'
import { openOutbox } from '../../../agent/store/open.ts'
import type { Language } from '../../../agent/text.ts'
import { environment, never } from '../daemon.ts'
import { rowOf } from '../status/pages/receiptsface.ts'
import { folder } from '../store/workshop.ts'

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

test.each([
  ['a list', () => outboxCommand, ['ls']],
  ['a replay', () => replayCommand, ['--dry-run']],
] as const)('%s of a register that nobody knows says which there are', async (_, command, words) => {
  const place = folder()
  const configPath = join(place, 'chekpost.yaml')
  writeFileSync(
    configPath,
    `store: shop
timezone: Europe/Moscow
stateDir: ${place}
registers: [{ name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }]
bitrix: { url: 'https://shop.example/', secretFile: webhook }
`,
  )
  openOutbox(outboxPath(place))[Symbol.dispose]()
  const context = { environment, language: 'en', configPath, out: new PassThrough(), signal: never }
  const run = (name: string) =>
    command()(context as unknown as Context).parseAsync([...words, '--register', name], { from: 'user' })
  await expect(run('till-9')).rejects.toThrow('There is no register till-9 in the config, there is: till-1')
  await run('till-1')
  expect(String(context.out.read())).toContain('Nothing was found')
})
