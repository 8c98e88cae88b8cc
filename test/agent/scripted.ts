/** A register of plain answers and its drive, for tests of what follows it. */
import type { Storage } from '../../agent/outbox.ts'
import type { Identity, RawDocument, Register, RegisterState } from '../../drivers/index.ts'

export const fn = '9280000000000001'
const identity: Identity = {
  model: 'a register',
  firmware: null,
  serial: '1',
  registrationNumber: null,
  inn: null,
  organisation: null,
  address: null,
  storage: fn,
  debugStorage: false,
  storageExpires: null,
}
export const drive: Storage = {
  storage: fn,
  register: 'till-1',
  first: 1,
  why: 'first',
  serial: '1',
  inn: null,
  address: null,
  debug: false,
  seenAt: 0,
}
const idle: RegisterState = { kind: 'idle' }
export const busy = {
  kind: 'busy',
  text: { ru: 'чек открыт', en: 'a receipt is open' },
} as const satisfies RegisterState

/** A register whose answers a test scripts, and which writes down what it was asked. */
export class Scripted implements Register {
  readonly identity = identity
  readonly asked: string[] = []
  state_: () => RegisterState = () => idle
  newest_ = 0
  storage_ = fn
  read: (number: number) => RawDocument = document

  state(): Promise<RegisterState> {
    const state = this.state_()
    this.asked.push(`state ${state.kind}`)
    return Promise.resolve(state)
  }
  newest(): Promise<{ storage: string; number: number }> {
    this.asked.push('newest')
    return Promise.resolve({ storage: this.storage_, number: this.newest_ })
  }
  readDocument(number: number): Promise<RawDocument> {
    this.asked.push(`read ${number}`)
    return Promise.resolve().then(() => this.read(number))
  }
}

/** A receipt of two bytes; nobody decodes it here. */
export function document(number: number): RawDocument {
  return { storage: fn, number, type: 3, bytes: Uint8Array.of(1, number), summary: null, remarks: [] }
}
