import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQr, type ReceiptQr } from '../../agent/qr.ts'

const qr: ReceiptQr = {
  storage: '9285000100150175',
  number: 37698,
  sign: '400388056',
  time: '2026-08-01T12:30',
  total: 68428,
  operation: 1,
}
const plain = 't=20260801T1230&s=684.28&fn=9285000100150175&i=37698&fp=400388056&n=1'

/** The keys of a Latin layout as a Russian one gives them. */
function typedInRussian(code: string): string {
  const [latin, russian] = ['qwertyuiopasdfghjklzxcvbnm&.', 'йцукенгшщзфывапролдячсмить?ю']
  return Array.from(code, (sign) => {
    const at = latin.indexOf(sign.toLowerCase())
    const typed = russian[at] ?? sign
    return sign === sign.toLowerCase() ? typed : typed.toUpperCase()
  }).join('')
}

test.each([
  ['as it is printed', plain],
  ['with seconds', plain.replace('T1230', 'T123045')],
  ['in small letters', plain.toLowerCase()],
  ['in capitals', plain.toUpperCase()],
  ['with zeros before the numbers', plain.replace('i=', 'i=0000').replace('fp=', 'fp=0')],
  ['with a comma in the sum', plain.replace('684.28', '684,28')],
  ['in another order', plain.split('&').reverse().join('&')],
  ['with a line end', ` ${plain}\r\n`],
  ['cut by line ends', plain.replaceAll('&', '\n&')],
  ['encoded', encodeURIComponent(plain)],
  ['behind an address', `https://check.example/rec?${plain}`],
  ['encoded behind an address', `https://check.example/?x=1&${encodeURIComponent(plain)}`],
  ['typed by a scanner on a Russian layout', typedInRussian(plain)],
  ['typed so in capitals', typedInRussian(plain).toUpperCase()],
  ['with a field nobody knows', `${plain}&z=9`],
  ['with a field twice', `${plain}&n=1`],
])('the code is read %s', (_, scanned) => {
  expect(parseQr(scanned)).toEqual({ qr })
})

test('a Russian layout gives the very example that technicians send', () => {
  expect(typedInRussian(plain).startsWith('е=20260801Е1230?ы=684ю28?ат=')).toBe(true)
})

test.each([
  ['', 'Отсканируйте QR'],
  ['hello', 'не QR'],
  ['https://www.youtube.com/watch?t=10&s=2', 'не QR'],
  [plain.replace('&fp=400388056', ''), 'фискальный признак'],
  [plain.slice(0, 45), 'нет: номер документа'],
  [plain.replace('9285000100150175', '928500010015017'), 'номер ФН'],
  [plain.replace('i=37698', 'i=0'), 'номер документа'],
  [plain.replace('i=37698', 'i=99999999999'), 'номер документа'],
  [plain.replace('T1230', 'T2530'), 'время'],
  [plain.replace('20260801', '20260231'), 'время'],
  [plain.replace('684.28', '684.285'), 'сумма'],
  [plain.replace('684.28', '-684.28'), 'сумма'],
  [plain.replace('n=1', 'n=5'), 'вид расчёта'],
  [`${plain}&i=37699`, 'номер документа'],
])('what is wrong with «%s» is named', (scanned, words) => {
  expect(parseQr(scanned)).toMatchObject({ fault: { ru: expect.stringContaining(words) } })
})

const anyQr = fc.record({
  storage: fc.stringMatching(/^\d{16}$/),
  number: fc.integer({ min: 1, max: 0xffffffff }),
  sign: fc.integer({ min: 0, max: 0xffffffff }).map(String),
  time: fc
    .date({ min: new Date('2017-01-01Z'), max: new Date('2099-12-31Z'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 16)),
  total: fc.integer({ min: 0, max: 99_999_999_999 }),
  operation: fc.integer({ min: 1, max: 4 }),
})

function printed({ storage, number, sign, time, total, operation }: ReceiptQr): string[] {
  const sum = `${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}`
  return [
    `t=${time.replaceAll(/[-:]/g, '')}`,
    `s=${sum}`,
    `fn=${storage}`,
    `i=${number}`,
    `fp=${sign.padStart(10, '0')}`,
    `n=${operation}`,
  ]
}

const treated = fc.constantFrom(
  (code: string) => code,
  typedInRussian,
  encodeURIComponent,
  (code: string) => ` ${code}\r\n`,
  (code: string) => `https://ofd.example/rec?${code}`,
)

test('any receipt is read back in any order and however it was scanned', () => {
  fc.assert(
    fc.property(
      anyQr.chain((receipt) =>
        fc.tuple(fc.constant(receipt), fc.shuffledSubarray(printed(receipt), { minLength: 6, maxLength: 6 })),
      ),
      treated,
      ([receipt, fields], treat) => {
        expect(parseQr(treat(fields.join('&')))).toEqual({ qr: receipt })
      },
    ),
  )
})

test('a part of a code is never taken for a receipt', () => {
  fc.assert(
    fc.property(anyQr, fc.integer({ min: 1, max: 5 }), (receipt, kept) => {
      expect(parseQr(printed(receipt).slice(0, kept).join('&'))).toHaveProperty('fault')
    }),
  )
})

test('no text makes it throw, and a huge one is not even looked through', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((rest) => `${plain}${rest}`),
      ),
      (scanned) => {
        const parsed = parseQr(scanned)
        expect('qr' in parsed || parsed.fault.ru.length > 0).toBe(true)
      },
    ),
  )
  for (const huge of ['t='.repeat(1_000_000), '&'.repeat(2_000_000), plain + ' '.repeat(2_000_000)])
    expect(parseQr(huge)).toHaveProperty('fault')
})
