/**
 * Both wire layers against somebody who is no register: whatever comes back, an answer is a whole frame that answers
 * the question, and waiting ends.
 */
import { concat } from '../../../drivers/bytes.ts'
import { type Line, RegisterError } from '../../../drivers/contract.ts'
import { commands } from '../../../drivers/shtrih/commands.ts'
import { type Exchange, exchangeOver } from '../../../drivers/shtrih/exchange.ts'
import { wrapFrame } from '../../../drivers/shtrih/frame.ts'
import { wrapFrame2 } from '../../../drivers/shtrih/frame2.ts'
import { NumberedTalk } from '../../../drivers/shtrih/numberedtalk.ts'
import { ShtrihSettings } from '../../../drivers/shtrih/settings.ts'
import { StandardTalk } from '../../../drivers/shtrih/standardtalk.ts'
import { QuietLine } from '../../fakes/playback.ts'
import { VirtualClock } from '../clock.ts'
import { payloadsIn } from '../faultyline.ts'
import { must, type Target } from '../target.ts'
import { mendLrc } from './frames1.ts'

const settings = ShtrihSettings.parse({})
/** Two questions, ten tries each of an answer, a control byte and a frame that never ends. */
const limits = { longestMs: 30 * 60_000, mostAlarms: 20_000 }

/** Byte 0: wire layer and question; then pieces: a length, and so many bytes that come after the next write. */
export function peersTarget(): Target {
  const clock = new VirtualClock().install()
  return {
    name: 'peers',
    main: 'drivers/shtrih/standardtalk.js',
    longest: 500,
    shape: 'bytes',
    *seeds() {
      const state = Uint8Array.of(0x10, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      const nak = Uint8Array.of(0x15)
      yield script(0, [nak, concat(Uint8Array.of(6), wrapFrame(state)), new Uint8Array()])
      yield script(0, [Uint8Array.of(6), wrapFrame(state), nak, concat(Uint8Array.of(6), wrapFrame(state))])
      for (const number of [1, 2, 3])
        yield script(1, [
          wrapFrame2({ kind: 'message', number: 1, payload: state }),
          wrapFrame2({ kind: 'message', number, payload: state }),
          wrapFrame2({ kind: 'empty', number }),
        ])
      const portion = Uint8Array.of(0xff, 0x3b, 0, 1, 2, 3)
      yield script(2, [nak, concat(Uint8Array.of(6), wrapFrame(portion))])
      yield script(3, [wrapFrame2({ kind: 'message', number: 2, payload: portion })])
    },
    repair: mendLrc,
    async run(input) {
      await clock.run(() => ask(input), limits)
    },
  }
}

function script(first: number, pieces: readonly Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(first), ...pieces.flatMap((piece) => [Uint8Array.of(piece.length), piece]))
}

function piecesOf(input: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 1; at < input.length; ) {
    const length = input[at] ?? 0
    pieces.push(input.slice(at + 1, at + 1 + length))
    at += 1 + length
  }
  return pieces
}

/** Says the next piece after every write. */
class Stranger extends QuietLine implements Line {
  readonly said: Uint8Array[] = []
  readonly #pieces: Uint8Array[]

  constructor(pieces: Uint8Array[]) {
    super()
    this.#pieces = pieces
  }

  override async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await super.write(bytes, signal)
    const piece = this.#pieces.shift()
    if (piece === undefined) return
    this.said.push(piece)
    this.hear(piece)
  }
}

async function ask(input: Uint8Array): Promise<void> {
  const [first = 0] = input
  const line = new Stranger(piecesOf(input))
  const talk = first % 2 === 0 ? new StandardTalk(line, settings) : new NumberedTalk(line, settings)
  const answers: Uint8Array[] = []
  const exchange = exchangeOver({
    carry: async (request, signal) => {
      const answer = await talk.carry(request, signal)
      must(request.answers(answer), 'an answer to another question was given')
      answers.push(answer)
      return answer
    },
  })
  await putQuestions(exchange, first)
  const heard = payloadsIn(line.said, first % 2 === 0 ? 'v1' : 'v2')
  for (const answer of answers) {
    const text = Buffer.from(answer).toString('latin1')
    must(
      heard.some((payload) => payload === text || (first % 2 === 1 && payload.slice(4) === text)),
      'an answer that nobody gave, or whose checksum is wrong',
    )
  }
  must(line.written.length < 500, `${line.written.length} pieces were written for two questions`)
}

async function putQuestions(exchange: Exchange, first: number): Promise<void> {
  const signal = new AbortController().signal
  const portion = (first >> 1) % 2 === 1
  for (let asked = 0; asked < 2; asked++)
    try {
      await (portion
        ? exchange.ask(commands.documentPortion, { password: 30 }, signal)
        : exchange.ask(commands.shortStatus, { password: 30 }, signal))
    } catch (error) {
      if (!(error instanceof RegisterError)) throw error
    }
}
