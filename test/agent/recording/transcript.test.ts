import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { parseDoor } from '../../../agent/recording/through.ts'
import { openTranscript } from '../../../agent/recording/transcript.ts'

test('a full disk disturbs nobody who talks, and the recording ends as not whole', () => {
  const full = Object.assign(new Writable(), {
    write: () => {
      throw new Error('ENOSPC: no space left on device')
    },
  })
  using transcript = openTranscript(null, full)
  transcript.write('> 05\n')
  transcript.write('< 15\n')
  expect(() => transcript.demandWhole()).toThrow(/not whole: ENOSPC/)
})

test('a door is for this machine only unless an address says otherwise', () => {
  expect(parseDoor('tcp:7779')).toEqual({ host: '127.0.0.1', port: 7779 })
  expect(parseDoor('tcp:0.0.0.0:0')).toEqual({ host: '0.0.0.0', port: 0 })
  expect(parseDoor('tcp:[::1]:7779')).toEqual({ host: '::1', port: 7779 })
  expect(parseDoor('unix:/run/talk.sock')).toEqual({ path: '/run/talk.sock' })
  for (const wrong of ['7779', 'tcp:', 'tcp:70000', 'unix:talk', 'serial:/dev/ttyS0', 'tcp:a b:1'])
    expect(() => parseDoor(wrong)).toThrow(/Not an address/)
})
