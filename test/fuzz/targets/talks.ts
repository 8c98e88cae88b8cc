/**
 * Whole talks: the real driver against the simulated register over a line with faults, in virtual time. A document
 * that is returned is the one in the drive, or says what is odd about it; nothing but questions is ever asked; it ends.
 */
import { type RawDocument, RegisterError } from '../../../drivers/contract.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { ShtrihSettings } from '../../../drivers/shtrih/settings.ts'
import { type ClosedDocument, createRegister } from '../../fakes/register.ts'
import { VirtualClock } from '../clock.ts'
import { FaultyLine, faultsOf, payloadsIn } from '../faultyline.ts'
import { v1FrameAt, v2FrameAt } from '../own.ts'
import { must, type Target } from '../target.ts'

/** Ten tries of eleven seconds for every question of five readings, and another reader's minute: far above all. */
const limits = { longestMs: 4 * 3_600_000, mostAlarms: 60_000 }

const framings = ['v1', 'v2', 'auto'] as const
const chops = ['whole', 'bytes', 'random'] as const

/** Byte 0: framing; byte 1: how answers are cut; byte 2: which document; byte 3: register's habits; then faults. */
export function talksTarget(): Target {
  const clock = new VirtualClock().install()
  const stored = documentsOfADrive()
  return {
    name: 'talks',
    main: 'drivers/shtrih/reading.js',
    longest: 4 + 4 * 24,
    shape: 'bytes',
    *seeds() {
      for (let framing = 0; framing < 3; framing++)
        for (let document = 0; document < stored.length; document++)
          yield Uint8Array.of(framing, document % 3, document, document)
      for (let kind = 0; kind < 16; kind++)
        for (let framing = 0; framing < 2; framing++)
          yield Uint8Array.of(framing, 0, kind, 0, 40 + kind, kind, 0x55, 9, 6, kind, 0x10, 40)
    },
    async run(input) {
      await clock.run(() => talk(input, stored, clock), limits)
    },
  }
}

function documentsOfADrive(): readonly ClosedDocument[] {
  const register = createRegister({ seed: 7, clock: () => '2026-01-15T12:00:00', drive: { receipts: 3 } })
  register.closeReceipt({ real: 'tlv-vkusvill-2018' })
  register.closeReceipt({ real: 'derived-ffd12-gs1m-2026' })
  register.closeReceipt({ operation: 2 })
  register.closeShift()
  return register.documents
}

async function talk(
  input: Uint8Array,
  stored: readonly ClosedDocument[],
  clock: VirtualClock,
): Promise<void> {
  const [framing = 0, chop = 0, which = 0, habits = 0] = input
  const frames = framings[framing % 3] ?? 'v1'
  const spoken = frames === 'v2' || (frames === 'auto' && habits % 2 === 1) ? 'v2' : 'v1'
  await using register = createRegister({
    seed: 1 + habits,
    now: () => clock.now,
    clock: () => '2026-01-15T12:00:00',
    frames: spoken,
    frameNumber: 1 + habits,
    chop: chops[chop % 3] ?? 'whole',
    wire: { strayFf: habits % 4 === 3 ? 'afterAck' : 'never' },
    drive: { documents: stored },
  })
  const wanted = stored[which % stored.length]
  must(wanted !== undefined, 'no document to ask for')
  const line = new FaultyLine(register.openLine(), faultsOf(input.subarray(4)))
  const read = await readOne(line, wanted.number, frames)
  for (const bytes of line.written) onlyAsks(bytes, spoken)
  must(
    register.counters.forbidden === 0 || line.changedCommands > 0,
    'a command that changes something was sent',
  )
  if (read !== null) judge(read, wanted, line, spoken)
}

/** Null when the talk ended with the documented error. */
async function readOne(
  line: FaultyLine,
  number: number,
  frames: 'v1' | 'v2' | 'auto',
): Promise<RawDocument | null> {
  const signal = new AbortController().signal
  try {
    const register = await shtrih.connect(line, ShtrihSettings.parse({ frames }), signal)
    const state = await register.state(signal)
    if (state.kind !== 'idle') return null
    await register.newest(signal)
    return await register.readDocument(number, signal)
  } catch (error) {
    if (error instanceof RegisterError) return null
    throw error
  }
}

const controls = [0x05, 0x06, 0x15]

/** Every piece that was written is a control byte or one whole frame with an asking command. */
function onlyAsks(bytes: Uint8Array, spoken: 'v1' | 'v2'): void {
  if (bytes.length === 1) must(controls.includes(bytes[0] ?? 0), `wrote the byte ${bytes[0]}`)
  else if (bytes[0] === 0x02) {
    must(v1FrameAt(bytes, 0) === bytes.length, 'wrote a frame that is none')
    asks(bytes.subarray(2))
  } else {
    const frame = v2FrameAt(bytes, 0)
    must(frame !== null && frame.end === bytes.length, `wrote neither frame nor byte to a ${spoken} register`)
    if (frame.inner.length > 4) asks(frame.inner.subarray(4))
  }
}

function asks([first = 0, second = 0]: Uint8Array): void {
  const code = (first === 0xff ? 0xff00 + second : first).toString(16).toUpperCase().padStart(2, '0')
  must(shtrih.asks.includes(code), `asked ${code}, which is not in the table`)
}

function judge(read: RawDocument, wanted: ClosedDocument, line: FaultyLine, spoken: 'v1' | 'v2'): void {
  must(read.number === wanted.number, `document ${read.number} was returned for ${wanted.number}`)
  const real = new Set(payloadsIn(line.sent, spoken))
  const isForged = payloadsIn(line.delivered, spoken).some((payload) => !real.has(payload))
  // A frame with a right checksum and another content cannot be told from the register's own; then the rest must do.
  if (isForged) return
  const isWhole = read.bytes !== null && Buffer.compare(read.bytes, wanted.body) === 0
  if (isWhole)
    must(read.type === wanted.type && read.storage === wanted.storage, 'under another type or drive')
  else must(read.remarks.length > 0, 'another document than the one in the drive was returned without a word')
  if (read.bytes !== null && read.bytes.length !== wanted.body.length)
    must(read.doubt !== undefined, 'a document of another length was returned as whole')
}
