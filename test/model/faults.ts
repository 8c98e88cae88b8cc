/**
 * A database that fails when told: at the n-th statement of a transaction, right before its commit or right after
 * it; or that runs into a disk that is really full. A failure is either an error of SQLite or the end of the process.
 */
import type { Database } from '../../agent/store/database.ts'

export const points = ['statement', 'beforeCommit', 'afterCommit'] as const
export type Point = (typeof points)[number]

export const effects = ['crash', 'full', 'io', 'busy'] as const
export type FaultEffect = (typeof effects)[number]

export interface Fault {
  readonly point: Point
  readonly effect: FaultEffect
  /** Which statement of the transaction, from 1; a transaction with fewer fails at none. */
  readonly nth: number
  /** How many transactions go well before. */
  readonly skip: number
}

/** The process is dead: nothing that it would still do counts. */
export class Crashed extends Error {
  override readonly name = 'Crashed'
}

const codes = { full: 'SQLITE_FULL', io: 'SQLITE_IOERR_WRITE', busy: 'SQLITE_BUSY' } as const

export class FaultyDisk {
  #armed: Fault | null = null
  /** The fault that struck last, and how many have. */
  struck: Fault | null = null
  strikes = 0
  readonly #crash: () => void
  #statements = 0
  #passed = 0

  /** `crash` is called at the very moment: what is on the disk then is what is left. */
  constructor(crash: () => void) {
    this.#crash = crash
  }

  /** Null: nothing goes wrong. */
  arm(fault: Fault | null): void {
    this.#armed = fault
    this.#passed = 0
  }

  /** The same database, with the faults. */
  around(database: Database): Database {
    return new Proxy(database, {
      get: (target, name) => {
        if (name === 'transaction')
          return (work: (...given: unknown[]) => unknown) => ({ immediate: this.#commit(target, work) })
        if (name === 'prepare') return (sql: string) => this.#statement(target.prepare(sql))
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }

  #commit(database: Database, work: (...given: unknown[]) => unknown): (...given: unknown[]) => unknown {
    const inside = database.transaction((...given: unknown[]) => {
      this.#statements = 0
      const result = work(...given)
      this.#at('beforeCommit')
      return result
    })
    return (...given) => {
      const result = inside.immediate(...given)
      this.#at('afterCommit')
      this.#passed++
      return result
    }
  }

  #statement<Prepared extends object>(statement: Prepared): Prepared {
    return new Proxy(statement, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name !== 'run') return member.bind(target)
        return (...values: unknown[]) => {
          this.#statements++
          this.#at('statement')
          return member.apply(target, values)
        }
      },
    })
  }

  #at(point: Point): void {
    const fault = this.#armed
    if (fault === null || fault.point !== point || this.#passed < fault.skip) return
    if (point === 'statement' && fault.nth !== this.#statements) return
    this.#armed = null
    this.struck = fault
    this.strikes++
    if (fault.effect !== 'crash') throw Object.assign(new Error('as told'), { code: codes[fault.effect] })
    this.#crash()
    throw new Crashed('the process was killed')
  }
}
