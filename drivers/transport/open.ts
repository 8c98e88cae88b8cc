/** From an address to an open line. */
import { type Line, RegisterError } from '../contract.ts'
import { parseAddress } from './address.ts'
import { openHid } from './hid.ts'
import { openSerial } from './serial.ts'
import { openTcp } from './tcp.ts'

/**
 * Opens the line to the register at `address` (its form: `address.ts`). Closing it is the caller's duty. Throws
 * `RegisterError('lost')` when it cannot be opened now, `refused` for a wrong address, or the signal's reason.
 */
export function openLine(address: string, signal: AbortSignal): Promise<Line> {
  const parsed = parseAddress(address)
  switch (parsed.kind) {
    case 'serial':
      return openSerial(parsed, signal)
    case 'tcp':
      return openTcp(parsed, signal)
    case 'hid':
      return openHid(parsed, signal)
    case 'wrong':
      return Promise.reject(new RegisterError('refused', parsed.problem, { hint: parsed.hint }))
  }
}
