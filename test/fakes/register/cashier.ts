/** The till and its cashier: opens and closes receipts and shifts, puts in drives. The agent never does this. */
import { realDocument } from './archive.ts'
import { anySale, madeUpSale } from './baskets.ts'
import type { Chance } from './chance.ts'
import { composeReceipt, composeReport, type Numbers, renumber } from './compose.ts'
import type { ClosedDocument, LineToSell, Sale, StoredDocument } from './documents.ts'
import type { FiscalDrive } from './drive.ts'
import { cp866 } from './encoding.ts'
import type { Machine } from './machine.ts'

export interface CashierOptions {
  readonly machine: Machine
  readonly chance: Chance
  /** How long a closed receipt is being printed. */
  readonly printMs: number
  /** The operator confirms every document once the next one is closed. */
  readonly operatorConfirms: boolean
  readonly closed: (document: ClosedDocument) => void
}

/** How lively `startSelling` is. */
export interface Pace {
  /** Receipts a second. */
  readonly rate: number
  /** How long each receipt stands open before it is closed. */
  readonly openMs?: number
  /** Stop by itself after so many. */
  readonly count?: number
}

/** How soon a till tries again, and when it gives up waiting for mode 1. */
const retryMs = 20
const patienceMs = 5000

export class Cashier {
  readonly #options: CashierOptions
  readonly #machine: Machine
  #timer: NodeJS.Timeout | undefined

  constructor(options: CashierOptions) {
    this.#options = options
    this.#machine = options.machine
  }

  /** A receipt stands open: mode 8 until it is closed or abandoned. */
  openReceipt(sale: Sale = {}): void {
    this.#meetMode1()
    const { lines } = madeUpSale(this.#options.chance, this.#machine.owner)
    this.#machine.receipt = sale.real === undefined ? { lines, ...sale } : sale
  }

  abandonReceipt(): void {
    this.#machine.receipt = null
  }

  /** Closes the open receipt, or makes one from nothing; opens a shift first when none is open. */
  closeReceipt(sale: Sale = {}): ClosedDocument {
    const machine = this.#machine
    this.#meetMode1()
    const whole = { ...machine.receipt, ...sale }
    machine.receipt = null
    if (machine.drive.shiftOpenedAt === null) this.openShift()
    const document = this.#compose(whole)
    this.#count(document, whole)
    machine.printingUntil = machine.now() + this.#options.printMs
    return this.#keep(machine.drive, document)
  }

  openShift(): ClosedDocument {
    const shift = (this.#machine.drive.last?.shift ?? 0) + 1
    return this.#report(2, this.#machine.drive, shift)
  }

  closeShift(): ClosedDocument {
    for (const register of this.#machine.money.keys())
      if (register !== 241) this.#machine.money.delete(register)
    return this.#report(5, this.#machine.drive, this.#machine.drive.last?.shift ?? 0)
  }

  /** The report that ends a drive for ever. */
  closeDrive(): ClosedDocument {
    if (this.#machine.drive.shiftOpenedAt !== null) this.closeShift()
    return this.#report(6, this.#machine.drive, this.#machine.drive.last?.shift ?? 0)
  }

  /** Registers a drive; `reason` 1 of form 11 says that the old drive was replaced. */
  registerDrive(drive: FiscalDrive, type: 1 | 11, at?: string): ClosedDocument {
    return this.#report(type, drive, 0, at)
  }

  /**
   * Closes receipts on its own until stopped. A register that is off, in trouble or printing is waited for; so is
   * the end of mode 1, for five seconds, and how long that took is noted.
   */
  startSelling({ rate, openMs = 0, count = Number.POSITIVE_INFINITY }: Pace): void {
    this.stopSelling()
    const machine = this.#machine
    let left = count
    const later = (ms: number, then: () => void) => {
      this.#timer = setTimeout(then, ms)
    }
    const sell = () => {
      if (left <= 0) return
      if (!machine.ready) return later(retryMs, sell)
      if (machine.mode === 3) this.closeShift()
      if (openMs === 0) return close(machine.now())
      this.openReceipt(anySale(this.#options.chance, machine.owner))
      later(openMs, () => close(machine.now()))
    }
    const close = (since: number) => {
      const waited = machine.now() - since
      if (machine.mode === 1 && waited < patienceMs) return later(retryMs, () => close(since))
      machine.asked.tillLongestWaitMs = Math.max(machine.asked.tillLongestWaitMs, Math.round(waited))
      this.closeReceipt(openMs > 0 ? {} : anySale(this.#options.chance, machine.owner))
      left--
      later(1000 / rate, sell)
    }
    later(0, sell)
  }

  stopSelling(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #meetMode1(): void {
    if (this.#machine.mode === 1) this.#machine.asked.tillRefused++
  }

  #compose(sale: Sale): StoredDocument {
    const { drive, owner } = this.#machine
    const numbers = this.#numbers(drive, drive.last?.shift ?? 1, (drive.last?.receipt ?? 0) + 1)
    if (sale.real === undefined) {
      const lines: readonly LineToSell[] = sale.lines ?? madeUpSale(this.#options.chance, owner).lines
      return { ...composeReceipt(numbers, owner, { ...sale, lines }), source: null }
    }
    const { type, operation, total, lines, bodyHex, source } = realDocument(sale.real)
    const { number, time, sign, shift, receipt } = numbers
    const body = renumber(bodyHex, numbers, owner)
    return { number, type, time, sign, operation, total, shift, receipt, lines, body, source }
  }

  #numbers(drive: FiscalDrive, shift: number, receipt: number, time = this.#machine.clock()): Numbers {
    const storage = drive.facts.number
    const number = (drive.last?.number ?? 0) + 1
    return { storage, number, time, sign: signOf(`${storage}-${number}-${time}`), shift, receipt }
  }

  #report(type: number, drive: FiscalDrive, shift: number, at?: string): ClosedDocument {
    const inShift = type === 5 ? [...drive.documents].filter((each) => each.shift === shift) : []
    const body = composeReport(type, this.#numbers(drive, shift, 0, at), drive.facts.owner, {
      serial: this.#machine.serial,
      reason: 1,
      receipts: inShift.filter(({ receipt }) => receipt > 0).length,
      documents: inShift.length,
      unsent: drive.unsent().length,
    })
    return this.#keep(drive, { ...body, source: null })
  }

  #keep(drive: FiscalDrive, document: StoredDocument): ClosedDocument {
    drive.append(document)
    if (this.#options.operatorConfirms) drive.confirm(document.number - 1)
    const closed = { ...document, storage: drive.facts.number }
    this.#options.closed(closed)
    return closed
  }

  /** Cash registers go sale, purchase, sale return, purchase return: not the order of 1054. */
  #count({ operation, total }: StoredDocument, { electronic }: Sale): void {
    const group = [0, 2, 1, 3][(operation ?? 1) - 1] ?? 0
    const sum = total ?? 0
    const card = Math.min(electronic ?? sum, sum)
    const way = group === 0 || group === 3 ? 1 : -1
    const { money, operations } = this.#machine
    const add = (register: number, kopecks: number) =>
      money.set(register, Math.max(0, (money.get(register) ?? 0) + kopecks))
    add(121 + group, sum)
    add(193 + group, sum - card)
    add(197 + group, card)
    add(241, way * (sum - card))
    for (const register of [144 + group, 148 + group, 152])
      operations.set(register, (operations.get(register) ?? 0) + 1)
  }
}

/** A fiscal sign that depends on nothing but the document's key and time (FNV-1a). */
function signOf(key: string): number {
  return cp866(key).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5)
}
