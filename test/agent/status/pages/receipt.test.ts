import { expect, test } from 'vitest'
import type { ShownDocument } from '../../../../agent/desk/desk.ts'
import type { Receipt, ReceiptLine } from '../../../../agent/fiscal/model.ts'
import type { Attempt } from '../../../../agent/journal.ts'
import { receipt as page } from '../../../../agent/status/pages/receipt.ts'
import type { Language } from '../../../../agent/text.ts'
import { text } from '../../../../agent/text.ts'
import { Failure } from '../../../../agent/usage.ts'
import { faceWith, rowOf, storage, visitOf } from './receiptsface.ts'

function line(n: number, differs: Partial<ReceiptLine> = {}): ReceiptLine {
  return {
    n,
    name: 'Уксус столовый 9% 1л',
    quantity: '1.000',
    unit: null,
    price: 2599,
    sum: 2599,
    vat: 1,
    method: 4,
    subject: 1,
    code: { gtin: null, ean: null, article: null, mark: null, raw: null },
    move: 'out',
    why: 'handed over in full settlement',
    ...differs,
  }
}

function receiptOf(lines: readonly ReceiptLine[], differs: Partial<Receipt> = {}): Receipt {
  return {
    documentType: 3,
    ffd: '1.05',
    fn: storage,
    fd: 37698,
    fp: '400388056',
    time: '2026-08-01T12:30:00',
    shift: 242,
    operation: 1,
    receiptInShift: 288,
    registrationNumber: '0000548967019338',
    inn: '2310031475',
    taxation: 1,
    total: 68428,
    cash: 0,
    electronic: 68428,
    prepaid: 0,
    credit: 0,
    provision: 0,
    correction: null,
    lines,
    problems: [],
    ...differs,
  }
}

function shownOf(differs: Partial<ShownDocument> = {}): ShownDocument {
  return {
    ...rowOf(37698),
    hex: '1104 10'.replace(' ', ''),
    decoded: receiptOf([line(1)]),
    sale: { eventId: 'x', lines: [{ name: 'Уксус' }] },
    answer: null,
    problem: null,
    tree: [{ tag: 1020, name: 'totalSum', value: 68428 }],
    history: [],
    ...differs,
  }
}

async function draw(
  shown: ShownDocument | Error,
  language: Language = 'ru',
  query: Record<string, string> = { fn: storage, fd: '37698' },
) {
  const face = faceWith({
    show: () => (shown instanceof Error ? Promise.reject(shown) : Promise.resolve(shown)),
  })
  return { html: (await page.draw(face, visitOf(language, query))).toString(), face }
}

test('it is asked for without the data of buyer and cashier', async () => {
  const { face } = await draw(shownOf())
  expect(face.asked).toEqual([{ verb: 'show', input: { storage, number: 37698, masked: true } }])
})

test.each([
  {},
  { fn: storage },
  { fn: '12', fd: '5' },
  { fn: storage, fd: '0' },
  { fn: storage, fd: '5x' },
  { fn: storage, fd: '99999999999' },
  { fn: `${storage}"><script>`, fd: '5' },
])('a wrong address (%j) is told and nothing is asked', async (query) => {
  const { html, face } = await draw(shownOf(), 'ru', query)
  expect(html).toContain('нет верного номера чека')
  expect(html).not.toContain('<script')
  expect(face.asked).toEqual([])
})

test('a receipt that is not here is told as the desk tells it', async () => {
  const { html } = await draw(new Failure(text('нет в очереди', 'not here')))
  expect(html).toContain('нет в очереди')
  expect(html).toContain('href="/receipts"')
})

test.each([
  [
    { state: 'parked', why: '413: The receipt is too big for the site' },
    'отложен здесь',
    'client_max_body_size',
  ],
  [
    { state: 'waiting', outcome: 'retry', why: '503: The site has an error' },
    'ждёт отправки',
    'Ничего: уйдёт сам',
  ],
  [{ state: 'accepted', outcome: 'accepted', why: null }, 'принят сайтом', ''],
  [{ state: 'ignored', outcome: 'ignored', why: 'nothing moves' }, 'сайту не нужен', ''],
  [{ state: 'none', why: null, type: 5 }, 'не отправляется', 'Это не чек'],
  [{ state: 'none', why: null, type: 3, format: 'summary' }, 'не отправляется', 'Загрузите его из выгрузки'],
  [{ state: 'none', why: null, type: null, format: 'absent' }, 'не отправляется', 'Касса не отдаёт документ'],
] as [Partial<ShownDocument>, string, string][])(
  '%j: the state and the next step',
  async (differs, words, next) => {
    const { html } = await draw(shownOf(differs))
    expect(html).toContain(`<strong>${words}</strong>`)
    expect(html).toContain(next === '' ? '' : next)
    expect(html.includes('class="next"')).toBe(next !== '')
  },
)

test("what the site has set aside points to the receiver's page", async () => {
  const { html } = await draw(
    shownOf({ state: 'acceptedParked', outcome: 'acceptedParked', why: 'Товар не найден' }),
  )
  expect(html).toContain('href="https://shop.example/local/chekpost/admin.php?lang=ru&amp;view=parked"')
})

test('each line: name, quantity, price, sum, codes, what it does to stock and why, in both languages', async () => {
  const lines = [
    line(1, {
      quantity: '0.356',
      unit: 11,
      code: { gtin: '04607001234567', ean: null, article: 'A-7', mark: null, raw: null },
    }),
    line(2, { move: 'review', why: 'a share of a marked package' }),
    line(3, { move: 'none', why: 'not goods', name: null, quantity: null, price: null, sum: null }),
    line(4, { move: 'in', why: 'taken back in full settlement (assumed)', unit: 'пачка' }),
  ]
  const { html } = await draw(shownOf({ decoded: receiptOf(lines) }))
  expect(html).toContain('0,356 кг')
  expect(html).toContain('<small>GTIN <code>04607001234567</code></small>')
  expect(html).toContain('<small>артикул <code>A-7</code></small>')
  expect(html).toContain('решает человек</span>\n      <small>часть маркированной упаковки')
  expect(html).toContain('не товар: услуга')
  expect(html).toContain('1 пачка')
  expect(html).toContain('способ расчёта в чеке не указан')
  const english = (await draw(shownOf({ decoded: receiptOf(lines) }), 'en')).html
  expect(english).toContain('a person decides</span>\n      <small>a share of a marked package')
  expect(english).toContain('0.356 kg')
})

test('that goods without a code go by their name is said once, and only where there are such', async () => {
  const said = 'Товар без кода в чеке узнаётся на сайте по названию.'
  const code = { gtin: null, ean: '4607001234567', article: null, mark: null, raw: null }
  const { html } = await draw(shownOf({ decoded: receiptOf([line(1), line(2), line(3, { code })]) }))
  expect(html.split(said)).toHaveLength(2)
  expect((await draw(shownOf({ decoded: receiptOf([line(1, { code })]) }))).html).not.toContain(said)
})

test('totals and payments; what is zero is left out', async () => {
  const { html } = await draw(
    shownOf({ decoded: receiptOf([], { cash: 400, electronic: null, prepaid: 68028 }) }),
  )
  expect(html).toContain('<dt>Итог</dt><dd><strong>684,28\u00a0₽</strong>')
  expect(html).toContain('<dt>Наличными</dt><dd>4,00')
  expect(html).toContain('<dt>Зачёт аванса</dt><dd>680,28')
  expect(html).not.toContain('Безналичными')
  expect(html).toContain('Строк в чеке нет')
})

test('a sum in the tree is money, with the number of the document beside it; other numbers stay as they are', async () => {
  const vat = [
    { tag: 1199, name: 'nds', value: 5 },
    { tag: 1120, name: 'ndsSum', value: 7699 },
  ]
  const tree = [
    { tag: 1115, name: 'amountsReceiptNds', value: [{ tag: 1119, name: 'amountsNds', value: vat }] },
    { tag: 1020, name: 'totalSum', value: 1_234_567 },
    { tag: 1020, name: 'totalSum', value: '99999999999999999999' },
    { tag: 1042, name: 'requestNumber', value: 7700 },
  ]
  const { html } = await draw(shownOf({ tree }))
  expect(html).toContain('<b>76,99\u00a0₽</b> <small class="raw">7699</small>')
  expect(html).toMatch(/<b>12\s345,67\u00a0₽<\/b> <small class="raw">1234567<\/small>/)
  for (const said of [
    '<b><bdi>5</bdi></b>',
    '<b><bdi>99999999999999999999</bdi></b>',
    '<b><bdi>7700</bdi></b>',
  ])
    expect(html).toContain(said)
})

test('the sale, the tree of tags and the bytes are there, folded', async () => {
  const tree = [
    { tag: 1059, name: 'items', value: [{ tag: 1030, name: 'name', value: 'Уксус' }] },
    { tag: 1008, name: 'buyerPhoneOrAddress', value: '*****' },
    { tag: 65000, name: null, value: 'ff' },
  ]
  const { html } = await draw(shownOf({ tree, hex: 'ab'.repeat(17) }))
  expect(html).toMatch(/<details id="sale"><summary>[^<]+<\/summary><pre[^>]*>\{\n {2}&quot;eventId&quot;/)
  expect(html).toMatch(
    /<code>1059<\/code> <span>предмет расчета<\/span>\s*<ul class="tree"><li><code>1030<\/code>/i,
  )
  expect(html).toContain('неизвестный тег')
  expect(html).toContain(`0000  ${Array(16).fill('ab').join(' ')}\n0010  ab</pre>`)
  const english = (await draw(shownOf({ tree }), 'en')).html
  expect(english).toContain('<span>items</span>')
})

const attempt: Attempt = {
  at: Date.parse('2026-08-01T09:31:00Z'),
  tookMs: 41.6,
  status: 503,
  outcome: 'retry',
  why: '503: The site has an error',
  answer: '<html>Internal error</html>',
  replay: false,
  bodyDigest: 'ab'.repeat(32),
  bodyBytes: 1234,
}

test('every attempt: when, status, how it ended, how long, the answer, the request', async () => {
  const history = [
    { ...attempt, replay: true, status: null, outcome: 'accepted', why: null, answer: null },
    attempt,
  ]
  const { html } = await draw(shownOf({ history, attempts: 2 }))
  expect(html).toContain('01.08.2026 12:31:00')
  expect(html).toContain('>503</td>')
  expect(html).toContain('не вышло, повторит сам')
  expect(html).toContain('На сайте ошибка (ответ 503)')
  expect(html).toContain('42 мс')
  expect(html).toContain('&lt;html&gt;Internal error&lt;/html&gt;')
  expect(html).toContain(`<code>${'ab'.repeat(32)}</code>`)
  expect(html).toContain('повтор человеком')
  expect(html).toContain('нет ответа')
})

test('without attempts it says whether there were any', async () => {
  expect((await draw(shownOf({ attempts: 0 }))).html).toContain('На сайт не отправлялся.')
  expect((await draw(shownOf({ attempts: 3 }))).html).toContain('уже не хранятся')
})

test.each([
  { state: 'ignored', outcome: 'ignored', why: 'nothing moves', attempts: 1 },
  { state: 'parked', outcome: 'park', why: 'rejected: the receipt has no lines', attempts: 1 },
] as const)('what was decided here was never sent, whatever the outbox counts (%j)', async (differs) => {
  const { html } = await draw(shownOf(differs))
  expect(html).toContain('На сайт не отправлялся.')
  expect(html).toContain('как она отправилась бы сайту')
  expect(html).not.toContain('<dt>Отправок</dt>')
  const asked = (await draw(shownOf({ ...differs, history: [attempt] }))).html
  expect(asked).toContain('как она отправляется сайту')
  expect(asked).toContain('<dt>Отправок</dt><dd>1')
})

test.each([
  [
    { state: 'booked', documents: [{ id: 17, type: 'D', number: 'FN-FD' }] },
    ['Проведён на сайте', 'списание № 17 FN-FD'],
  ],
  [{ state: 'booked', duplicate: true, cancelledBy: 'operator' }, ['Это был повтор', 'отменён вручную']],
  [
    { state: 'parked', reasons: ['Товар не найден', 'Склад закрыт'], host: 'shop.example' },
    ['Отложен на сайте', '<li><bdi>Склад закрыт', '(shop.example)'],
  ],
  [{ state: 'ignored' }, ['Сайт записал его']],
  [{ state: 'booked', documents: 'odd', reasons: [5], host: 7 }, ['Проведён на сайте']],
])("the site's acknowledgement %j in words", async (answer, words) => {
  const { html } = await draw(shownOf({ answer: JSON.stringify(answer) }))
  for (const one of words) expect(html).toContain(one)
})

test.each(['no json', '[]', 'null', '5'])(
  'an answer that is none (%s) is shown as it came',
  async (answer) => {
    expect((await draw(shownOf({ answer }))).html).toContain(`<code>${answer}</code>`)
  },
)

test('it can be sent again by its key; a document that nobody is owed cannot', async () => {
  const { html } = await draw(shownOf())
  const selection = JSON.stringify({ storage, fromNumber: 37698, toNumber: 37698 }).replaceAll('"', '&quot;')
  expect(html).toContain(`name="selection" value="${selection}"`)
  expect(html).toContain(`chekpost replay --fn ${storage} --fd 37698`)
  expect((await draw(shownOf({ state: 'none' }))).html).not.toContain('data-do="/do/resend')
  expect((await draw(shownOf({ hex: null }))).html).not.toContain('data-do="/do/resend')
})

test('a document that cannot be decoded shows why, and its bytes', async () => {
  const differs = { decoded: null, sale: null, tree: null, problem: 'an element is cut off at byte 5' }
  const { html } = await draw(shownOf({ ...differs, why: `rejected: ${differs.problem}` }))
  expect(html).toContain('<li><bdi>тег обрезан (байт 5)')
  expect(html).toContain('документ не разобрать')
  expect(html).toContain('Обновите chekpost')
  expect(html).toContain('id="hex"')
  expect(html).not.toContain('id="sale"')
})

test('a report has no lines and no totals', async () => {
  const decoded = {
    documentType: 5,
    ffd: '1.05',
    fn: storage,
    fd: 5,
    fp: '7',
    time: null,
    shift: 9,
    fields: [],
    problems: [],
  }
  const { html } = await draw(
    shownOf({ decoded, sale: null, type: 5, operation: null, state: 'none', total: null, why: null }),
  )
  expect(html).toContain('Закрытие смены')
  expect(html).not.toContain('Строки чека')
})

test.each(['ru', 'en'] as const)(
  'hostile names, answers, tags and reasons stay words (%s)',
  async (language) => {
    const hostile = '</pre></script>"><img src=x onerror=alert(1)><script>alert(1)</script>\u202e\u2067\u0000'
    const long = hostile + 'я'.repeat(10_000)
    const code = { gtin: hostile, ean: long, article: hostile, mark: long, raw: null }
    const decoded = receiptOf([line(1, { name: long, unit: long, why: long, quantity: hostile, code })], {
      fp: hostile,
      problems: [long],
      correction: { type: 1, date: hostile, orderNumber: long, description: hostile },
    })
    const answer = JSON.stringify({
      state: hostile,
      reasons: [long],
      host: hostile,
      documents: [{ id: hostile, type: hostile, number: long }],
    })
    const { html } = await draw(
      shownOf({
        decoded,
        answer,
        register: long,
        why: `422: ${long}`,
        problem: long,
        sale: { name: hostile, [hostile]: hostile },
        tree: [{ tag: 1030, name: hostile, value: long }],
        history: [{ ...attempt, answer: long, why: long, outcome: hostile, bodyDigest: hostile }],
      }),
      language,
    )
    expect(html).not.toMatch(/<img|<script/)
    expect(html.match(/<\/pre>/g)).toHaveLength(2)
    expect(html).not.toMatch(/[\u202e\u2067\0]/)
    expect(html.length).toBeLessThan(60_000)
  },
)

test('a receipt of thousands of lines and tags is cut, and it says so', async () => {
  const lines = Array.from({ length: 3_000 }, (_, at) => line(at + 1))
  const tree = Array.from({ length: 9_000 }, () => ({ tag: 1020, name: 'totalSum', value: 1 }))
  const { html } = await draw(shownOf({ decoded: receiptOf(lines), tree, hex: '00'.repeat(100_000) }))
  expect(html).toContain('И ещё строк: 2500')
  expect(html.length).toBeLessThan(1_000_000)
})
