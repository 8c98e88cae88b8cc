import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, RegisterError, type TalkPiece } from '../../../drivers/contract.ts'
import {
  formatPiece,
  parseTranscript,
  recordLine,
  TranscriptError,
} from '../../../drivers/transport/recorded.ts'

const never = new AbortController().signal

function piece(way: TalkPiece['way'], ...bytes: number[]): TalkPiece {
  return { way, bytes: Uint8Array.from(bytes) }
}

test('reads marks in both directions, remarks and blank lines', () => {
  const transcript = '# РИТЕЙЛ-01Ф, 2024-05-01\n\n> 05\n< 15 # NAK\n>02 05 10 1e000000 0b\r\n'
  expect(parseTranscript(transcript)).toEqual([
    piece('>', 5),
    piece('<', 0x15),
    piece('>', 2, 5, 0x10, 0x1e, 0, 0, 0, 0x0b),
  ])
})

test.each([
  ['no mark at all', '0205101E0000000B', [piece(null, 2, 5, 0x10, 0x1e, 0, 0, 0, 0x0b)]],
  ['marks to the register only', '> 05\n15', [piece('>', 5), piece(null, 0x15)]],
  ['marks from the register only', '05\n< 15', [piece(null, 5), piece('<', 0x15)]],
  ['0x and commas', '0x02, 0x05,0x10', [piece(null, 2, 5, 0x10)]],
  ['colons and dashes', '<02:05-10', [piece('<', 2, 5, 0x10)]],
  ['a byte order mark', '\uFEFF> 05', [piece('>', 5)]],
  ['tabs, old line ends, a mark alone', '\t> 05\t\r<\r< 06', [piece('>', 5), piece('<', 6)]],
  ['nothing', '', []],
])('tolerates %s', (_what, transcript, pieces) => {
  expect(parseTranscript(transcript)).toEqual(pieces)
})

test.each([['> 0'], ['hello'], ['> > 05'], ['< 0g'], ['12 3']])(
  'names the line that is not hex: %s',
  (bad) => {
    const parse = () => parseTranscript(`# source\n05\n${bad}\n`)
    expect(parse).toThrow(TranscriptError)
    expect(parse).toThrow(/Line 3/)
  },
)

test('what is written is read back, whatever the bytes', () => {
  const pieces = fc.array(
    fc.tuple(fc.constantFrom('>' as const, '<' as const), fc.uint8Array({ minLength: 1 })),
  )
  fc.assert(
    fc.property(pieces, (said) => {
      const transcript = said.map(([way, bytes]) => formatPiece(way, bytes)).join('')
      expect(parseTranscript(transcript)).toEqual(said.map(([way, bytes]) => ({ way, bytes })))
    }),
  )
})

test('any text is pieces or a TranscriptError', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(parseTranscript(text).every(({ bytes }) => bytes.length > 0)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(TranscriptError)
      }
    }),
  )
})

/** A line that answers every write with `15`, until it is unplugged. */
function echoing(): Line & { unplugged: boolean; closed: boolean } {
  const lost = () => new RegisterError('lost', { ru: 'порт пропал', en: 'the port is gone' })
  return {
    unplugged: false,
    closed: false,
    write() {
      return this.unplugged ? Promise.reject(lost()) : Promise.resolve()
    },
    read(signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      return this.unplugged ? Promise.reject(lost()) : Promise.resolve(Uint8Array.of(0x15))
    },
    [Symbol.asyncDispose]() {
      this.closed = true
      return Promise.resolve()
    },
  }
}

test('a recorded line writes down all that is said, and how it ended', async () => {
  const plain = echoing()
  let transcript = ''
  const line = recordLine(plain, (text) => {
    transcript += text
  })
  await line.write(Uint8Array.of(2, 0xff, 0x10), never)
  expect(await line.read(never)).toEqual(Uint8Array.of(0x15))
  await expect(line.read(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  plain.unplugged = true
  await expect(line.write(Uint8Array.of(5), never)).rejects.toThrow('the port is gone')
  await expect(line.read(never)).rejects.toThrow('the port is gone')
  await line[Symbol.asyncDispose]()
  expect(plain.closed).toBe(true)
  expect(transcript).toBe(
    '> 02 ff 10\n< 15\n> 05\n# not sent: the port is gone\n# the port is gone\n# closed\n',
  )
  expect(parseTranscript(transcript)).toEqual([piece('>', 2, 0xff, 0x10), piece('<', 0x15), piece('>', 5)])
})
