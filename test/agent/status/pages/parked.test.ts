import { expect, test } from 'vitest'
import type { ParkedGroup, ParkedGroups } from '../../../../agent/desk/desk.ts'
import { parked } from '../../../../agent/status/pages/parked.ts'
import type { RegisterStatus, Snapshot } from '../../../../agent/status/snapshot.ts'
import type { Language } from '../../../../agent/text.ts'
import { faceWith, hiddenFields, rowOf, storage, visitOf } from './receiptsface.ts'

function groupOf(why: string, differs: Partial<ParkedGroup> = {}): ParkedGroup {
  return {
    why,
    count: 2,
    registers: ['till-1'],
    documents: [rowOf(122, { why }), rowOf(120, { why })],
    oldestReadAt: '2026-08-01T09:30:05.000Z',
    ...differs,
  }
}

async function draw(
  groups: readonly ParkedGroup[],
  differs: Partial<ParkedGroups> = {},
  language: Language = 'ru',
  query: Record<string, string> = {},
): Promise<string> {
  const count = groups.reduce((sum, { count }) => sum + count, 0)
  const found: ParkedGroups = {
    groups,
    parked: count,
    looked: count,
    otherGroups: 0,
    otherDocuments: 0,
    onSite: 0,
    newestOnSite: [],
    ...differs,
  }
  const audit = { at: '2026-08-03T00:10:00.000Z', gaps: { parkedThere: 4 } }
  const registers = [{ name: 'till-1', site: { audit } } as unknown as RegisterStatus]
  const face = faceWith({
    parkedGroups: () => Promise.resolve(found),
    status: () => Promise.resolve({ registers } as unknown as Snapshot),
  })
  return (await parked.draw(face, visitOf(language, query))).toString()
}

function selectionsOf(html: string): unknown[] {
  return hiddenFields(html).flatMap(([name, value]) => (name === 'selection' ? [JSON.parse(value)] : []))
}

test('nothing parked is said in so many words, without buttons', async () => {
  const html = await draw([])
  expect(html).toContain('Здесь ничего не отложено')
  expect(html).not.toContain('<button')
})

test.each([
  [
    '422: Товар не найден',
    'Сайт не может принять этот чек (ответ 422): Товар не найден',
    'Прочитайте ответ сайта',
  ],
  ['413: The receipt is too big for the site', 'слишком велик', 'client_max_body_size'],
  ['400: The site finds this receipt malformed', 'неверным', 'разных версий'],
  [
    '403: The site forbids access; a test passed, so it is about this document',
    'не проходит именно этот чек',
    'Фильтр хостинга',
  ],
  ['rejected: an element is cut off at byte 5', 'документ не разобрать', 'Обновите chekpost'],
  [
    'not in Bitrix after a loss, and older than 48 h or of unknown age: a person decides (chekpost replay --parked)',
    'старше 48 ч',
    'учтена ли продажа иначе',
  ],
  [
    'not in Bitrix after a loss, as are over 200 others: a person decides (chekpost replay --parked)',
    'больше 200 других',
    'chekpost audit',
  ],
  ['Нет на складе', 'Нет на складе', 'Прочитайте причину'],
])('%s: in words, with what to do, the newest, and both buttons', async (why, words, todo) => {
  const html = await draw([groupOf(why)])
  expect(html).toContain(words)
  expect(html).toContain(todo)
  expect(html).toContain(`href="/receipt?fn=${storage}&amp;fd=122"`)
  expect(html).toContain('Чеков: 2; касса: till-1; первый прочитан 01.08.2026 12:30:05')
  expect(selectionsOf(html)).toEqual([
    { state: 'parked', why },
    { storage, fromNumber: 122, toNumber: 122 },
    { storage, fromNumber: 120, toNumber: 120 },
  ])
})

test('what has only its short record cannot be sent: no button, but where to get it from', async () => {
  const html = await draw([groupOf('rejected: only the short record was read, the lines are not known')])
  expect(html).not.toContain('<button')
  expect(html).toContain('Загрузите его из выгрузки ОФД')
})

test('a reason that is missing or too long for the desk: one by one only', async () => {
  for (const why of ['', 'ы'.repeat(4097)]) {
    const html = await draw([groupOf(why)])
    expect(selectionsOf(html)).toHaveLength(2)
    expect(html.length).toBeLessThan(20_000)
  }
  expect(await draw([groupOf('')])).toContain('причина не записана')
})

test('of many it says that only the newest were looked at', async () => {
  const html = await draw([groupOf('422: x')], {
    parked: 100_000,
    looked: 5_000,
    otherGroups: 7,
    otherDocuments: 90,
  })
  expect(html).toMatch(/Отложено здесь: 100\s000/)
  expect(html).toMatch(/причины показаны по новейшим 5\s000/)
  expect(html).toContain('Чеков: ≥ 2')
  expect(html).toContain('И ещё причин: 7, чеков с ними: 90')
  expect(html).toContain('href="/receipts?state=parked"')
})

test("what the site set aside: its count, the last comparison, the receiver's page, and all on request", async () => {
  const newestOnSite = Array.from({ length: 12 }, (_, at) =>
    rowOf(300 - at, { state: 'acceptedParked', outcome: 'acceptedParked', why: 'Товар не найден' }),
  )
  const html = await draw([], { onSite: 40, newestOnSite })
  expect(html).toContain('По последним ответам сайта: 40')
  expect(html).toContain('till-1: сверка 03:10:00 насчитала там 4')
  expect(html.match(/admin\.php\?lang=ru&amp;view=parked/g)).toHaveLength(1)
  expect(html).toContain('fd=291"')
  expect(html).not.toContain('fd=290"')
  expect(html).toContain('href="/parked?site=all#site"')
  const all = await draw([], { onSite: 40, newestOnSite }, 'ru', { site: 'all' })
  expect(all).toContain('fd=289"')
})

test.each(['ru', 'en'] as const)(
  'a hostile reason stays text, and its group can still be sent (%s)',
  async (language) => {
    const why = "422: \"><img src=x onerror=alert(1)><script>alert(1)</script>\u202e\u2067 & 'я'"
    const html = await draw([groupOf(why, { registers: [why] })], {}, language)
    expect(html).not.toMatch(/<img|<script/)
    expect(html.replace(/value="[^"]*"/g, '')).not.toMatch(/[\u202e\u2067]/)
    expect(selectionsOf(html)[0]).toEqual({ state: 'parked', why })
  },
)
