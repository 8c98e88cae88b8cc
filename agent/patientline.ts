/** Opening a line where somebody, often we ourselves, was connected a moment ago. */
import { type Line, openLine, pause, RegisterError } from '../drivers/index.ts'
import { codeOf } from './store/faults.ts'

const leavingMs = 1_000

/** As `openLine`, tried once more after a second when a register with one place hangs up at once. */
export async function openPatiently(address: string, signal: AbortSignal): Promise<Line> {
  try {
    return await openLine(address, signal)
  } catch (error) {
    if (!isHungUp(error)) throw error
    await pause(leavingMs, signal)
    return await openLine(address, signal)
  }
}

/** It was there and closed the connection: its only place is taken. */
export function isHungUp(error: unknown): boolean {
  return error instanceof RegisterError && codeOf(error.cause) === 'ECONNRESET'
}
