/** Inputs to begin with, out of the tests' own fixtures. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromHex } from '../../drivers/bytes.ts'
import { root } from './corpus.ts'

const folder = () => join(root(), 'test', 'fixtures')

/** The texts of every file in a folder of the fixtures. */
export function textsIn(name: string, ending: string): string[] {
  const place = join(folder(), name)
  return readdirSync(place)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => readFileSync(join(place, file), 'utf8'))
}

/** One file, by its path in the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root(), path), 'utf8')
}

/** Every value of a key in JSON that is hex, wherever it stands. */
export function hexUnder(key: string, json: string): Uint8Array[] {
  const pattern = new RegExp(`"${key}"\\s*:\\s*"([0-9a-fA-F\\s]+)"`, 'g')
  return [...json.matchAll(pattern)].flatMap((match) => fromHex(match[1] ?? '') ?? [])
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes as text, whatever they are, as a file would be read. */
export function textFrom(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}
