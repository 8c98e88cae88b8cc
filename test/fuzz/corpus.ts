/** Inputs kept on disk, one file each, named by what is in it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const place = 'test/fuzz/corpus'

/** The repository's folder, from the sources and from the compiled tree alike. */
export function root(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'package.json'))) {
    if (dirname(at) === at) throw new Error(`no package.json above ${import.meta.url}`)
    at = dirname(at)
  }
  return at
}

/** Every kept input of a target, in the order of their names. */
export function readCorpus(target: string): Uint8Array[] {
  const folder = join(root(), place, target)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((name) => new Uint8Array(readFileSync(join(folder, name))))
}

/** Puts these in place of the target's inputs. */
export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  const folder = join(root(), place, target)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const input of inputs) writeFileSync(join(folder, nameOf(input)), input)
}

/** The first twelve digits of its SHA-256. */
export function nameOf(input: Uint8Array): string {
  return `${createHash('sha256').update(input).digest('hex').slice(0, 12)}.bin`
}
