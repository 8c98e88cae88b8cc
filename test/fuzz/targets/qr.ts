/** The QR of a receipt, as whatever scanner types it: read as printed, or refused in words. */
import { parseQr } from '../../../agent/qr.ts'
import { bytesOf, textFrom } from '../fixtures.ts'
import { must, type Target } from '../target.ts'

const printed = 't=20260801T1230&s=684.28&fn=9285000100150175&i=37698&fp=400388056&n=1'

export const qr: Target = {
  name: 'qr',
  main: 'agent/qr.js',
  longest: 400,
  shape: 'text',
  *seeds() {
    yield bytesOf(printed)
    yield bytesOf(`https://check.example/?${printed}\r\n`)
    yield bytesOf(encodeURIComponent(printed))
    yield bytesOf(printed.replace('T1230', 'T123059').replace('684.28', '684,28').replace('fp=', 'fp=00'))
    yield bytesOf('е=20260801Е1230?ы=684ю28?ат=9285000100150175?ш=37698?аз=400388056?т=1')
    yield bytesOf('t=1&s=2')
  },
  words: ['&', '?', '=', '%26', 'fn=', 'fp=', '&n=', 'T'].map(bytesOf),
  run(input) {
    const parsed = parseQr(textFrom(input))
    if ('fault' in parsed) {
      must(parsed.fault.ru !== '' && parsed.fault.en !== '', 'a refusal without words')
      return
    }
    const { storage, number, sign, time, total, operation } = parsed.qr
    must(/^\d{16}$/.test(storage) && /^\d{1,10}$/.test(sign), 'a drive or a sign that is no number')
    must(number >= 1 && number <= 0xffffffff && [1, 2, 3, 4].includes(operation), 'out of range')
    must(Number.isSafeInteger(total) && total >= 0, 'a sum that is no kopecks')
    must(!Number.isNaN(Date.parse(`${time}:00Z`)), 'a day that is in no calendar')
    const again = parseQr(
      `t=${time.replace(/[-:]/g, '')}&s=${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}` +
        `&fn=${storage}&i=${number}&fp=${sign}&n=${operation}`,
    )
    must(
      'qr' in again && JSON.stringify(again.qr) === JSON.stringify(parsed.qr),
      'printed anew it is another receipt',
    )
  },
}
