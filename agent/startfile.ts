/**
 * Two small files beside the outbox, for the day when the outbox is lost.
 *
 * `start.json` says where reading of every fiscal drive began: written, and known to the disk, before the drive is
 * written into the outbox. `instance.json` names this installation; it is written last of all at the first start,
 * so that its being there proves that an outbox has been here.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Outbox, Storage } from './outbox.ts'
import { replaceFile } from './store/durable.ts'
import { asStoreError, codeOf } from './store/faults.ts'

/** What `start.json` told; `damaged` when it cannot be understood. */
export interface StartFile {
  readonly state: 'read' | 'absent' | 'damaged'
  /** It was once gone together with the outbox: drives may have begun that it does not name. */
  readonly lost: boolean
  readonly drives: readonly Storage[]
}

const Drive = z.object({
  storage: z.string().min(1),
  register: z.string().min(1),
  first: z.int().min(1),
  why: z.enum(['now', 'first', 'number', 'successor', 'start-file', 'ledger', 'person']),
  serial: z.string().nullable().default(null),
  inn: z.string().nullable().default(null),
  address: z.string().nullable().default(null),
  debug: z.boolean().default(false),
  seenAt: z.int().default(0),
})

const Start = z.object({ version: z.literal(1), lost: z.boolean().default(false), drives: z.array(Drive) })

function startPath(stateDir: string): string {
  return join(stateDir, 'start.json')
}

/** Reads `start.json`; one that makes no sense is `damaged`, never an error. */
export function readStartFile(stateDir: string): StartFile {
  const found = readJson(startPath(stateDir), Start)
  if (typeof found === 'string') return { state: found, lost: false, drives: [] }
  return { state: 'read', lost: found.lost, drives: found.drives }
}

/** Writes down where these drives begin, beside all that is there. Throws `StoreError`. */
export function writeStarts(stateDir: string, drives: readonly Storage[], isLost = false): void {
  const path = startPath(stateDir)
  const { state, lost, drives: before } = readStartFile(stateDir)
  const byStorage = new Map([...before, ...drives].map((drive) => [drive.storage, drive]))
  try {
    if (state === 'damaged') renameSync(path, `${path}.damaged`)
    const content = { version: 1, lost: lost || isLost, drives: [...byStorage.values()] }
    replaceFile(path, `${JSON.stringify(content, null, 2)}\n`)
  } catch (error) {
    throw asStoreError(error)
  }
}

/** Begins a drive: first in `start.json`, then in the outbox, so that losing the latter cannot lose the beginning. */
export function beginDrive(stateDir: string, outbox: Outbox, storage: Storage): void {
  writeStarts(stateDir, [storage])
  outbox.beginStorage(storage)
}

/**
 * Writes what the outbox knows and `start.json` does not: a lost or damaged file heals. `isLost`: both were gone,
 * which stays written until a person removes it.
 */
export function mendStartFile(stateDir: string, outbox: Outbox, isLost: boolean): void {
  const { state, lost, drives } = readStartFile(stateDir)
  const written = new Map(drives.map((drive) => [drive.storage, drive]))
  const unwritten = outbox.storages().filter(({ storage, first, register }) => {
    const there = written.get(storage)
    return there?.first !== first || there.register !== register
  })
  if (state !== 'read' || unwritten.length > 0 || (isLost && !lost)) writeStarts(stateDir, unwritten, isLost)
}

const Instance = z.object({ version: z.literal(1), id: z.string().min(16), machine: z.string() })

/** Who we are towards the site. */
export interface Instance {
  /** Random, and the hash of this machine: a disk copied into another PC tells itself apart. */
  readonly id: string
  /** The file was written on another machine. */
  readonly moved: boolean
}

/** What tells this computer from every other: the content of /etc/machine-id, or nothing. */
export function machineId(): string {
  const path = '/etc/machine-id'
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function instancePath(stateDir: string): string {
  return join(stateDir, 'instance.json')
}

/** True when an installation has been here, whatever is left of it. */
export function wasInstalled(stateDir: string): boolean {
  return readJson(instancePath(stateDir), Instance) !== 'absent'
}

/** The name of this installation as `instance.json` has it; empty when there is none yet. Never writes. */
export function readInstance(stateDir: string, machineId: string): string {
  const known = readJson(instancePath(stateDir), Instance)
  return typeof known === 'string' ? '' : `${known.id}.${hashOf(machineId)}`
}

/** Reads `instance.json` or writes it. `machineId` is the content of /etc/machine-id; it is kept as a hash only. */
export function openInstance(
  stateDir: string,
  machineId: string,
  newId: () => string = randomUUID,
): Instance {
  const machine = hashOf(machineId)
  const known = readJson(instancePath(stateDir), Instance)
  if (typeof known !== 'string') return { id: `${known.id}.${machine}`, moved: known.machine !== machine }
  const id = newId()
  try {
    replaceFile(instancePath(stateDir), `${JSON.stringify({ version: 1, id, machine })}\n`)
  } catch (error) {
    throw asStoreError(error)
  }
  return { id: `${id}.${machine}`, moved: false }
}

function hashOf(machineId: string): string {
  return createHash('sha256').update(`chekpost ${machineId.trim()}`).digest('hex').slice(0, 16)
}

/** The content, or why there is none. Anything but a file that is not there counts as `damaged`. */
function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): z.infer<Schema> | 'absent' | 'damaged' {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : 'damaged'
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'absent' : 'damaged'
  }
}
