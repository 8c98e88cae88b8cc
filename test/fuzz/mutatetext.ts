/** What hands, editors and other programs do to text: tokens moved, numbers changed, quotes lost. */
import { concat } from '../../drivers/bytes.ts'
import type { Pantry } from './mutate.ts'

const numbers = [
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  '4294967296',
  '0.1',
  '1.50',
  '00',
  '1E2',
  '65536',
  '""',
]
const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\n',
  '\\u0000',
  '\\u0001',
  '\ufeff',
  'null',
  '\t',
  '&a ',
  '*a',
  '- ',
]

/** A copy with one token changed, doubled, moved or taken away. */
export function mutateText(bytes: Uint8Array, { dice, words }: Pantry): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const tokens = [...text.matchAll(/"[^"]{0,200}"|-?\d[\d.eE+-]*|[A-Za-z_]\w*|[^\w\s]/g)]
  const token = dice.oneOf(tokens)
  if (token === undefined) return dice.oneOf(words) ?? bytes
  const [at, end] = [token.index, token.index + token[0].length]
  const other = dice.oneOf(tokens)?.[0] ?? ''
  const put = (piece: string | Uint8Array) =>
    concat(bytes.subarray(0, at), typeof piece === 'string' ? Buffer.from(piece) : piece, bytes.subarray(end))
  switch (dice.whole(6)) {
    case 0:
      return put(dice.oneOf(numbers) ?? '0')
    case 1:
      return put(dice.oneOf(pieces) ?? '')
    case 2:
      return put(Buffer.from(other, 'latin1'))
    case 3:
      return put(Buffer.from(token[0] + other, 'latin1'))
    case 4:
      return put(dice.oneOf(words) ?? '')
    default:
      return doubledLine(bytes, text, at)
  }
}

function doubledLine(bytes: Uint8Array, text: string, at: number): Uint8Array {
  const from = text.lastIndexOf('\n', at) + 1
  const next = text.indexOf('\n', at)
  const to = next < 0 ? text.length : next + 1
  return concat(bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to))
}
