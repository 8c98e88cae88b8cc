/** What a register is made with, and what it counts. */
import type { Chance } from './chance.ts'
import type { ClosedDocument, Owner, StoredDocument } from './documents.ts'
import type { DriveFacts } from './drive.ts'
import type { JackOptions } from './jack.ts'
import type { Model } from './model.ts'
import type { StreamManner } from './stream.ts'
import type { WireManner } from './wire.ts'

/** A drive to begin with or to put in. */
export interface DriveOptions extends Partial<Omit<DriveFacts, 'owner'>> {
  /** Default: the owner of the register. Another INN or address makes it another shop's drive. */
  readonly owner?: Partial<Owner>
  /** Documents it holds already, in place of a registration report dated now. Numbers need not begin at 1. */
  readonly documents?: readonly StoredDocument[]
  /** Wall clock of its registration report; default now. */
  readonly registeredAt?: string
  /** How many made-up receipts it holds already. */
  readonly receipts?: number
}

/** Every option has a default: a desktop register with a serial drive of one document, nothing wrong. */
export interface RegisterOptions {
  readonly model?: Partial<Model>
  /** 16 digits. */
  readonly serial?: string
  readonly systemPassword?: number
  readonly owner?: Partial<Owner>
  readonly drive?: DriveOptions
  readonly wire?: Partial<WireManner>
  readonly stream?: Partial<StreamManner>
  readonly frames?: JackOptions['frames']
  /** The number of the last executed numbered frame; 1 after power-on. */
  readonly frameNumber?: number
  readonly clients?: JackOptions['clients']
  /** `whole`: an answer glued to its ACK; `bytes`: one by one; `random`: cut anywhere. */
  readonly chop?: 'whole' | 'bytes' | 'random'
  readonly baud?: number | null
  /** How long a closed receipt is being printed; default 0. */
  readonly printMs?: number
  readonly operatorConfirms?: boolean
  readonly seed?: number
  /** Wall clock `YYYY-MM-DDTHH:MM:SS`; default Moscow time. */
  readonly clock?: () => string
  /** Milliseconds for gaps and printing; default `performance.now`. */
  readonly now?: () => number
  /** A file that remembers the drives. An existing one wins over `drive`. */
  readonly state?: string
  /** Told of every document as it is closed. */
  readonly closed?: (document: ClosedDocument) => unknown
}

/** What the register counted since it was made. */
export interface Counters {
  readonly bytesIn: number
  readonly bytesOut: number
  readonly connections: number
  /** By code in hex, upper case. */
  readonly commands: Readonly<Record<string, number>>
  readonly forbidden: number
  readonly disturbing: number
  readonly undrained: number
  readonly tillRefused: number
  readonly tillLongestWaitMs: number
  /** Every document closed, reports and those of the state file included. */
  readonly documents: number
  /** Receipts, BSO and corrections among them. */
  readonly receipts: number
}

/** The owner unless told otherwise. */
export const someOwner: Owner = {
  inn: '7701234568',
  registrationNumber: '0001234567012345',
  organisation: 'ООО «Магазин»',
  address: '101000, г. Москва, ул. Мясницкая, д. 1',
  place: 'Магазин «У дома»',
  taxation: 1,
  workMode: 0,
  cashier: 'Кассир Иванов',
  ffd: '1.05',
}

/** Moscow time, whatever the zone of this machine. */
export const moscowClock = () => new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 19)

/** Cuts what the register sends, as `RegisterOptions.chop` says. */
export function chopped(bytes: Uint8Array, how: 'whole' | 'bytes' | 'random', chance: Chance): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = how === 'whole' ? bytes.length : how === 'bytes' ? 1 : 1 + chance.whole(bytes.length)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}
