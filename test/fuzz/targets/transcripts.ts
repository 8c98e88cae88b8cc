/** Recorded talks: every byte of one is accounted for, and what is called right has the right checksum. */
import { toHex } from '../../../drivers/bytes.ts'
import type { Explained, TalkPiece } from '../../../drivers/contract.ts'
import { explain } from '../../../drivers/shtrih/explain.ts'
import { formatPiece, parseTranscript, TranscriptError } from '../../../drivers/transport/recorded.ts'
import { bytesOf, textFrom, textOf } from '../fixtures.ts'
import { v1FrameAt, v2FrameAt } from '../own.ts'
import { must, orDocumented, type Target } from '../target.ts'

export const transcripts: Target = {
  name: 'transcripts',
  main: 'drivers/shtrih/explain.js',
  longest: 1_200,
  shape: 'text',
  *seeds() {
    for (const path of ['shtrih/receipt', 'shtrih/open-receipt', 'shtrih-v2/receipt']) {
      const lines = textOf(`test/fixtures/${path}.transcript`).split('\n')
      for (let at = 0; at < lines.length; at += 7) yield bytesOf(lines.slice(at, at + 7).join('\n'))
    }
    yield bytesOf('FF0A 1E000000 A3000000\n> 05\r\n0x02, 0x01: fc-fd')
  },
  run(input) {
    const talk = orDocumented(() => parseTranscript(textFrom(input)), TranscriptError)
    if (talk === null) return
    const written = talk.map(({ way, bytes }) => formatPiece(way ?? '>', bytes)).join('')
    const again = parseTranscript(written)
    must(
      again.length === talk.length && again.every((piece, i) => sameBytes(piece, talk[i])),
      'written and read differ',
    )
    const found = explain(talk)
    const all = found.map(({ frame }) => frame).join('')
    must(all === talk.map(({ bytes }) => toHex(bytes)).join(''), 'bytes of the talk are unaccounted for')
    must(JSON.stringify(found).length < 400 * (input.length + 10), 'the output is out of all proportion')
    for (const frame of found) if (frame.ok) judge(frame)
  },
}

function sameBytes({ bytes }: TalkPiece, other: TalkPiece | undefined): boolean {
  return other !== undefined && Buffer.compare(bytes, other.bytes) === 0
}

/** A frame that begins like one and is called right is right by this reader, too. */
function judge({ frame }: Explained): void {
  const bytes = new Uint8Array(Buffer.from(frame, 'hex'))
  must(bytes.length > 0, 'an empty frame')
  if (bytes[0] === 0x02) must(v1FrameAt(bytes, 0) === bytes.length, `not right: ${frame}`)
  if (bytes[0] === 0x8f) must(v2FrameAt(bytes, 0)?.end === bytes.length, `not right: ${frame}`)
}
