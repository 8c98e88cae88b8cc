import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readOutcome } from '../../../agent/bitrix/answer.ts'
import { readTrouble, UnpinnedKey } from '../../../agent/bitrix/trouble.ts'
import { importing } from '../../../agent/status/pages/import.ts'
import { advice, kindOfReason } from '../../../agent/status/pages/parkedadvice.ts'
import { moveReason, moveWords } from '../../../agent/status/pages/receiptmoves.ts'
import { faultInWords } from '../../../agent/wording/faults.ts'
import { plainly } from '../../../agent/wording/plain.ts'
import { whyInWords } from '../../../agent/wording/reasons.ts'
import { DeadlinePassed } from '../../../drivers/index.ts'

/** English words in a Russian text, marks of the program itself apart. */
function englishIn(ru: string): string[] {
  const marks = /JSON|POST|DNS|HTTP|Content-Type|application|text|html|json|eventId|state|chekpost|audit/g
  return (
    ru
      .replace(/\([A-Z_\d]+\)/g, '')
      .replace(marks, '')
      .match(/[A-Za-z]{3,}/g) ?? []
  )
}

test('whatever status a site answers, the reason is told in Russian', () => {
  for (let status = 200; status < 600; status++) {
    const { outcome } = readOutcome(status, {}, '', 'FN1-FD1', 0)
    if (!('why' in outcome)) throw new Error(`${status}`)
    const { ru, en } = whyInWords(outcome.why)
    expect(ru, outcome.why).toMatch(/[а-я]/)
    expect(englishIn(ru), outcome.why).toEqual([])
    expect(en).not.toMatch(/[а-яё]/i)
  }
})

test.each([
  [{}, ''],
  [{ 'content-type': 'text/html; charset=utf-8' }, ''],
  [{ 'content-type': 'application/json' }, '<html>'],
  [{ 'content-type': 'application/json' }, '{"ok":true}'],
  [{ 'content-type': 'application/json' }, '{"eventId":"other","state":"booked"}'],
])('success without acknowledgement is told in Russian: %j %s', (headers, body) => {
  const { outcome, words } = readOutcome(200, headers, body, 'FN1-FD1', 0)
  if (!('why' in outcome)) throw new Error('delivered')
  expect(whyInWords(outcome.why)).toEqual(words)
})

test.each([
  'ENOTFOUND',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ECONNRESET',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'EPROTO',
  'HPE_INVALID_CONSTANT',
  'ESOMETHING',
  'ETIMEDOUT',
])('that nobody answered (%s) is told in Russian', (code) => {
  const trouble = readTrouble(Object.assign(new Error(code), { code }))
  if (trouble === null || !('why' in trouble.outcome)) throw new Error(code)
  expect(whyInWords(trouble.outcome.why)).toEqual(trouble.words)
})

test('so are a time limit and a wrong key', () => {
  for (const error of [new DeadlinePassed(30_000), new UnpinnedKey('AbC/+=')]) {
    const trouble = readTrouble(error)
    if (trouble === null || !('why' in trouble.outcome)) throw new Error(error.name)
    expect(whyInWords(trouble.outcome.why).ru).toBe(
      error instanceof UnpinnedKey ? trouble.words.ru : 'Сайт не ответил вовремя (30 с)',
    )
  }
})

/** The reasons that stand in the sources themselves. */
function phrasesOf(file: string, pattern: RegExp): string[] {
  const source = readFileSync(new URL(`../../../agent/${file}`, import.meta.url), 'utf8')
  return [...source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').matchAll(pattern)].map(
    ([, phrase = '']) => phrase,
  )
}

test('every reason that the dispatcher gives by itself has its words and its advice', () => {
  const phrases = [
    ...phrasesOf('dispatch/prepare.ts', /why: '([^']+)'/g),
    ...phrasesOf('rebuilt.ts', /^const too\w+ = `([^`]+)`/gm).map((phrase) =>
      phrase.replace(/\$\{ms[^}]*\}/, '48').replace(/\$\{\w+\}/, '200'),
    ),
    ...phrasesOf('rebuilt.ts', /why: '([^']+)'/g),
  ]
  expect(phrases.length).toBeGreaterThanOrEqual(6)
  for (const phrase of phrases) {
    expect(whyInWords(phrase).ru, phrase).toMatch(/[а-я]/)
    expect(englishIn(whyInWords(phrase).ru), phrase).toEqual([])
  }
})

test('a reason however often nested is read once for each of its layers', () => {
  const said = whyInWords(`${'earlier receipts wait until the site says which it has: '.repeat(40)}422: x`)
  expect(said.ru.match(/после потери базы ждёт/g)).toHaveLength(40)
})

test('a receipt of which only the totals are left is brought on the page where files are imported', () => {
  expect(advice.shortRecord.ru).toContain(`«${importing.name.ru}»`)
  expect(advice.shortRecord.en).toContain(`"${importing.name.en}"`)
})

test('what an import takes over unproven is told in Russian', () => {
  const [phrase = ''] = phrasesOf('transfer/line.ts', /^const unproven = '([^']+)'/gm)
  expect(whyInWords(phrase).ru).toMatch(/[а-я]/)
})

test("the site's own words stand behind ours, in both languages as they came", () => {
  expect(whyInWords('422: Товар «Ёж» не найден; склад закрыт')).toEqual({
    ru: 'Сайт не может принять этот чек (ответ 422): Товар «Ёж» не найден; склад закрыт',
    en: 'The site cannot take this receipt (answer 422): Товар «Ёж» не найден; склад закрыт',
  })
  expect(whyInWords('no such product')).toEqual({ ru: 'no such product', en: 'no such product' })
  expect(whyInWords('')).toEqual({ ru: '', en: '' })
})

test.each([
  ['400: The site finds this receipt malformed', 'malformed'],
  ['413: The receipt is too big for the site', 'tooBig'],
  ['422: Другой чек с этим номером', 'contradicts'],
  ['403: The site forbids access; a test passed, so it is about this document', 'firewall'],
  ['rejected: only the short record was read, the lines are not known', 'shortRecord'],
  ['rejected: an element is cut off at byte 5', 'unreadable'],
  ['not in Bitrix after a loss, and older than 48 h or of unknown age: a person decides', 'oldAfterLoss'],
  ['not in Bitrix after a loss, as are over 200 others: a person decides', 'manyAfterLoss'],
  ['4224: x', 'other'],
  ['', 'other'],
] as const)('%s → %s', (why, kind) => {
  expect(kindOfReason(why)).toBe(kind)
  expect(advice[kind].ru).toMatch(/[а-я]/)
})

test('every reason of a stock decision has its words in both languages', () => {
  const file = ['fiscal/stock.ts', 'fiscal/storno.ts']
  const decided = file.flatMap((one) => phrasesOf(one, /why: '([^']+)'/g))
  const stock = readFileSync(new URL('../../../agent/fiscal/stock.ts', import.meta.url), 'utf8')
  const tables = [...stock.matchAll(/^ {2}\d: (\[[^\]]+\]|'[^']+'),$/gm)].flatMap(([, row = '']) =>
    [...row.matchAll(/'([^']+)'/g)].map(([, phrase = '']) => phrase),
  )
  expect(tables.length).toBe(10)
  const all = [...decided, ...tables, ...tables.map((phrase) => `${phrase} (assumed)`)]
  for (const phrase of all) {
    const { ru, en } = moveReason(phrase)
    expect(ru, phrase).toMatch(/^[^A-Za-z]+$/)
    expect(en, phrase).not.toMatch(/[а-яё]/i)
  }
  expect(decided.length).toBeGreaterThan(18)
  expect(Object.keys(moveWords)).toEqual(['out', 'in', 'none', 'review'])
})

/** Every sentence of a source, with 5 for what is put into it. */
function sentencesOf(file: string): string[] {
  const quoted = /['`]([a-z$][^'`\n]* [^'`\n]*)['`]/g
  return phrasesOf(file, quoted).map((phrase) =>
    phrase.replace(/\$\{name\}/, 'time (tag 1012)').replaceAll(/\$\{[^}]+\}/g, '5'),
  )
}

test('every fault that decoding a document names is told in Russian', () => {
  const files = ['tlv', 'document', 'decode', 'taxJson', 'tagreader', 'jsonreader', 'tree']
  const phrases = [...files, 'taggedreceipt', 'codes', 'receipt', 'taxJsonFacts'].flatMap((name) =>
    sentencesOf(`fiscal/${name}.ts`),
  )
  expect(phrases.length).toBeGreaterThan(25)
  const sold = [...sentencesOf('bitrix/sale.ts'), ...sentencesOf('dispatch/prepare.ts')]
  const refused = sold.filter((phrase) => /^(?:the|line) /.test(phrase))
  expect(refused.length).toBe(6)
  for (const phrase of [...phrases, ...refused, ...phrases.map((one) => `line 5: ${one}`)]) {
    const { ru, en } = faultInWords(phrase)
    expect(englishIn(ru.replaceAll('hex', '')), phrase).toEqual([])
    expect(en, phrase).not.toMatch(/[а-яё]/i)
  }
})

test.each([
  ['an element is cut off at byte 5 in 1059 > 1030', 'тег обрезан (байт 5)'],
  ['line 2: tag 1023 cannot be read', 'строка 2: не прочитать тег 1023 «Количество предмета расчета»'],
  ['dateTime (tag 1012) cannot be read', 'не прочитать тег 1012 «Дата, время»'],
  ['tag 65000 is missing', 'отсутствует тег 65000'],
  ['the document has no total (tag 1020)', 'отсутствует тег 1020 «Сумма расчета, указанного в чеке (БСО)»'],
  ['something new', 'something new'],
  ['constructor', 'constructor'],
])('a fault of a document, %s', (fault, ru) => {
  expect(faultInWords(fault).ru).toBe(ru)
  expect(whyInWords(`rejected: ${fault}`).ru).toBe(`документ не разобрать: ${ru}`)
})

test('a fault is told in English as well', () => {
  const { en } = faultInWords('line 2: an element is cut off at byte 5 in 1059 > 1030')
  expect(en).toBe('line 2: an element is cut off at byte 5')
  expect(faultInWords('price (tag 1079) cannot be read').en).toBe('tag 1079 (price) cannot be read')
  expect(faultInWords('something new').en).toBe('something new')
})

test('a reason that nobody knows is shown as it came', () => {
  expect(moveReason('something new (assumed)').ru).toBe('something new (assumed)')
  // Nothing of a table is reached by a name that every object has.
  expect(moveReason('constructor').ru).toBe('constructor')
  expect(whyInWords('constructor').ru).toBe('constructor')
})

test.each([
  ['short', 10, 'short'],
  ['a\u202eb\u0000\u2069c', 10, 'a�b��c'],
  ['x'.repeat(20_000), 5, 'xxxx…'],
  ['🙂🙂🙂', 3, '🙂🙂🙂'],
  ['🙂🙂🙂🙂', 3, '🙂🙂…'],
  ['line\nfeed', 20, 'line\nfeed'],
])('text of others is cut and made plain (%#)', (said, length, plain) => {
  expect(plainly(said, length)).toBe(plain)
})
