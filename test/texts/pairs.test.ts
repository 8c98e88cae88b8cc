// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources stand in these strings
/** What the watch over texts notices. */
import { expect, test } from 'vitest'
import { bareWordsOf, misplacedOf, textsOf } from './pairs.ts'

test('a pair is found wherever it is made, with what is filled in', () => {
  const source = `
    const one = text('Касса молчит', 'The register is silent') // 'не текст'
    const two = words(context, \`касса \${register.name}\`, \`register \${register.name}\`)
    const three = { ru: 'да', en: 'yes', more: text('нет', 'no') }
    const four = language === 'ru' ? 'параллельно' : 'lanes'
    const said = (ok: boolean, ru: string, en: string) => text(ru, en)
    said(true, 'место есть', 'there is room')
    const table = [[1, 'мало места', 'little room'], [2, /[а-я]'/, 'x']]
    const five = text(isLong ? 'долго' : 'коротко', isLong ? 'long' : 'short')`
  expect(textsOf(source)).toEqual({
    pairs: [
      { ru: 'Касса молчит', en: 'The register is silent' },
      { ru: 'касса {register}', en: 'register {register}' },
      { ru: 'да', en: 'yes' },
      { ru: 'нет', en: 'no' },
      { ru: 'параллельно', en: 'lanes' },
      { ru: 'место есть', en: 'there is room' },
      { ru: 'мало места', en: 'little room' },
      { ru: 'долго / коротко', en: 'long / short' },
    ],
    ...{ strays: [], lame: [] },
  })
})

test.each([
  "say('Касса молчит')",
  "send('Касса молчит', 'note')",
  'const line = `касса ${name}`',
  "const words = { red: 'Неисправность' }",
  "const one = x === 1 ? 'да' : 'no'",
  'const body = html`<p>${text("да", "yes")} ${f("нет")}</p>`',
])('%s is Russian alone', (source) => {
  expect(textsOf(source).strays).toHaveLength(1)
})

test.each([
  "text('The register is silent', 'The register is silent')",
  "text('Касса молчит', 'Касса молчит')",
  "text('Касса молчит', '')",
  "text('', 'The register is silent')",
  "const said = { ru: 'silent', en: 'молчит' }",
])('%s lacks a half', (source) => {
  expect(textsOf(source).lame).toHaveLength(1)
})

test.each([
  '<p>Waiting</p>',
  '<p>Ждут</p>',
  '<p>${n} receipts</p>',
  '<input aria-label="Sum">',
  '<img alt="Касса">',
])('%s holds words of one language', (drawn) => {
  expect(bareWordsOf(`const page = html\`${drawn}\``)).toHaveLength(1)
})

test('values, commands, the name of the program and signs are no words', () => {
  const drawn =
    '<a href="/x">chekpost</a> <code>chekpost token</code> → ${say(x)}: &nbsp; ${number} <b title="${y}">·</b>'
  expect(bareWordsOf(`html\`${drawn}\``)).toEqual([])
})

test.each([
  '<a href=${link}>',
  "<a href='${link}'>",
  '<${name}>',
  '<p ${attributes}>',
  '<a onclick="${code}">',
  '<p style="${style}">',
])('%s is no place for a value', (drawn) => {
  expect(misplacedOf(`html\`${drawn}\``)).toHaveLength(1)
})

test('between tags, in double quotes and as a piece of HTML values are well placed', () => {
  const drawn =
    '<a href="/x?fn=${fn}&amp;fd=${fd}"${isOpen && html` open`} title="${title}">${name}</a> > ${more}'
  expect(misplacedOf(`html\`${drawn}\``)).toEqual([])
})
