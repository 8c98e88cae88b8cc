import { expect, test } from 'vitest'
import type { ListedRow, QrFinding, SearchPage } from '../../../../agent/desk/desk.ts'
import { receipts } from '../../../../agent/status/pages/receipts.ts'
import { text } from '../../../../agent/text.ts'
import { Failure, UsageError } from '../../../../agent/usage.ts'
import { faceWith, rowOf, storage, visitOf } from './receiptsface.ts'

const empty: SearchPage = { documents: [], next: null, count: 0, more: false, behind: 0 }

async function draw(
  query: Record<string, string>,
  answer: Partial<SearchPage> | Error = {},
  language: 'ru' | 'en' = 'ru',
) {
  const face = faceWith({
    search: () =>
      answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ ...empty, ...answer }),
  })
  const html = (await receipts.draw(face, visitOf(language, query))).toString()
  return { html, asked: face.asked.map(({ input }) => input) }
}

test.each([
  [{}, {}],
  [{ number: '120' }, { fromNumber: 120, toNumber: 120 }],
  [{ number: ' № 120 – 150 ' }, { fromNumber: 120, toNumber: 150 }],
  [{ number: '120-' }, { fromNumber: 120 }],
  [{ number: '-150' }, { toNumber: 150 }],
  [{ sum: '684,28' }, { minTotal: 68428, maxTotal: 68428 }],
  [{ sum: '684.28 ₽' }, { minTotal: 68428, maxTotal: 68428 }],
  [{ sum: '1 234\u00a0567,5' }, { minTotal: 123456750, maxTotal: 123456750 }],
  [
    { sum: '100', sumTo: '200' },
    { minTotal: 10000, maxTotal: 20000 },
  ],
  [{ sumTo: '200' }, { maxTotal: 20000 }],
  [
    { from: '2026-08-01T12:30', to: '2026-08-01T12:31' },
    { fromTime: '2026-08-01T12:30:00', toTime: '2026-08-01T12:31:59' },
  ],
  [
    { from: '2026-08-01', to: '2026-08-01' },
    { fromTime: '2026-08-01T00:00:00', toTime: '2026-08-01T23:59:59' },
  ],
  [
    { from: '01.08.2026', to: '02.08.2026 10:00:05' },
    { fromTime: '2026-08-01T00:00:00', toTime: '2026-08-02T10:00:05' },
  ],
  [
    { state: 'parked', register: 'till-2', receipts: '1' },
    { state: 'parked', register: 'till-2', receiptsOnly: true },
  ],
  [
    { register: 'gone', after: 'place', unknown: 'x' },
    { register: 'gone', after: 'place' },
  ],
])('%j is what the desk is asked', async (query, search) => {
  expect((await draw(query)).asked).toEqual([{ ...search, limit: 50 }])
})

test.each([
  [{ number: '12a' }, 'number'],
  [{ number: '0' }, 'number'],
  [{ number: '-' }, 'number'],
  [{ number: '1-2-3' }, 'number'],
  [{ number: '99999999999' }, 'number'],
  [{ number: '150-120' }, 'number'],
  [{ number: '<script>alert(1)</script>' }, 'number'],
  [{ number: '9'.repeat(10_000) }, 'number'],
  [{ from: 'yesterday' }, 'from'],
  [{ from: '2026-02-30T10:00' }, 'from'],
  [{ to: '31.02.2026' }, 'to'],
  [{ from: '2026-08-02', to: '2026-08-01' }, 'to'],
  [{ sum: 'a lot' }, 'sum'],
  [{ sum: '-5' }, 'sum'],
  [{ sum: '1,234' }, 'sum'],
  [{ sum: '9'.repeat(20) }, 'sum'],
  [{ sum: '200', sumTo: '100' }, 'sumTo'],
  [{ state: 'lost' }, 'state'],
  [{ register: 'x'.repeat(65) }, 'register'],
] as [Record<string, string>, string][])(
  'a wrong field (%#) is named beside it and what was typed stays',
  async (query, field) => {
    for (const language of ['ru', 'en'] as const) {
      const { html, asked } = await draw({ receipts: '1', ...query }, {}, language)
      expect(asked).toEqual([])
      expect(html).toMatch(
        new RegExp(`name="${field}"[^>]*aria-invalid="true" aria-describedby="${field}-fault"`),
      )
      expect(html).toContain(`id="${field}-fault" role="alert">`)
      expect(html.match(/-fault" role="alert"/g)).toHaveLength(1)
      const typed = (query[field] ?? '').trim()
      if (field !== 'state' && field !== 'register')
        expect(html).toContain(`value="${typed.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"`)
      expect(html).toContain('name="receipts" value="1" checked')
      expect(html).not.toContain('<script')
    }
  },
)

test('several faults are told at once', async () => {
  const { html } = await draw({ number: 'x', sum: 'y', from: 'z' })
  expect(html.match(/-fault" role="alert"/g)).toHaveLength(3)
})

test('what was found: number, time, register, kind, sum, state with its reason, and the way to the receipt', async () => {
  const rows: ListedRow[] = [
    rowOf(152, {
      type: 31,
      operation: 2,
      state: 'acceptedParked',
      outcome: 'acceptedParked',
      why: 'Товар не найден',
    }),
    rowOf(151, {
      type: 5,
      operation: null,
      total: null,
      state: 'none',
      outcome: null,
      why: null,
      time: null,
    }),
    rowOf(150, { state: 'waiting', outcome: 'retry', why: '503: The site has an error' }),
  ]
  const { html } = await draw({}, { documents: rows, count: 3 })
  expect(html).toContain('Найдено: 3')
  expect(html).toContain(`href="/receipt?fn=${storage}&amp;fd=152">152</a>`)
  expect(html).toContain('Чек коррекции: возврат продажи')
  expect(html).toContain('на сайте, отложен там</span><br><small><bdi>Товар не найден</bdi>')
  expect(html).toContain('Закрытие смены')
  expect(html).toContain('не отправляется</span></td>')
  expect(html).toContain('<time datetime="2026-08-01T12:30:00">01.08.2026 12:30</time></td>')
  expect(html).toContain('data-head="Сумма">684,28\u00a0₽</td>')
  expect(html).toContain('На сайте ошибка (ответ 503)')
  expect(html).not.toContain('rel="next"')
})

test('the state that is searched for is called as the state of what it finds; all that is done has a name of its own', async () => {
  const states = [
    ['accepted', 'принят сайтом'],
    ['acceptedParked', 'на сайте, отложен там'],
    ['ignored', 'сайту не нужен'],
  ] as const
  for (const [state, words] of states) {
    const { html, asked } = await draw({ state }, { documents: [rowOf(1, { state })] })
    expect(asked).toMatchObject([{ state }])
    expect(html).toContain(`<option value="${state}" selected>${words}</option>`)
    expect(html).toContain(`>${words}</span>`)
  }
  const { html } = await draw({ state: 'settled' })
  expect(html).toContain('<option value="settled" selected>готово: на сайте или ему не нужен</option>')
})

test('more than are counted, an index that is behind, and the way to the older ones', async () => {
  const query = { sum: '684,28', register: 'till-1' }
  const { html } = await draw(query, {
    documents: [rowOf(1)],
    count: 10_000,
    more: true,
    next: 'a+b',
    behind: 5,
  })
  expect(html).toMatch(/Найдено: больше 10\s000/)
  expect(html).toContain('не учтено документов: 5')
  expect(html).toContain('href="/receipts?sum=684%2C28&amp;register=till-1&amp;after=a%2Bb" rel="next"')
  expect(html).not.toContain('К новейшим')
})

test('a page with nothing on it and more behind it leads on, and back to the newest', async () => {
  const { html } = await draw({ sum: '5', after: 'x' }, { next: 'y', count: 0, more: true })
  expect(html).toContain('искать дальше')
  expect(html).toContain('href="/receipts?sum=5">К новейшим')
  expect(html).not.toContain('Ничего не найдено')
})

test('nothing found says what to try', async () => {
  const { html } = await draw({ number: '7' }, {}, 'en')
  expect(html).toContain('Nothing was found')
  expect(html).toContain('href="/replay"')
})

test.each([
  new UsageError(text('страница устарела', 'the page is outdated')),
  new Failure(text('поиск недоступен', 'no search')),
])('what the desk refuses is said below the form, not instead of it', async (error) => {
  const { html } = await draw({ sum: '5', after: 'made up' }, error)
  expect(html).toContain(`role="alert">${error.text.ru}`)
  expect(html).toContain('name="sum" value="5"')
})

test('a place longer than any is refused before the desk is asked', async () => {
  const { html, asked } = await draw({ after: 'x'.repeat(5_000) })
  expect(asked).toEqual([])
  expect(html).toContain('Эта страница поиска устарела')
})

test('a key leads to its receipt', async () => {
  const face = faceWith({ list: () => Promise.resolve({ documents: [rowOf(37698)] }) })
  const query = { number: `fn${storage}-FD37698`, sum: 'nonsense' }
  const html = (await receipts.draw(face, visitOf('ru', query))).toString()
  expect(face.asked[0]?.input).toEqual({ storage, fromNumber: 37698, toNumber: 37698, limit: 1 })
  expect(html).toContain(`href="/receipt?fn=${storage}&amp;fd=37698"`)
})

const qr = `t=20260801T1230&s=684.28&i=37698&fn=${storage}&fp=400388056&n=1`

async function drawQr(finding: Partial<QrFinding> | Error): Promise<string> {
  const face = faceWith({
    findByQr: (input) => {
      expect(input).toEqual({ qr })
      if (finding instanceof Error) return Promise.reject(finding)
      return Promise.resolve({ document: null, differs: [], askAt: null, ...finding } as QrFinding)
    },
  })
  return (await receipts.draw(face, visitOf('ru', { number: qr }))).toString()
}

test('the text of a QR leads to its receipt and tells what does not agree', async () => {
  expect(await drawQr({ document: rowOf(37698) })).toContain(`fd=37698`)
  const differing = await drawQr({ document: rowOf(37698), differs: ['total', 'sign'] })
  expect(differing).toContain('На бумаге и здесь разное: сумма, фискальный признак.')
})

test('a receipt of a QR that is not here: which register may hold it, or where else to get it', async () => {
  expect(await drawQr({ askAt: 'till-1' })).toContain('Его ещё может отдать касса till-1')
  expect(await drawQr({})).toContain('Проверьте номер ФН')
  expect(await drawQr(new UsageError(text('QR прочитан не весь', 'cut')))).toContain('QR прочитан не весь')
})

test.each(['ru', 'en'] as const)('hostile words stay words (%s)', async (language) => {
  const hostile = '"><img src=x onerror=alert(1)><script>alert(1)</script>\u202e'
  const { html } = await draw(
    { register: hostile.slice(0, 60), number: '5' },
    { documents: [rowOf(1, { register: hostile, why: hostile + 'я'.repeat(10_000) })], count: 1 },
    language,
  )
  expect(html).not.toMatch(/<img|<script/)
  expect(html.length).toBeLessThan(10_000)
  expect(html.replace(/value="[^"]*"/g, '')).not.toContain('\u202e')
})
