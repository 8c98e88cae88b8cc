/** Changes inputs: as noise on a wire would, and as someone would who knows the format. */
import { concat } from '../../drivers/bytes.ts'
import type { Dice } from './dice.ts'
import { mutateText } from './mutatetext.ts'
import { mutateTlv } from './mutatetlv.ts'
import type { Target } from './target.ts'

/** What mutators draw from. */
export interface Pantry {
  readonly dice: Dice
  readonly words: readonly Uint8Array[]
  /** Another input that is known to be of use. */
  other(): Uint8Array
}

const boundaries = [0x00, 0x01, 0x02, 0x05, 0x06, 0x15, 0x20, 0x7f, 0x80, 0x8f, 0x9f, 0xfe, 0xff]

/** A changed copy; the input stays as it was. */
export function mutate(input: Uint8Array, target: Target, pantry: Pantry): Uint8Array {
  const { dice } = pantry
  let bytes = input
  for (let left = dice.small(8); left > 0; left--) bytes = shaped(bytes, target, pantry)
  if (bytes.length > target.longest) bytes = bytes.subarray(0, target.longest)
  // One in four stays damaged.
  const repaired = target.repair !== undefined && !dice.once(4) ? target.repair(bytes) : null
  return repaired !== null && repaired.length <= target.longest ? repaired : bytes.slice()
}

function shaped(bytes: Uint8Array, { shape }: Target, pantry: Pantry): Uint8Array {
  if (shape !== 'bytes' && pantry.dice.once(2))
    return shape === 'text' ? mutateText(bytes, pantry) : mutateTlv(bytes, shape.tlvFrom, pantry)
  return (pantry.dice.oneOf(changes) ?? flipBit)(bytes, pantry)
}

type Change = (bytes: Uint8Array, pantry: Pantry) => Uint8Array

const flipBit: Change = (bytes, { dice }) => {
  if (bytes.length === 0) return Uint8Array.of(dice.whole(256))
  const copy = bytes.slice()
  const at = dice.whole(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << dice.whole(8))
  return copy
}

const setByte: Change = (bytes, { dice }) => {
  const copy = bytes.slice()
  if (copy.length > 0)
    copy[dice.whole(copy.length)] = dice.once(2) ? (dice.oneOf(boundaries) ?? 0) : dice.whole(256)
  return copy
}

const addToByte: Change = (bytes, { dice }) => {
  const copy = bytes.slice()
  const at = dice.whole(copy.length)
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) + 1 + dice.whole(8) * (dice.once(2) ? 1 : -1)
  return copy
}

const insert: Change = (bytes, { dice }) => {
  const piece = new Uint8Array(dice.small(16)).map(() => dice.whole(256))
  return inserted(bytes, dice.whole(bytes.length + 1), dice.once(3) ? piece.fill(piece[0] ?? 0) : piece)
}

const remove: Change = (bytes, { dice }) => {
  const at = dice.whole(bytes.length)
  return concat(bytes.subarray(0, at), bytes.subarray(at + dice.small(32)))
}

const duplicate: Change = (bytes, { dice }) => {
  const at = dice.whole(bytes.length)
  const piece = bytes.subarray(at, at + dice.small(64))
  return inserted(bytes, dice.once(2) ? at : dice.whole(bytes.length + 1), piece)
}

const swap: Change = (bytes, { dice }) => {
  const [a = 0, b = 0, c = 0] = [0, 0, 0].map(() => dice.whole(bytes.length + 1)).sort((x, y) => x - y)
  return concat(bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c))
}

const cut: Change = (bytes, { dice }) => bytes.subarray(0, dice.whole(bytes.length + 1))

const splice: Change = (bytes, { dice, other }) => {
  const stranger = other()
  return concat(
    bytes.subarray(0, dice.whole(bytes.length + 1)),
    stranger.subarray(dice.whole(stranger.length + 1)),
  )
}

const insertWord: Change = (bytes, { dice, words }) =>
  inserted(bytes, dice.whole(bytes.length + 1), dice.oneOf(words) ?? new Uint8Array())

const writeWord: Change = (bytes, { dice, words }) => {
  const word = dice.oneOf(words) ?? new Uint8Array()
  const at = dice.whole(bytes.length + 1)
  return concat(bytes.subarray(0, at), word, bytes.subarray(at + word.length))
}

const changes: readonly Change[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  addToByte,
  insert,
  remove,
  duplicate,
  swap,
  cut,
  splice,
  insertWord,
  writeWord,
]

function inserted(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, at), piece, bytes.subarray(at))
}

/** The literals of the code as they would stand in an input: text, and numbers of both byte orders. */
export function wordsOf(literals: Iterable<string | number>): Uint8Array[] {
  return [...literals].flatMap((literal) => {
    if (typeof literal === 'string') return [new TextEncoder().encode(literal)]
    const digits = new TextEncoder().encode(String(literal))
    const hex = literal.toString(16).padStart(literal > 0xffff ? 8 : 4, '0')
    const big = new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
    return [digits, big, big.slice().reverse()]
  })
}
