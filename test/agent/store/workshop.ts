/** A folder, an outbox in it, and documents to keep: what the tests of the outbox stand on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { NewDocument, Outbox, Settlement, Storage } from '../../../agent/outbox.ts'
import { openOutbox } from '../../../agent/store/open.ts'

export const drive = '9999078900001234'
export const t0 = Date.parse('2026-08-21T10:00:00Z')
export const none: ReadonlySet<string> = new Set()

/** A folder of its own that goes when the test ends. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'outbox-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Opened on `path` (default: a new folder) and closed when the test ends. */
export function opened(path = join(folder(), 'outbox.db')): Outbox {
  const outbox = openOutbox(path)
  onTestFinished(() => outbox[Symbol.dispose]())
  return outbox
}

export function storage(changes: Partial<Storage> = {}): Storage {
  return {
    storage: drive,
    register: 'till-1',
    first: 1,
    why: 'first',
    serial: '0001',
    inn: '7700000000',
    address: 'Москва',
    debug: false,
    seenAt: t0,
    ...changes,
  }
}

/** A receipt whose bytes follow from its number. */
export function receipt(number: number, changes: Partial<NewDocument> = {}): NewDocument {
  return {
    storage: drive,
    number,
    register: 'till-1',
    type: 3,
    format: 'tlv',
    bytes: new Uint8Array(Buffer.from(`receipt ${number}`)),
    summary: {
      time: '2026-08-21T13:00:00',
      sign: String(1_000_000 + number),
      operation: 1,
      total: 100,
      delivered: null,
    },
    source: 'register',
    owed: true,
    ...changes,
  }
}

/** A number that the drive does not know. */
export function absent(number: number, changes: Partial<NewDocument> = {}): NewDocument {
  return receipt(number, {
    type: null,
    format: 'absent',
    bytes: null,
    summary: null,
    owed: false,
    ...changes,
  })
}

export const accepted: Settlement = {
  outcome: 'accepted',
  why: null,
  settled: true,
  dueAt: null,
  answer: '{"state":"booked"}',
}
export const parked: Settlement = {
  outcome: 'park',
  why: 'no such product',
  settled: false,
  dueAt: null,
  answer: null,
}

export function retryAt(dueAt: number): Settlement {
  return { outcome: 'retry', why: 'timeout', settled: false, dueAt, answer: null }
}

export function numbers(documents: readonly { readonly number: number }[]): number[] {
  return documents.map(({ number }) => number)
}
