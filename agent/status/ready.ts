/**
 * Whether this installation does its work, for `/readyz`: are the registers there, can the disk be written, do receipts
 * get through. Reckoned from what is known already; nothing is asked for it.
 */

import { type DiskFacts, diskFault } from '../disk.ts'
import { type Text, text } from '../text.ts'
import type { RegisterStatus, Snapshot } from './snapshot.ts'

/** One thing that was looked at; `name` is for programs. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly text: Text
}

/** 200 when `ok`, else 503. */
export interface Readiness {
  readonly ok: boolean
  readonly checks: readonly Check[]
}

/** How patient readiness is. */
export interface ReadyLimits {
  /** How long a register may be away, seconds: a till that is rebooted is no alarm. */
  readonly lostSeconds: number
  /** How long a receipt may wait while none gets through, or lie in the register while none is read, seconds. */
  readonly silentSeconds: number
}

const patience: ReadyLimits = {
  lostSeconds: 300,
  silentSeconds: 900,
}

/** One check for each register, then `disk` and `delivery`. */
export function readiness(
  snapshot: Snapshot,
  disk: DiskFacts | null,
  limits: ReadyLimits = patience,
): Readiness {
  const now = Date.parse(snapshot.at)
  if (snapshot.unopened)
    return { ok: false, checks: [{ name: 'disk', ok: false, text: snapshot.health.text }] }
  const checks = [
    ...snapshot.registers.map((register) => checkRegister(register, now, limits)),
    checkDisk(snapshot, disk),
    checkDelivery(snapshot, now, limits),
  ]
  return { ok: checks.every(({ ok }) => ok), checks }
}

function checkRegister(
  register: RegisterStatus,
  now: number,
  { lostSeconds, silentSeconds }: ReadyLimits,
): Check {
  const { line, lineSince, pausedUntil, trouble, state, unreadSince, behind } = register
  const name = `register/${register.name}`
  if (trouble?.kind === 'halted') return { name, ok: false, text: trouble.text }
  if (pausedUntil !== null && Date.parse(pausedUntil) > now)
    return { name, ok: true, text: text('порт отдан на время', 'its port is let go of for a while') }
  if (line === 'connected') {
    if (state?.kind === 'stopped') return { name, ok: false, text: state.text }
    const unread = unreadSince === null ? 0 : secondsSince(unreadSince, now)
    if (unread > silentSeconds) return { name, ok: false, text: pilingUp(behind, unread) }
    if (state?.kind === 'busy') return { name, ok: true, text: state.text }
    return { name, ok: true, text: text('касса на связи', 'the register is connected') }
  }
  const away = secondsSince(lineSince, now)
  const why = trouble?.text ?? text('ищем кассу', 'the register is looked for')
  return {
    name,
    ok: away <= lostSeconds,
    text: text(`${why.ru} (${away} с)`, `${why.en} (${away} s)`),
  }
}

function pilingUp(behind: number, seconds: number): Text {
  const minutes = Math.floor(seconds / 60)
  return text(
    `не прочитано ${behind}, ни одного за ${minutes} мин`,
    `${behind} unread, none read for ${minutes} min`,
  )
}

function checkDisk({ registers }: Snapshot, disk: DiskFacts | null): Check {
  const said = (ok: boolean, words: Text): Check => ({ name: 'disk', ok, text: words })
  const failing = registers.find(({ trouble }) => trouble?.kind === 'disk')?.trouble
  if (failing) return said(false, failing.text)
  if (disk === null) return said(false, text('диск ещё не проверен', 'the disk was not looked at yet'))
  const fault = diskFault(disk)
  if (fault !== null) return said(false, fault.text)
  const free = Math.floor(disk.freeBytes / 1024 / 1024)
  return said(true, text(`на диске свободно ${free} МБ`, `${free} MB free`))
}

/** A stopped way needs a person at once; a site that is only slow gets its time. */
function checkDelivery({ delivery, outbox }: Snapshot, now: number, { silentSeconds }: ReadyLimits): Check {
  const name = 'delivery'
  const stopped = delivery.ways.find(({ state }) => state === 'stopped')
  if (stopped !== undefined)
    return {
      name,
      ok: false,
      text: stopped.words ?? text('сайт не принимает чеки', 'the site does not accept receipts'),
    }
  const { oldestWaitingSeconds, lastAcceptedAt, waiting } = outbox
  const waits = oldestWaitingSeconds ?? 0
  const silent = lastAcceptedAt === null ? waits : Math.min(waits, secondsSince(lastAcceptedAt, now))
  if (silent > silentSeconds)
    return {
      name,
      ok: false,
      text: text(
        `ждут ${waiting}, ни один не доставлен за ${Math.floor(silent / 60)} мин`,
        `${waiting} wait, none got through for ${Math.floor(silent / 60)} min`,
      ),
    }
  if (waiting > 0) return { name, ok: true, text: text(`ждут: ${waiting}`, `${waiting} wait`) }
  return { name, ok: true, text: text('всё доставлено', 'all is delivered') }
}

function secondsSince(iso: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(iso)) / 1000))
}
