/** What the sample receiver tells of the documents that have arrived: ranges of numbers, drive by drive, in pieces. */
import type { Body, Verdict } from './booking.ts'
import type { Entry, Ledger } from './ledger.ts'

/** A question about the ledger, as far as it is one. */
type Question = Body & { readonly fn?: string; readonly from?: number }

interface Known {
  readonly fd: number
  readonly parked: boolean
}

/** Answers with at most `piece` ranges; a drive that was cut says where to go on. */
export function ledgerAnswer(body: Question, ledger: Ledger, host: string, piece: number): Verdict {
  const { eventId, from = 1, register } = body
  const drives = new Map<string, Known[]>()
  for (const entry of ledger.entries.values()) {
    const { fn, fd } = keyOf(entry)
    if (entry.register !== register.id || (body.fn ?? fn) !== fn) continue
    drives.set(fn, [...(drives.get(fn) ?? []), { fd, parked: entry.state === 'parked' }])
  }
  const room = { left: piece }
  const told = [...drives].sort().map(([fn, known]) => {
    const all = known.sort((a, b) => a.fd - b.fd)
    const facts = { fn, count: all.length, first: all[0]?.fd, last: all.at(-1)?.fd }
    return { ...facts, ...cut(all, from, room) }
  })
  const more = told.some(({ next }) => next !== null)
  return { status: 200, answer: { eventId, state: 'ignored', ledgerId: ledger.id, host, drives: told, more } }
}

function cut(known: readonly Known[], from: number, room: { left: number }) {
  const ranges: [number, number][] = []
  const parked: number[] = []
  for (const { fd, parked: isParked } of known.filter(({ fd }) => fd >= from)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === fd - 1) last[1] = fd
    else if (room.left === 0) return { ranges, parked, dismissed: [], next: fd }
    else {
      room.left--
      ranges.push([fd, fd])
    }
    if (isParked) parked.push(fd)
  }
  return { ranges, parked, dismissed: [], next: null }
}

function keyOf({ key }: Entry): { fn: string; fd: number } {
  const [, fn = '', fd = '0'] = /^FN(\d{16})-FD(\d+)$/.exec(key) ?? []
  return { fn, fd: Number(fd) }
}
