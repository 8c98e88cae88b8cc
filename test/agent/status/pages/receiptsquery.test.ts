/** The field of the search takes what a scanner types as the page for one QR does. */
import { expect, test } from 'vitest'
import { lookingFor, typedOf } from '../../../../agent/status/pages/receiptsquery.ts'

const qr = 't=20260801T1230&s=684.28&fn=9285000100150175&i=37698&fp=400388056&n=1'

test.each([
  ['as it is', qr],
  ['under a Russian layout', 'е=20260801Е1230?ы=684ю28?ат=9285000100150175?ш=37698?аз=400388056?т=1'],
  ['encoded as an address', encodeURIComponent(qr)],
  ['behind an address', `https://check.example/?${qr}`],
  ['by lines', qr.replaceAll('&', '; ')],
  ['in part', 't=20260801T1230&s=684.28'],
])('a QR %s is looked for as a QR', (_, number) => {
  expect(lookingFor(typedOf({ number }))).toEqual({ kind: 'qr', qr: number })
})

test.each(['120', '120-150', 'чек'])('%s is none', (number) => {
  expect(lookingFor(typedOf({ number })).kind).not.toBe('qr')
})
