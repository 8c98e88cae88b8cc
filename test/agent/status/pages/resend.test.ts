import { expect, test } from 'vitest'
import type { Desk, ListedRow } from '../../../../agent/desk/desk.ts'
import {
  previewOf,
  resendActions,
  resendButton,
  type Selection,
} from '../../../../agent/status/pages/resend.ts'
import type { Face } from '../../../../agent/status/visit.ts'
import { text } from '../../../../agent/text.ts'
import { Failure, UsageError } from '../../../../agent/usage.ts'
import { faceWith, hiddenFields, rowOf, storage, visitOf } from './receiptsface.ts'

/** Of the form that would be sent next. */
const fieldsOf = (html: string) => Object.fromEntries(hiddenFields(html))

const selection: Selection = { state: 'parked', why: '422: <b>no</b> product' }

/** As the outbox tells documents from others, beyond those that are listed. */
const digestOf = (documents: readonly ListedRow[]) => documents.map(({ number }) => number).join('.')

/** Parked receipts that may come and go; the newest two are listed. */
function shop(documents: ListedRow[], replay?: Desk['replay']): ReturnType<typeof faceWith> {
  return faceWith({
    previewReplay: () =>
      Promise.resolve({
        documents: documents.slice(-2),
        count: documents.length,
        digest: digestOf(documents),
      }),
    replay: replay ?? (() => Promise.resolve({ replayed: documents.length })),
  })
}

async function press(
  face: Face,
  path: string,
  fields: Record<string, unknown>,
  language: 'ru' | 'en' = 'ru',
) {
  const action = resendActions.find((one) => one.path === path)
  if (action === undefined) throw new Error(path)
  const reply = await action.act(face, action.input.parse(fields), visitOf(language))
  return 'html' in reply ? reply.html.toString() : reply.go
}

test('a dry run shows what would be sent, how many, the sum, and asks why; nothing is sent', async () => {
  const face = shop([rowOf(120), rowOf(121, { total: 100 })])
  const html = (await previewOf(face, selection, visitOf('ru'), 'place')).toString()
  expect(html).toContain('Проба, ещё ничего не отправлено')
  expect(html).toContain('Чеков: 2; на сумму 685,28')
  expect(html).toContain(`href="/receipt?fn=${storage}&amp;fd=120"`)
  expect(html).toMatch(/<input name="reason"[^>]* required/)
  expect(html).toContain('причина: Сайт не может принять этот чек (ответ 422): &lt;b&gt;no&lt;/b&gt; product')
  expect(face.asked.map(({ verb }) => verb)).toEqual(['previewReplay'])
})

test('the second step sends the very selection that was shown, with who and why', async () => {
  const face = shop([rowOf(120), rowOf(121)])
  const button = resendButton(selection, 'place', 'all').toString()
  const shown = await press(face, '/do/resend/preview', fieldsOf(button))
  const done = await press(face, '/do/resend', { ...fieldsOf(shown), reason: 'goods were mapped' })
  expect(face.asked.at(-1)).toEqual({
    verb: 'replay',
    input: { selection, digest: '120.121', who: 'technician', reason: 'goods were mapped' },
  })
  expect(done).toContain('Поставлено в очередь: 2.')
  expect(done).toContain('href="/receipts?state=waiting"')
})

test.each([
  ['one more', (rows: ListedRow[]) => void rows.push(rowOf(122))],
  ['one fewer', (rows: ListedRow[]) => void rows.pop()],
  ['as many, but another', (rows: ListedRow[]) => void rows.splice(0, 1, rowOf(99))],
  ['another among those not listed', (rows: ListedRow[]) => void rows.splice(0, 1, rowOf(98))],
])('%s than was shown: it is shown anew and nothing is sent', async (_, change) => {
  const rows = [rowOf(119), rowOf(120), rowOf(121)]
  const face = shop(rows)
  const shown = (await previewOf(face, selection, visitOf('ru'), 'place')).toString()
  change(rows)
  const again = await press(face, '/do/resend', { ...fieldsOf(shown), reason: 'goods "mapped"' })
  expect(again).toContain('Ничего не отправлено')
  expect(again).toContain('value="goods &quot;mapped&quot;"')
  expect(face.asked.map(({ verb }) => verb)).not.toContain('replay')
  const sent = await press(face, '/do/resend', { ...fieldsOf(again), reason: 'goods mapped' })
  expect(sent).toContain(`Поставлено в очередь: ${rows.length}.`)
})

test.each([
  ['none', '   ', 'Напишите, зачем'],
  ['too long', 'ы'.repeat(1001), 'Короче'],
])('a reason that cannot be kept (%s) is asked for again', async (_, reason, said) => {
  const face = shop([rowOf(120)])
  const shown = (await previewOf(face, selection, visitOf('ru'), 'place')).toString()
  const again = await press(face, '/do/resend', { ...fieldsOf(shown), reason })
  expect(again).toContain(said)
  expect(again).toContain(`value="${reason}"`)
  expect(face.asked.map(({ verb }) => verb)).not.toContain('replay')
})

test('when the outbox refuses, the reason that was written is still there', async () => {
  const face = shop([rowOf(120)], () => Promise.reject(new Failure(text('диск полон', 'the disk is full'))))
  const shown = (await previewOf(face, selection, visitOf('ru'), 'place')).toString()
  const again = await press(face, '/do/resend', { ...fieldsOf(shown), reason: 'again' })
  expect(again).toContain('диск полон')
  expect(again).toContain('value="again"')
})

test('a selection that names nothing is refused, and so is what is no selection', async () => {
  const face = shop([rowOf(120)])
  for (const bad of ['{}', '{"limit":5}', 'null', '[]', '{"state":"parked","all":1}', 'no json', '{"why":5}'])
    await expect(press(face, '/do/resend/preview', { selection: bad, into: 'place' })).rejects.toThrow(
      UsageError,
    )
  expect(face.asked.map(({ verb }) => verb)).not.toContain('previewReplay')
})

test('of more than are listed the sum is that of those shown, and it says so', async () => {
  const face = faceWith({
    previewReplay: () =>
      Promise.resolve({ documents: [rowOf(120), rowOf(121)], count: 12_345, digest: 'many' }),
  })
  const html = (await previewOf(face, { state: 'parked' }, visitOf('en'), 'place')).toString()
  expect(html).toContain('Receipts: 12,345; the newest 2 are shown, together 1,368.56')
  expect(html).toContain('Send 12,345')
})

test('nothing to send says so and offers no button', async () => {
  const html = (await previewOf(shop([]), selection, visitOf('en'), 'place')).toString()
  expect(html).toContain('There is nothing to send')
  expect(html).not.toContain('<button')
})

test('returns are counted apart, for their sums are not sales', async () => {
  const face = shop([rowOf(1), rowOf(2, { operation: 2, total: 500 })])
  const html = (await previewOf(face, { fromNumber: 1, toNumber: 2 }, visitOf('ru'), 'place')).toString()
  expect(html).toContain('; из них возвратов 1 на 5,00')
})

test('receipts that the site has already are counted apart', async () => {
  const face = shop([rowOf(1, { state: 'accepted', outcome: 'accepted', why: null }), rowOf(2)])
  const html = (await previewOf(face, { fromNumber: 1, toNumber: 2 }, visitOf('en'), 'place')).toString()
  expect(html).toContain('; of them booked already: 1, the site does not book them twice')
})

test('receipts with which the site has nothing to do are not called booked', async () => {
  const settled = { why: 'nothing moves' } as const
  const face = shop([
    rowOf(1, { ...settled, state: 'ignored', outcome: 'ignored' }),
    rowOf(2, { ...settled, state: 'accepted', outcome: 'accepted' }),
  ])
  const html = (await previewOf(face, { fromNumber: 1, toNumber: 2 }, visitOf('ru'), 'place')).toString()
  expect(html).toContain('; из них уже приняты сайтом: 1,')
  expect(html).toContain('; из них сайту нечего делать с 1: товар не движется или ФН отладочный')
  expect(html).not.toContain('Будут отправлены')
})

test('what is counted among the listed ones only is told as such', async () => {
  const settled = { state: 'accepted', outcome: 'accepted', why: null } as const
  const face = shop([
    rowOf(1, settled),
    rowOf(2, settled),
    rowOf(3, { ...settled, operation: 2, total: 500 }),
  ])
  const html = (await previewOf(face, { fromNumber: 1, toNumber: 3 }, visitOf('ru'), 'place')).toString()
  expect(html).toContain('; среди показанных уже приняты сайтом: 2,')
  expect(html).toContain('; среди показанных возвратов 1 на 5,00')
})

test.each(['ru', 'en'] as const)('a hostile reason or register stays text (%s)', async (language) => {
  const hostile = '"><img src=x onerror=alert(1)><script>alert(1)</script>\u202e\u2067 \u0000'
  const face = shop([rowOf(1, { why: hostile + 'x'.repeat(10_000), register: hostile })])
  const html = (
    await previewOf(face, { why: hostile, register: 'a\u202eb' }, visitOf(language), 'place')
  ).toString()
  expect(html).not.toMatch(/<img|<script/)
  // The hidden field carries the reason to the letter; what is read has no turned direction in it.
  expect(JSON.parse(fieldsOf(html)['selection'] ?? '')).toEqual({ why: hostile, register: 'a\u202eb' })
  const read = html.replace(/value="[^"]*"/g, '')
  expect(read).not.toMatch(/[\u202e\u2067\0]/)
  expect(html.length).toBeLessThan(8_000)
})
