/** Letting go of a port on the page: nobody does it without saying why. */
import { expect, test } from 'vitest'
import { diagnostics, letGo } from '../../../../agent/status/pages/diagnostics.ts'
import { factsOf } from '../facts.ts'
import { faceWith, visitOf } from './receiptsface.ts'

function face() {
  return faceWith({
    pause: () => Promise.resolve({ until: '2026-08-03T12:15:00.000Z' }),
    status: () => Promise.resolve(factsOf().snapshot),
  })
}

async function press(pressed: ReturnType<typeof face>, reason: string) {
  const fields = { register: 'till-1', minutes: '15', reason }
  return await letGo.act(pressed, letGo.input.parse(fields), visitOf('ru'))
}

test('the port is let go of for so long, by whom and why', async () => {
  const pressed = face()
  expect(await press(pressed, ' прошивка ')).toMatchObject({ done: true })
  const input = { register: 'till-1', minutes: 15, reason: 'прошивка', who: 'technician' }
  expect(pressed.asked[0]).toEqual({ verb: 'pause', input })
})

test.each([
  [' ', 'Напишите, зачем отпустить порт'],
  ['ы'.repeat(1001), 'Короче: не больше 1000 букв'],
])('a reason that cannot be kept (%#) is told in words, and nothing is done', async (reason, ru) => {
  const pressed = face()
  await expect(press(pressed, reason)).rejects.toMatchObject({ text: { ru } })
  expect(pressed.asked).toEqual([])
})

test('of several registers one is chosen to be let go of; one that is let go of can only be taken back', async () => {
  const { snapshot } = factsOf({
    view: (view) => {
      view.pausedUntil = Date.parse('2026-08-03T12:15:00Z')
    },
  })
  const face = faceWith({
    status: () => Promise.resolve(snapshot),
    audits: () => Promise.resolve({ acts: [] }),
  })
  const page = (await diagnostics.draw(face, visitOf('ru'))).toString()
  const [, ports = ''] = page.split('<div id="ports">')
  expect(ports).toContain('till-1: порт отпущен до 15:15:00')
  expect(ports).toContain('<select name="register"><option>till-2</option></select>')
})
