import { expect, test } from 'vitest'
import { explainOpen } from '../../../drivers/transport/claim.ts'

test.each([
  ['EACCES', 'dialout'],
  ['EPERM', 'DeviceAllow'],
  ['EBUSY', 'tcp:'],
  ['NOFLOCK', 'util-linux'],
  ['EIO', 'again'],
])('a port that answers %s names the remedy', (code, remedy) => {
  const error = explainOpen(Object.assign(new Error('open'), { code }), '/dev/ttyUSB0')
  expect(error).toMatchObject({ name: 'RegisterError', fault: 'lost' })
  expect(error.message).toContain(`(${code})`)
  expect(error.hint?.en).toContain(remedy)
  expect(error.text.ru).toMatch(/[а-я]/)
})
