/** While a register is read a screen reader is not told every count; how it ended it is told. */
import { expect, test } from 'vitest'
import type { Desk } from '../../../../agent/desk/desk.ts'
import { rereadPlace, rereadStream } from '../../../../agent/status/pages/replayreread.ts'
import { beginRereading, currentRereadings } from '../../../../agent/status/pages/rereading.ts'
import { faceWith, now, storage, visitOf } from './receiptsface.ts'

const order = { register: 'till-1', storage, ranges: [{ from: 1, to: 3 }], who: 'anna', reason: 'why' }

test('what counts is no live region; the end is one, and says who was read and how it ended', async () => {
  const read: Desk['read'] = ({ fromNumber, toNumber }) =>
    Promise.resolve({
      documents: Array.from({ length: toNumber - fromNumber + 1 }, (_, n) => ({
        ...{ number: fromNumber + n, outbox: 'kept', decoded: {}, problem: null },
      })),
      fault: null,
    })
  const face = faceWith({ read })
  const visit = visitOf('ru')
  const place = rereadPlace(face, visit).toString()
  expect(place).toMatch(
    /<div id="rereading"><\/div>\s*<div id="rereading-ends" class="hidden" aria-live="polite">/,
  )
  beginRereading(face.desk, order, face.clock, visit.signal)
  await expect.poll(() => currentRereadings(face.desk, now)[0]?.view().running).toBe(false)
  const shown = new Map<string, string>()
  using _looking = rereadStream.open(face, visit, (change) => {
    if ('into' in change) shown.set(change.into, change.html.toString())
  })
  await expect.poll(() => [...shown.keys()]).toContain('rereading-ends')
  expect(shown.get('rereading-ends')).toBe('<p>till-1: Готово.</p>')
  expect(shown.get('rereading')).not.toMatch(/aria-live|role="alert"/)
})
