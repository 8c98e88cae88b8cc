/** Small rules of the expected world: who is meant, what an answer says, what may be aged. */
import assert from 'node:assert/strict'
import type { Selection, StateSought } from '../../agent/outbox.ts'
import type { AnswerName, answers, Effect } from './answers.ts'
import { type Drive, drives, type Till, tills, top } from './documents.ts'
import type { Row } from './expected.ts'
import type { Held } from './site.ts'

/** A document that holds more replaces one that holds less. */
export const rank = { absent: 0, summary: 1, whole: 2 } as const

/** What keeping must answer. */
export function resultOf(there: Row | undefined, how: 'whole' | 'summary' | 'absent' | 'forged') {
  if (there === undefined) return 'kept'
  if (how === 'forged') return 'conflict'
  return how === 'whole' && there.holds !== 'whole' ? 'filled' : 'known'
}

/** The drive of a step. */
export function driveAt(index: number): Drive {
  const drive = drives[index]
  assert.ok(drive)
  return drive
}

/** Whose request it is; the signature has proved it. */
export function tillOf({ register }: Held): Till {
  const till = tills.find((one) => register === `shop-12/${one}`)
  assert.ok(till, `${register} is nobody`)
  return till
}

/** What an acknowledgement of this state must mean. */
export function effectOf(state: string | null): Effect {
  if (state === 'parked') return 'acceptedParked'
  return state === 'ignored' ? 'ignored' : 'accepted'
}

/** Not before which time the document may come again: at most an hour is believed. */
export function retryAfterOf(
  how: (typeof answers)[AnswerName]['how'],
  at: number,
  now: number,
): number | null {
  if (typeof how !== 'object' || !('retryAfter' in how)) return null
  const named = how.retryAfter === 'date' ? Math.floor(at / 1000) * 1000 : at
  return named <= now ? null : Math.min(named, now + 3_600_000)
}

/** A person's selection, of what can be sent again at all. */
export function isSelected(row: Row, { storage, register, fromNumber, toNumber, state }: Selection): boolean {
  const { drive, number } = row.truth
  if (row.state === 'none' || row.bytes === 'empty') return false
  if (storage !== undefined && storage !== drive.storage) return false
  if (register !== undefined && register !== drive.till) return false
  if (state !== undefined && !isSought(row, state)) return false
  return number >= (fromNumber ?? 0) && number <= (toNumber ?? top)
}

/** The model's `accepted` is whatever is settled; people tell three kinds of it. */
function isSought({ state, outcome }: Row, sought: StateSought): boolean {
  if (state !== 'accepted') return state === sought
  const isOther = outcome === 'acceptedParked' || outcome === 'ignored'
  return sought === 'settled' || sought === (isOther ? outcome : 'accepted')
}

/** Delivered, or owed to nobody and read, before that time: only then anything may go. */
export function isFinished(row: Row, than: number): boolean {
  if (row.holds !== 'whole' || row.readAt >= than) return false
  return row.state === 'none' || (row.state === 'accepted' && row.settledAt < than)
}
