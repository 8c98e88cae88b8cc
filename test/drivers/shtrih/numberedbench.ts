/**
 * The bench register behind v2 frames: what is written and what is said can be lost or changed, and another client
 * can be let in before any frame. Its frames are made by the simulator's code, not by the driver's.
 */
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { QuietLine } from '../../fakes/playback.ts'
import { FrameCount, NumberedWire } from '../../fakes/register/numberedwire.ts'
import { usualWire } from '../../fakes/register/wire.ts'
import { never, quick } from './bench.ts'
import { benchDocument, number } from './benchdocument.ts'
import { type BenchRegister, benchRegister, codeOf } from './benchregister.ts'
import { bytesOf } from './captures.ts'

// Room between the first wait and the whole: on a busy machine the one must not pass together with the other.
export const numberedSettings = shtrih.settings.parse({ ...quick, answerTimeoutMs: 250, frames: 'v2' })

export class NumberedBench extends QuietLine {
  readonly register: BenchRegister = benchRegister()
  readonly count: FrameCount
  /** What becomes of the frame that is written as number `sent` (from 0), and of its answer. */
  fate: (sent: number, executed: string | null) => 'said' | 'lost' | 'unheard' = () => 'said'
  /** Changes what is said: pieces as they arrive. */
  say: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes]
  /** Comes to pass before a frame is heard. */
  before: (sent: number) => void = () => {}
  #sent = 0
  #lost = false
  #executed: string | null = null
  readonly #wire: NumberedWire

  constructor(last = 1) {
    super()
    this.count = new FrameCount(last)
    this.#wire = new NumberedWire(
      {
        execute: (payload) => {
          this.#executed = codeOf(payload)
          return this.register.run(payload)
        },
        send: (units) => {
          this.#lost ||= this.fate(this.#sent, this.#executed) === 'lost'
          for (const { bytes } of units) if (!this.#lost) this.hear(...this.say(bytes))
        },
        now: () => 0,
      },
      usualWire,
      this.count,
    )
    this.register.documents.set(number, benchDocument())
  }

  override async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await super.write(bytes, signal)
    this.before(this.#sent)
    this.#executed = null
    this.#lost = false
    if (this.fate(this.#sent, null) !== 'unheard') this.#wire.receive(bytes)
    this.#sent++
  }

  /** A command of another client: it takes the next number. */
  another(payload: string): void {
    this.count.run((this.count.number + 1) % 65_536, () => this.register.run(bytesOf(payload)))
  }

  /** The register is switched off and on: the count begins anew. */
  restart(): void {
    this.count.reset()
  }
}

/** A connected driver; what was asked and written so far is forgotten. */
export async function connectedByNumbers(change: (bench: NumberedBench) => void = () => {}, last = 1) {
  const bench = new NumberedBench(last)
  const register = await shtrih.connect(bench, numberedSettings, never)
  bench.register.asked.length = 0
  bench.written.length = 0
  change(bench)
  return { register, bench }
}
