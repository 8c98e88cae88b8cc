/** The captured exchanges of `test/fixtures/shtrih/captures.json`. */
import { fromHex } from '../../../drivers/bytes.ts'
import captures from '../../fixtures/shtrih/captures.json' with { type: 'json' }

export interface Capture {
  readonly exchange: string
  readonly direction: string
  readonly layer: string
  readonly hex: string
  readonly decoded: Readonly<Record<string, unknown>>
}

export const captured: readonly Capture[] = captures.vectors.map((vector) => ({
  ...vector,
  decoded: 'decoded' in vector && vector.decoded !== undefined ? { ...vector.decoded } : {},
}))

export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === null) throw new Error(`not hex: ${hex}`)
  return bytes
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}

export function wayOf({ direction }: Capture): '>' | '<' {
  return direction === 'host->kkt' ? '>' : '<'
}
