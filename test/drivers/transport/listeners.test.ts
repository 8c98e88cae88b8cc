import { expect, test } from 'vitest'
import { listenersOn } from '../../../drivers/transport/listeners.ts'

/** As the kernel writes them: local, remote, state, then the inode in the tenth field. */
const row = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0`
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const table = [
  head,
  row('0100007F:2081', '0A', 11),
  row('00000000:2081', '0A', 12),
  row('0501A8C0:2081', '0A', 13),
  row('0100007F:2081', '01', 14),
  row('0100007F:2082', '0A', 15),
  row('00000000000000000000000000000000:2081', '0A', 16),
].join('\n')

test.each([
  ['127.0.0.1', ['11', '12', '16']],
  ['192.168.1.5', ['12', '13', '16']],
  ['0.0.0.0', ['11', '12', '13', '16']],
  ['::1', ['12', '16']],
  ['localhost', ['11', '12', '13', '16']],
])('who listens on port 8321 keeps %s from being listened on', (host, inodes) => {
  expect(listenersOn(table, host, 8321)).toEqual(inodes)
})

test('a table of another form names nobody', () => {
  expect(listenersOn('', '127.0.0.1', 8321)).toEqual([])
  expect(listenersOn('nonsense\n\n', '127.0.0.1', 8321)).toEqual([])
})
