import { describe, expect, test } from 'vitest'
import { parseConfig, readConfig } from '../../agent/config.ts'
import { whyOf } from '../../agent/systemwords.ts'
import { UsageError } from '../../agent/usage.ts'

const whole = `
store: shop-12
timezone: Europe/Moscow
stateDir: /var/lib/chekpost
registers:
  - name: till-1
    driver: shtrih
    address: tcp:192.168.137.111:7778
    settings: { password: 30, operatorPassword: 1, frames: v1 }
    from: now
    pollSeconds: 2
    quietSeconds: 5
bitrix:
  mode: webhook
  url: https://shop.example/local/chekpost/sale.php
  secretFile: webhook-secret
  lanes: 1
status:
  listen: 127.0.0.1:8321
`

/** The message of the refusal, in both languages. */
function refusalOf(source: string): { readonly ru: string; readonly en: string } {
  try {
    parseConfig(source, 'test.yaml')
  } catch (error) {
    if (error instanceof UsageError) return error.text
    throw error
  }
  return { ru: '', en: '' }
}

/** The same in English. */
function refusal(source: string): string {
  return refusalOf(source).en
}

test('the documented config is understood, and every register gets its identity', () => {
  const config = parseConfig(whole, 'test.yaml')
  expect(config.registers[0]).toMatchObject({
    id: 'shop-12/till-1',
    pollMs: 2000,
    quietMs: 5000,
    from: 'now',
    bitrix: { lanes: 1, sendAll: false, connectSeconds: 10 },
  })
  expect(config.page).toEqual({ host: '127.0.0.1', port: 8321, hosts: [], tls: null, passwordFile: null })
})

test.each([
  ['name: till-1', 'name: Касса', /строчные латинские/],
  ['url: https:', 'url: http:', /показывает продажи/],
  ['Europe/Moscow', 'Москва', /часовой пояс IANA/],
  ['from: now', 'from: yesterday', /now, first, ledger или номер документа/],
  ['listen: 127.0.0.1:8321', 'listen: 0.0.0.0:8321', /на этом компьютере/],
  ['store: shop-12', '', /нет store/],
])('%s → %s is refused in Russian and in English, each in its own words', (right, wrong, russian) => {
  const broken = whole.replace(right, wrong)
  expect(() => parseConfig(broken, 'test.yaml')).toThrow(UsageError)
  try {
    parseConfig(broken, 'test.yaml')
  } catch (error) {
    const { ru, en } = error instanceof UsageError ? error.text : { ru: '', en: '' }
    expect(ru).toMatch(russian)
    expect(en).not.toMatch(wrong === '' ? /[а-яё]/i : russian)
    expect(ru).not.toMatch(/lower-case|shows the sales|time zone|document number|this machine|is missing/)
  }
})

test('store and bitrix may stand under a register', () => {
  const config = parseConfig(
    `timezone: Asia/Omsk
registers:
  - name: a
    driver: shtrih
    address: tcp:10.0.0.1:7778
    store: north
    bitrix: { url: "https://north.example/sale.php", secretFile: north }
  - name: b
    driver: shtrih
    address: tcp:10.0.0.2:7778
    store: south
    bitrix: { url: "https://south.example/sale.php", secretFile: south }
`,
    'test.yaml',
  )
  expect(config.registers.map(({ id, bitrix }) => [id, bitrix.secretFile])).toEqual([
    ['north/a', 'north'],
    ['south/b', 'south'],
  ])
})

describe('a wrong config is told apart in one message that says what to do', () => {
  const cases: [what: string, change: (source: string) => string, says: RegExp][] = [
    ['a misspelt key', (s) => s.replace('pollSeconds', 'polSeconds'), /polSeconds[\s\S]*registers\[0\]/],
    ['an unknown key at the top', (s) => `${s}\ncolour: red\n`, /colour/],
    ['an unknown driver', (s) => s.replace('driver: shtrih', 'driver: acme'), /driver/],
    ['a wrong address', (s) => s.replace('tcp:192', 'ftp:192'), /address/],
    ['a zone that does not exist', (s) => s.replace('Europe/Moscow', 'Europe/Moskva'), /time zone/],
    ['plain http to another machine', (s) => s.replace('https://shop', 'http://shop'), /plainHttp/],
    [
      'a password in the address',
      (s) => s.replace('https://shop', 'https://me:secret@shop'),
      /file of its own/,
    ],
    ['too many lanes', (s) => s.replace('lanes: 1', 'lanes: 9'), /lanes/],
    ['a page open to the network', (s) => s.replace('127.0.0.1:8321', '0.0.0.0:8321'), /this machine/],
    ["a wrong driver's setting", (s) => s.replace('frames: v1', 'frames: v9'), /frames/],
    ['no store', (s) => s.replace('store: shop-12', ''), /store is missing/],
    ['not YAML', () => 'a: [1', /test\.yaml/],
    ['nothing', () => '', /test\.yaml/],
  ]
  test.each(cases)('%s', (_what, change, says) => {
    const said = refusal(change(whole))
    expect(said).toMatch(says)
    expect(said).toContain('chekpost config check')
  })
})

test('two registers of one name are refused', () => {
  const register = '  - { name: a, driver: shtrih, address: "tcp:1.1.1.1:1" }\n'
  const other = register.replace('1.1.1.1', '1.1.1.2')
  const top = 'store: s\ntimezone: UTC\nbitrix: { url: "https://x.example/", secretFile: s }\nregisters:\n'
  expect(refusal(top + register + other)).toMatch(/same name a/)
})

test('a file that cannot be read names the file and the next step', () => {
  expect(() => readConfig('/nowhere/chekpost.yaml')).toThrow(/nowhere.*--config/)
})

test('what would only fail at work is refused at once: aliases, ports, a login that cannot be decoded', () => {
  expect(refusal(whole.replace('store: shop-12', 'store: *shop'))).toMatch(/alias/i)
  expect(refusal(whole.replace(':8321', ':99999'))).toMatch(/65535/)
  const behind = (proxy: string) => refusal(whole.replace('lanes: 1', `proxy: "${proxy}"`))
  expect(behind('http://anna:50%off@proxy:3128')).toMatch(/%25/)
  expect(behind('http://anna:50%25off@proxy:3128')).toBe('')
})

test('an address of the site that is no URL is refused in words', () => {
  expect(refusal(whole.replace('https://', 'https4,//'))).toMatch(/URL.*\n.*bitrix\.url/)
})

test.each([
  ['store: a\nstore: b', /строка 2: этот ключ уже есть/],
  ['registers:\n\t- name: a', /строка 2: отступ знаком табуляции/],
  [`${whole}sotre: x`, /нет такого ключа: "sotre"/],
  ['', /в файле нет настроек/],
])('a fault of %j is told in Russian too', (source, says) => {
  expect(() => parseConfig(source, 'test.yaml')).toThrow(
    expect.objectContaining({ text: expect.objectContaining({ ru: expect.stringMatching(says) }) }),
  )
})

const hand = `store: shop-12
timezone: Europe/Moscow
registers:
  - name: till-1
    driver: shtrih
    address: tcp:1.2.3.4:7778
bitrix:
  url: https://shop.example/x
  secretFile: s
`

/** What hands get wrong: where it stands, and a word of what to do. */
test.each([
  ['a tab', '    driver', '\tdriver', 5, /табуляции/],
  ['a tab behind spaces', '    driver', '  \tdriver', 5, /табуляции/],
  ['a no-break space', '    driver', '\u00a0   driver', 5, /неразрывный/],
  ['no colon', 'driver: ', 'driver ', 5, /двоеточие и пробел/],
  ['no colon in the last line', 'secretFile: ', 'secretFile ', 9, /двоеточие и пробел/],
  ['no space behind the colon', 'store: ', 'store:', 1, /двоеточие и пробел/],
  ['a key twice', 'secretFile: s', 'url: x', 9, /ключ уже есть выше/],
  ['too little indentation', '    driver', '   driver', 5, /отступ/],
  ['too much indentation', '  url', '   url', 9, /отступ/],
  ['an indented key', 'timezone', ' timezone', 1, /отступ/],
  ['a single quote that stays open', 'shop-12', "'shop-12", 1, /кавычка не закрыта/],
  ['a double quote that stays open', 'tcp:1', '"tcp:1', 6, /кавычка не закрыта/],
  ['a bracket that stays open', 'secretFile: s', 'secretFile: { a: 1', 10, /скобка/],
  ['no comma in brackets', 'secretFile: s', 'secretFile: { a: 1 b: 2 }', 9, /запятой/],
  ['a dash without a space', '- name', '-name', 4, /после «-» нужен пробел/],
  ['a colon in a value', 'shop-12', 'shop: 12', 1, /двоеточие с пробелом.*кавычки/],
  ['a sign that YAML keeps for itself', 'shop-12', '@shop', 1, /с этого знака.*кавычки/],
  ['a backslash in double quotes', 'shop-12', '"C:\\dir"', 1, /косая черта/],
  ['two files in one', 'bitrix:', '---\nbitrix:', 7, /делит файл/],
])(
  '%s in the YAML is told with its line, in both languages, without a word of the parser',
  (_what, right, wrong, line, says) => {
    const { ru, en } = refusalOf(hand.replace(right, wrong))
    expect(ru).toMatch(says)
    expect(ru).toContain(`строка ${line}: `)
    expect(en).toContain(`line ${line}: `)
    expect(ru.replace(/chekpost config check|test\.yaml/g, '')).not.toMatch(/[a-z]{3,}/i)
  },
)

test("every fault of a value is told in Russian, a driver's settings with their line too", () => {
  const { ru } = refusalOf(
    hand
      .replace('driver: shtrih', 'driver: shtri\n    pollSeconds: 0\n    quietSeconds: soon')
      .replace('url: https://shop.example/x', 'url: shop')
      .replace('  secretFile: s', '  lanes: 9\nkeepDays: 1\ncodes: { name: ["("] }'),
  )
  const told = ru.split('\n').filter((line) => line.startsWith('✖'))
  expect(told.sort()).toEqual([
    ...['✖ строка 10: не адрес (URL)', '✖ строка 10: этого ключа не хватает', '✖ строка 11: не больше 8'],
    ...['✖ строка 12: не меньше 35', expect.stringMatching(/^✖ строка 13: не регулярное выражение/)],
    ...['✖ строка 5: можно только: shtrih', '✖ строка 6: не меньше 0.05', '✖ строка 7: нужно: число'],
  ])
  expect(ru).not.toContain('→ at ')
  const settings = refusalOf(
    hand.replace('driver: shtrih', 'driver: shtrih\n    settings: { password: abc, tires: 1 }'),
  )
  expect(settings.ru).toContain('✖ строка 6: нет такого ключа: "tires"\n  → registers[0].settings')
  expect(settings.ru).toContain('✖ строка 6: нужно: число\n  → registers[0].settings.password')
})

test('a serial number that YAML takes for a number is asked for in quotes', () => {
  const { ru, en } = refusalOf(hand.replace('driver: shtrih', 'driver: shtrih\n    serial: 0012340000567890'))
  expect(ru).toMatch(/строка 6: нужно: текст .*в кавычках/)
  expect(en).toMatch(/line 6: a text .*in quotes/)
})

test('a file too long for a config is refused before it is parsed', () => {
  const keys = Array.from({ length: 40_000 }, (_, i) => `k${i}: 1`).join('\n')
  expect(refusal(keys)).toContain('256 KiB')
})

test('a missing config file is told without the words of the system', () => {
  expect(() => readConfig('/nowhere/chekpost.yaml')).toThrow(
    expect.objectContaining({
      text: expect.objectContaining({ ru: expect.stringMatching(/^Файла настроек нет: \/nowhere/) }),
    }),
  )
})

test('the address of the ledger is as private as that of the receiver, and heartbeats come by themselves', () => {
  const ledgerUrl = (url: string) => whole.replace('  lanes: 1', `  lanes: 1\n  ledgerUrl: ${url}`)
  expect(refusal(ledgerUrl('http://shop.example/ledger.php'))).toMatch(/use https[\s\S]*ledgerUrl/)
  const url = 'https://shop.example/ledger.php'
  expect(parseConfig(ledgerUrl(url), 'test.yaml').registers[0]?.bitrix).toMatchObject({
    ledgerUrl: url,
    heartbeatMinutes: 10,
  })
})

test.each([
  ['pollSeconds: fast', 'pollSeconds: 2', 'pollSeconds'],
  ['lanse: 1', 'lanes: 1', 'lanse'],
  ['timezone: Moon', 'timezone: Europe/Moscow', 'timezone'],
])('a fault names the line where it stands: %s', (wrong, right, word) => {
  const source = whole.replace(right, wrong)
  const line = source.split('\n').findIndex((one) => one.includes(wrong)) + 1
  expect(line).toBeGreaterThan(0)
  const { ru, en } = refusalOf(source)
  expect(ru).toMatch(new RegExp(`строка ${line}: .*${word === 'lanse' ? 'lanse' : ''}`))
  expect(en).toContain(`line ${line}: `)
})

test('a page beyond this computer wants TLS, a password and names, and is refused without any of them', () => {
  const listening = (more: string) =>
    whole.replace('  listen: 127.0.0.1:8321', `  listen: 0.0.0.0:8321\n${more}`)
  const tls = '  tls: { certFile: /c.pem, keyFile: /k.pem }\n'
  const password = '  passwordFile: page-password\n'
  const hosts = '  hosts: [shop-pc.local]\n'
  for (const lacking of [tls + hosts, password + hosts])
    expect(refusal(listening(lacking))).toMatch(/TLS|tls/)
  expect(refusal(listening(tls + password))).toMatch(/hosts/)
  expect(parseConfig(listening(tls + password + hosts), 'test.yaml').page).toEqual({
    host: '0.0.0.0',
    port: 8321,
    hosts: ['shop-pc.local'],
    tls: { certFile: '/c.pem', keyFile: '/k.pem' },
    passwordFile: 'page-password',
  })
})

test('what the system would not do is told in our words, and its own where we have none', () => {
  const failed = (code: string) => Object.assign(new Error('its own words'), { code })
  expect(whyOf(failed('EISDIR'))).toEqual({ ru: 'это папка', en: 'it is a folder' })
  expect(whyOf(failed('ELOOP')).ru).toBe('its own words')
  expect(() => readConfig('/')).toThrow(/it is a folder/)
})
