/**
 * A second reader on another interface of the register: it asks between our portions, at every one of them, by hand
 * and without any care. What it takes must be missed: a document is whole, in doubt, or not read.
 */
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../drivers/bytes.ts'
import { type Line, type RawDocument, RegisterError } from '../../../drivers/contract.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { createRegister, type SimulatedRegister } from '../../fakes/register.ts'
import { framed, numbered, say, u32 } from '../../fakes-proof/hand.ts'

const never = new AbortController().signal
const limits = {
  byteTimeoutMs: 5,
  controlTimeoutMs: 10,
  answerTimeoutMs: 20,
  stillMs: 2,
  finishMs: 0,
}
type Frames = 'v1' | 'v2'
type Theft = 'a portion' | 'the rest' | 'the same document anew' | 'another document'

const portion = 'FF 3B 1E 00 00 00'
const opening = (number: number) => `FF 3A 1E 00 00 00 ${u32(number)}`

/** Says one command of the second reader, and takes no notice of what is answered. */
async function command(line: Line, frames: Frames, payload: string): Promise<string> {
  if (frames === 'v2') {
    const told = await say(line, '8F 00 00 0F 1D')
    const [, , , low = 0, high = 0] = Buffer.from(
      told.replace(/9F 81/g, '8F').replace(/9F 83/g, '9F').replaceAll(' ', ''),
      'hex',
    )
    return await say(line, numbered((low + high * 256 + 1) & 0xffff, payload))
  }
  await say(line, '05')
  const said = await say(line, framed(payload))
  await say(line, '06')
  return said
}

async function steal(line: Line, frames: Frames, theft: Theft, number: number): Promise<void> {
  if (theft === 'the same document anew') await command(line, frames, opening(number))
  if (theft === 'another document') await command(line, frames, opening(number - 1))
  for (let asked = 0; asked < (theft === 'the rest' ? 60 : 1); asked++) {
    const said = await command(line, frames, portion)
    if (said.includes('FF 3B 08')) return
  }
}

/** Our line; before portion `at` of every opening (or of the first alone) the second reader comes by. */
function visited(
  machine: SimulatedRegister,
  before: { at: number; always: boolean; steal: (line: Line) => Promise<void> },
): Line {
  const line = machine.openLine()
  const other = machine.openAnotherLine()
  let openings = 0
  let portions = 0
  return {
    async write(bytes, signal) {
      const said = Buffer.from(bytes)
      if (said.includes(Buffer.of(0xff, 0x3a))) {
        openings++
        portions = 0
      }
      if (said.includes(Buffer.of(0xff, 0x3b)) && portions++ === before.at)
        if (before.always || openings === 1) await before.steal(other)
      await line.write(bytes, signal)
    },
    read: (signal) => line.read(signal),
    async [Symbol.asyncDispose]() {
      await other[Symbol.asyncDispose]()
      await line[Symbol.asyncDispose]()
    },
  }
}

/** Registration, opening of the shift, a receipt, its closing. */
function shop(frames: Frames): SimulatedRegister {
  const machine = createRegister({ seed: 3, frames })
  machine.openShift()
  machine.closeReceipt()
  machine.closeShift()
  return machine
}

async function readBeside(
  frames: Frames,
  number: number,
  theft: Theft,
  visit: { at: number; always: boolean },
): Promise<{ read: RawDocument | RegisterError; truth: string }> {
  await using machine = shop(frames)
  const settings = shtrih.settings.parse({ ...limits, frames })
  await using line = visited(machine, { ...visit, steal: (other) => steal(other, frames, theft, number) })
  const body = machine.documents.find((document) => document.number === number)?.body ?? new Uint8Array()
  try {
    const register = await shtrih.connect(line, settings, never)
    await register.newest(never)
    return { read: await register.readDocument(number, never), truth: toHex(body) }
  } catch (error) {
    if (!(error instanceof RegisterError)) throw error
    return { read: error, truth: toHex(body) }
  }
}

const forms = { 'a report of registration': 1, 'a receipt': 3, 'a report of a shift': 4 }
/** More than any of these documents has. */
const mostPortions = 40
const thefts: readonly Theft[] = ['a portion', 'the rest', 'the same document anew', 'another document']

describe.each(['v1', 'v2'] as const)('a second reader over %s', (frames) => {
  it.each(
    thefts.flatMap((theft) => Object.entries(forms).map(([form, number]) => ({ theft, form, number }))),
  )('that takes $theft never makes us believe a part of $form', async ({ theft, number }) => {
    let whole = 0
    for (const always of [false, true])
      for (let at = 0; at < mostPortions; at++) {
        const { read, truth } = await readBeside(frames, number, theft, { at, always })
        if (read instanceof RegisterError || read.doubt !== undefined) continue
        whole++
        const bytes = toHex(read.bytes ?? new Uint8Array())
        expect({ at, always, bytes }).toEqual({ at, always, bytes: truth })
      }
    expect(whole).toBeGreaterThan(0)
  })
})
