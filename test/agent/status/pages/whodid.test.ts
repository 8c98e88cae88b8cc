/** The audit on the page: what people wrote as a reason can be read where it is promised to be kept. */
import { expect, test } from 'vitest'
import type { Act } from '../../../../agent/desk/desk.ts'
import { diagnostics } from '../../../../agent/status/pages/diagnostics.ts'
import { factsOf } from '../facts.ts'
import { faceWith, visitOf } from './receiptsface.ts'

const act: Act = {
  at: '2026-08-02T06:05:04.000Z',
  ...{ who: 'page 192.0.2.7', action: 'replay', reason: 'сопоставили <товар>', detail: '{"state":"parked"}' },
}

function pageWith(acts: readonly Act[]) {
  return faceWith({
    status: () => Promise.resolve(factsOf().snapshot),
    audits: () => Promise.resolve({ acts }),
  })
}

test('who did what with what, when by the clock of the shop, and why', async () => {
  const face = pageWith([act])
  const page = (await diagnostics.draw(face, visitOf('ru'))).toString()
  for (const said of [
    '<time datetime="2026-08-02T06:05:04.000Z">02.08.2026 09:05:04</time>',
    'страница, 192.0.2.7',
    'отправил ещё раз',
    '<bdi>отложен здесь</bdi>',
    'сопоставили &lt;товар&gt;',
  ])
    expect(page).toContain(said)
  expect(face.asked).toContainEqual({ verb: 'audits', input: { limit: 50 } })
})

/** Everything that the daemon keeps, as it keeps it. */
test.each([
  [
    'replay',
    { register: 'till-1', fromNumber: 120, toNumber: 150 },
    'касса till-1; ФД 120–150',
    'register till-1; documents 120–150',
  ],
  [
    'replay',
    { fromTime: '2026-08-01T00:00:00', toTime: '2026-08-01T23:59:59', since: Date.UTC(2026, 7, 1, 9) },
    'время на чеке 01.08.2026 00:00–01.08.2026 23:59; прочитаны с 01.08.2026 12:00:00',
    'time on it 01.08.2026 00:00–01.08.2026 23:59; read since 01/08/2026 12:00:00',
  ],
  [
    'replay',
    { storage: '9999078900001234', numbers: Array.from({ length: 1_200 }, (_, n) => n + 5) },
    'ФН 9999078900001234; ФД 5–1204',
    'fiscal drive 9999078900001234; documents 5–1204',
  ],
  [
    'read',
    { register: 'till-1', numbers: '120-150' },
    'касса till-1; ФД 120–150',
    'register till-1; documents 120–150',
  ],
  [
    'read',
    { register: 'till-1', numbers: '120-120' },
    'касса till-1; ФД 120',
    'register till-1; documents 120',
  ],
  [
    'read',
    { register: 'till-1', kept: [120, 121, 125] },
    'касса till-1; сохранены ФД 120–121, 125',
    'register till-1; kept documents 120–121, 125',
  ],
  [
    'begin',
    { register: 'till-1', drive: '9999078900001234', at: 77 },
    'касса till-1; с ФД 77, ФН 9999078900001234',
    'register till-1; from document 77, drive 9999078900001234',
  ],
  [
    'import',
    { begun: true, kept: 3, known: 1, owed: 2, conflicts: 0, digests: ['aa'] },
    'начат: новых 3, уйдут на сайт 2, уже были 1, противоречат 0',
    'begun: 3 new, 2 go to the site, 1 known, 0 in conflict',
  ],
  ['pause', { register: 'till-1', minutes: 15 }, 'касса till-1; на 15 мин', 'register till-1; for 15 min'],
  ['resume', { register: 'till-1' }, 'касса till-1', 'register till-1'],
  [
    'accept-ledger',
    [{ register: 'till-1', ledgerId: '7f3c', host: 'shop.example' }],
    'касса till-1; shop.example, учёт 7f3c',
    'register till-1; shop.example, ledger 7f3c',
  ],
])('%s of %j is told in words', async (action, detail, ru, en) => {
  const face = pageWith([{ ...act, action, detail: JSON.stringify(detail) }])
  for (const [language, words] of [
    ['ru', ru],
    ['en', en],
  ] as const) {
    const page = (await diagnostics.draw(face, visitOf(language))).toString()
    expect(page).toContain(`<bdi>${words}</bdi>`)
    expect(page).not.toContain('&quot;')
  }
})

test('what nobody has words for stands as it is kept', async () => {
  const page = (
    await diagnostics.draw(
      pageWith([
        { ...act, action: 'conjure', reason: '' },
        { ...act, detail: '{"moon":"full"}' },
        { ...act, detail: 'no JSON' },
      ]),
      visitOf('ru'),
    )
  ).toString()
  for (const said of ['>conjure</th>', '{&quot;moon&quot;:&quot;full&quot;}', '<code>no JSON</code>'])
    expect(page).toContain(said)
})

test('nobody did anything: it says so', async () => {
  const page = (await diagnostics.draw(pageWith([]), visitOf('en'))).toString()
  expect(page).toContain('Nobody did anything yet.')
})
