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

test('who did what, when by the clock of the shop, and why', async () => {
  const face = pageWith([act, { ...act, action: 'conjure', reason: '' }])
  const page = (await diagnostics.draw(face, visitOf('ru'))).toString()
  for (const said of [
    '02.08.2026 09:05:04',
    'page 192.0.2.7',
    'отправил ещё раз',
    'сопоставили &lt;товар&gt;',
    '{&quot;state&quot;:&quot;parked&quot;}',
    '>conjure</td>',
  ])
    expect(page).toContain(said)
  expect(face.asked).toContainEqual({ verb: 'audits', input: { limit: 50 } })
})

test('nobody did anything: it says so', async () => {
  const page = (await diagnostics.draw(pageWith([]), visitOf('en'))).toString()
  expect(page).toContain('Nobody did anything yet.')
})
