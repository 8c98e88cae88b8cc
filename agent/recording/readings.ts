/** What a recording shows when nobody else talks: a driver's own reading, or silence that is listened to. */
import type { Driver, Line } from '../../drivers/index.ts'
import { RegisterError } from '../../drivers/index.ts'

/** Connects, asks state and newest number, and reads the last `count` documents. Throws `RegisterError`. */
export async function readLast(
  line: Line,
  { driver, settings }: { readonly driver: Driver; readonly settings: unknown },
  count: number,
  remark: (words: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const register = await driver.connect(line, settings, signal)
  const { model, serial } = register.identity
  remark(`${model}, serial ${serial ?? 'unknown'}`)
  const { number: last } = await register.newest(signal)
  for (let number = Math.max(1, last - count + 1); number <= last; number++) {
    const state = await register.state(signal)
    if (state.kind !== 'idle') throw new RegisterError('busy', state.text)
    remark(`document ${number}`)
    await readOne(register, number, signal)
  }
}

/** A number that the drive no longer knows is a part of the talk, too. */
async function readOne(
  register: Awaited<ReturnType<Driver['connect']>>,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await register.readDocument(number, signal)
  } catch (error) {
    if (!(error instanceof RegisterError) || error.fault !== 'absent') throw error
  }
}

/** Listens until the signal aborts or the line is lost; says nothing. */
export async function listenOnly(line: Line, signal: AbortSignal): Promise<void> {
  for (;;) await line.read(signal)
}
