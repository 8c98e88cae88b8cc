import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { printRow } from '../../../agent/commands/read.ts'
import type { ReadRow } from '../../../agent/desk/desk.ts'
import type { Language } from '../../../agent/text.ts'

function printed(language: Language, row: Partial<ReadRow>): string {
  const out = new PassThrough()
  printRow({ out, language }, { number: 7, outbox: 'not kept', decoded: null, problem: null, ...row }, false)
  return String(out.read())
}

test.each<[Partial<ReadRow>, RegExp, RegExp]>([
  [{ absent: true, problem: 'error 08' }, /^7 {2}не сохранён {2}такого номера в ФН нет\n$/, /no such number/],
  [{ problem: 'before the beginning of this drive' }, /до начала учёта.*chekpost begin/, /taken as booked/],
  [{ problem: 'only the short record is left in the drive' }, /остался только итог/, /without the lines/],
  [
    { outbox: 'known', decoded: { fd: 7 } },
    /^7 {2}уже есть {2}\{"fd":7\}\n$/,
    /^7 {2}known {2}\{"fd":7\}\n$/,
  ],
  [{ outbox: 'kept', decoded: {} }, /сохранён/, /kept/],
])('what became of a document is told in the language of the person: %#', (row, russian, english) => {
  expect(printed('ru', row)).toMatch(russian)
  expect(printed('en', row)).toMatch(english)
})

test('the name of a good moves no cursor of the terminal', () => {
  expect(printed('ru', { decoded: { name: '\u202eХлеб' } })).not.toContain('\u202e')
})
