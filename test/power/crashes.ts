/**
 * A disk that keeps what was synced and owes nothing else. Of the writes since a file's last sync a power cut leaves
 * any part, in any order, torn at 512 bytes; of the names made, changed and removed since the folder's last sync it
 * leaves the first so many, as a journal does.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Chance } from '../fakes/register/chance.ts'
import type { Announced } from './facts.ts'
import type { Change, Naming, Step, Write } from './trace.ts'

const sector = 512

/** What becomes of the writes that nobody synced: all gone, all there, the first few, any of them, any sector. */
export const fates = ['none', 'all', 'first', 'any', 'torn'] as const
export type Fate = (typeof fates)[number]

interface Inode {
  synced: Buffer
  pending: Change[]
}

export class CrashDisk {
  readonly facts: Announced[] = []
  readonly #neverSyncs: RegExp
  #names = new Map<string, Inode>()
  #syncedNames = new Map<string, Inode>()
  #pendingNames: { readonly step: Naming; readonly inode: Inode | undefined }[] = []

  /** `neverSyncs`: files whose syncs are taken for nothing, for a control. */
  constructor(neverSyncs = /^$/) {
    this.#neverSyncs = neverSyncs
  }

  apply(step: Step): void {
    if (step.kind === 'announce') this.facts.push(step.fact)
    else if (step.kind === 'syncFolder') {
      this.#syncedNames = new Map(this.#names)
      this.#pendingNames = []
    } else if (step.kind === 'sync') this.#sync(step.file)
    else if (step.kind === 'write' || step.kind === 'truncate') this.#inode(step.file).pending.push(step)
    else this.#name(step)
  }

  /** Writes into `folder` what a power cut now may leave. */
  leave(folder: string, fate: Fate, chance: Chance): void {
    const names = new Map(this.#syncedNames)
    const kept = fate === 'none' ? 0 : fate === 'all' ? Infinity : chance.whole(this.#pendingNames.length + 1)
    for (const { step, inode } of this.#pendingNames.slice(0, kept)) rename(names, step, inode)
    for (const [name, inode] of names) writeFileSync(join(folder, name), contentOf(inode, fate, chance))
  }

  #sync(file: string): void {
    if (this.#neverSyncs.test(file)) return
    const inode = this.#inode(file)
    inode.synced = inode.pending.reduce(applied, inode.synced)
    inode.pending = []
  }

  #name(step: Naming): void {
    const inode =
      step.kind === 'create' ? { synced: Buffer.alloc(0), pending: [] } : this.#names.get(step.file)
    this.#pendingNames.push({ step, inode })
    rename(this.#names, step, inode)
  }

  #inode(file: string): Inode {
    const inode = this.#names.get(file)
    if (inode === undefined) throw new Error(`${file} was never made`)
    return inode
  }
}

function rename(names: Map<string, Inode>, step: Naming, inode: Inode | undefined): void {
  if (step.kind !== 'create') names.delete(step.file)
  if (inode === undefined || step.kind === 'unlink') return
  names.set(step.kind === 'rename' ? step.to : step.file, inode)
}

function contentOf({ synced, pending }: Inode, fate: Fate, chance: Chance): Buffer {
  if (fate === 'none') return synced
  const first = fate === 'first' ? chance.whole(pending.length + 1) : pending.length
  const isKept = () => fate === 'all' || fate === 'first' || chance.happens(0.5)
  return pending
    .slice(0, first)
    .flatMap((step): Change[] => (fate === 'torn' && step.kind === 'write' ? sectorsOf(step) : [step]))
    .filter(isKept)
    .reduce(applied, synced)
}

function sectorsOf(step: Write): Write[] {
  const pieces: Write[] = []
  for (let from = 0; from < step.bytes.length; ) {
    const until = Math.min(step.bytes.length, from + sector - ((step.at + from) % sector))
    pieces.push({ ...step, at: step.at + from, bytes: step.bytes.subarray(from, until) })
    from = until
  }
  return pieces
}

function applied(content: Buffer, step: Change): Buffer {
  const size = step.kind === 'truncate' ? step.size : Math.max(content.length, step.at + step.bytes.length)
  const next = Buffer.alloc(size)
  content.copy(next)
  if (step.kind === 'write') step.bytes.copy(next, step.at)
  return next
}
