/** The driver's part of the config. */
import { z } from 'zod'

const password = z.int().min(0).max(99_999_999)
const timeMs = z.int().min(1).max(120_000)

export const ShtrihSettings = z.strictObject({
  /** The system administrator's password: fiscal drive and tables want it. */
  password: password.default(30),
  /** Any operator's; used for the state alone. */
  operatorPassword: password.default(1),
  /**
   * The wire layer of the till's program: the register speaks one of them to all until it is switched off. `auto` finds
   * out; only for a register that the till has already spoken to (docs/decisions/007).
   */
  frames: z.enum(['v1', 'v2', 'auto']).default('v1'),
  /** Between two bytes of a frame. The default suits serial and networks; a serial line may have 100. */
  byteTimeoutMs: timeMs.default(1_000),
  /** For ACK or NAK; with v2, for the count, and the first wait for an answer before the frame is sent again. */
  controlTimeoutMs: timeMs.default(1_000),
  /** For an answer, at most; an answer that takes longer is asked for once more. */
  answerTimeoutMs: timeMs.default(10_000),
  /** How long the line must be still after disorder. */
  stillMs: timeMs.default(100),
  /** How often one exchange is tried; 10 is the protocol's own limit. */
  tries: z.int().min(1).max(10).default(10),
  /**
   * How long the reading of a document may go on after the program was told to stop: left in the middle, the register
   * would refuse the till. A receipt of 50 lines takes 10 s at 4800 baud.
   */
  finishMs: z.int().min(0).max(30_000).default(15_000),
  /** Set to 50000 if another program reads documents here too: its reading is then not mistaken for a broken one. */
  otherReaderMs: z.int().min(0).max(50_000).default(0),
})

export type ShtrihSettings = z.infer<typeof ShtrihSettings>
