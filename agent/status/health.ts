/** The sentence of truth: the gravest trouble and what to do, or that all is well; and what else is wrong. */
import type { SiteMark } from '../bitrix/answer.ts'
import { type DiskFacts, diskFault } from '../disk.ts'
import type { DispatchView, WayView } from '../dispatch.ts'
import { leavingText, takeBackHint } from '../respite.ts'
import type { AuditNote } from '../sites.ts'
import { type Text, text } from '../text.ts'
import type { CountsStatus, RegisterStatus } from './snapshot.ts'

export interface Health {
  readonly colour: 'green' | 'amber' | 'red'
  readonly text: Text
  readonly hint: Text | null
  /** Where the status page shows more of it; absent: the doctor does. */
  readonly page?: '/parked' | '/receipts?state=waiting' | '/diagnostics'
}

/** All that is judged. */
export interface Judged {
  readonly registers: readonly RegisterStatus[]
  readonly delivery: DispatchView
  readonly outbox: CountsStatus
  readonly storageTrouble: Text | null
  readonly pageTrouble: Text | null
  readonly disk: DiskFacts | null
  /** Milliseconds. */
  readonly now: number
}

export const well: Health = {
  colour: 'green',
  text: text('Всё в порядке: чеки читаются и доставляются', 'All is well: receipts are read and delivered'),
  hint: null,
}

/** What is wrong, the gravest first, each once; empty = all is well. */
export function troublesOf(judged: Judged): Health[] {
  const red = [...needingSomebody(judged)].map((found): Colour => ({ ...found, colour: 'red' }))
  const amber = [...healing(judged)].map((found): Colour => ({ ...found, colour: 'amber' }))
  const together = new Map<string, { readonly found: Colour; readonly names: string[] }>()
  for (const found of [...red, ...amber]) {
    const key = JSON.stringify([found.colour, found.text.en, found.hint?.en])
    const { names } = together.get(key) ?? { names: [] }
    together.set(key, { found, names: found.of === null ? names : [...names, found.of] })
  }
  return [...together.values()].map(({ found: { of: _, ...health }, names }) =>
    names.length === 0 ? health : { ...health, text: prefixed(names.join(', '), health.text) },
  )
}

/** One trouble; `of`: the register that has it, told when several have the same. */
interface Found extends Omit<Health, 'colour'> {
  readonly of: string | null
}
type Colour = Found & Pick<Health, 'colour'>

function prefixed(names: string, { ru, en }: Text): Text {
  return text(`${names}: ${ru}`, `${names}: ${en}`)
}

/** What stays until a person does something. */
function* needingSomebody(judged: Judged): Generator<Found> {
  const { registers, delivery, disk } = judged
  for (const { name, trouble } of registers)
    if (trouble !== null && redKinds.has(trouble.kind)) yield { of: name, ...spoken(trouble) }
  const fault = disk === null ? null : diskFault(disk)
  if (fault?.isGrave) yield { of: null, ...spoken(fault) }
  for (const way of delivery.ways) if (way.state === 'stopped') yield ofWay(way, registers)
  const skewed = delivery.ways.find((way) => way.clockOffsetSeconds !== null)
  if (skewed !== undefined) yield wrongClock(skewed.clockOffsetSeconds ?? 0)
  for (const { name, site } of registers) if (site?.changed) yield otherSite(name, site, site.changed)
  for (const { name, held, outbox } of registers)
    if (held?.isRed && outbox.waiting > 0) yield { of: name, text: held.text, hint: auditHint }
  for (const { name, site } of registers) if (isAstray(site?.audit ?? null)) yield lacking(name, site?.audit)
}

const redKinds = new Set(['halted', 'stopped', 'refused', 'disk', 'conflict'])

/** What passes by itself, or may wait. */
function* healing(judged: Judged): Generator<Found> {
  const { registers, delivery, outbox, storageTrouble, pageTrouble, disk, now } = judged
  yield* ofLines(registers)
  for (const way of delivery.ways)
    if (way.state === 'waiting' && outbox.waiting > 0)
      yield { ...ofWay(answeredTo(way, delivery.ways), registers), of: nameIn(registers, way.register) }
  if (storageTrouble !== null) yield { of: null, text: storageTrouble, hint: null }
  const fault = disk === null ? null : diskFault(disk)
  if (fault?.isGrave === false) yield { of: null, ...spoken(fault) }
  for (const one of registers) if (one.pausedUntil !== null || one.leaving) yield released(one)
  const strangers = outbox.waiting - registers.reduce((sum, one) => sum + one.outbox.waiting, 0)
  if (strangers > 0) yield homeless(strangers)
  for (const one of registers) yield* ofWaiting(one, judged)
  for (const one of registers) yield* ofReading(one, now)
  if (outbox.parked > 0) yield parked(outbox.parked)
  if (pageTrouble !== null) yield unserved(pageTrouble)
}

/** A receipt that has waited so long has been refused more than once, whatever became of the others. */
const lateSeconds = 1800

/** Of a register whose way is in trouble, that has been said. */
function* ofWaiting({ name, outbox }: RegisterStatus, { registers, delivery }: Judged): Generator<Found> {
  const seconds = outbox.oldestWaitingSeconds ?? 0
  const way = delivery.ways.find(({ register }) => register === name)
  if (seconds < lateSeconds || (way !== undefined && way.state !== 'ready')) return
  yield { of: nameIn(registers, name), ...overdue(seconds) }
}

function* ofLines(registers: readonly RegisterStatus[]): Generator<Found> {
  for (const { name, trouble } of registers)
    if (trouble !== null && !redKinds.has(trouble.kind)) yield { of: name, ...spoken(trouble) }
  // Nobody knows yet whether it sells: that is not "all is well".
  for (const { name, trouble, line, pausedUntil } of registers)
    if (trouble === null && line !== 'connected' && pausedUntil === null)
      yield { of: name, text: connecting, hint: null }
}

const connecting = text('подключается', 'connecting')

/** Of one register: the reason rather than what follows from it. */
function* ofReading(register: RegisterStatus, now: number): Generator<Found> {
  const { state, stateSince, unreadSince, trouble } = register
  const unreadMs = unreadSince === null ? 0 : now - Date.parse(unreadSince)
  if (state?.kind === 'busy' && now - Date.parse(stateSince) >= longBusyMs)
    yield longBusy(register.name, state.text)
  else if (unreadMs >= longUnreadMs && (trouble === null || trouble.kind === 'conflict'))
    yield piledUp(register, unreadMs)
  if (register.unreadable.length > 0) yield unreadable(register)
}

function spoken({ text, hint }: Pick<Health, 'text' | 'hint'>): Pick<Health, 'text' | 'hint'> {
  return { text, hint }
}

/** With several registers it is said whose way it is: each has its own secret. */
function ofWay({ register, words, hint }: WayView, registers: readonly RegisterStatus[]): Found {
  return { of: nameIn(registers, register), text: words ?? stoppedText, hint }
}

/** A name tells nothing where there is only one. */
function nameIn(registers: readonly RegisterStatus[], name: string): string | null {
  return registers.length > 1 ? name : null
}

/** A way that was answered well waits for what its neighbour was told: they share a site, and it is spared. */
function answeredTo(way: WayView, ways: readonly WayView[]): WayView {
  const wasWell = ({ lastTriedAt, lastAcceptedAt }: WayView) =>
    lastTriedAt !== null && lastTriedAt === lastAcceptedAt
  if (!wasWell(way)) return way
  const neighbour = ways.find((one) => one.destination === way.destination && !wasWell(one))
  return neighbour ?? { ...way, words: sparedText, hint: null }
}

const sparedText = text(
  'Сайт не отвечает, попытки продолжаются',
  'The site does not answer; it is tried again',
)

const stoppedText = text('Сайт не принимает чеки', 'The site does not accept receipts')

/** On purpose, and over by itself; yet nothing is read meanwhile. Until when, `pausedUntil` says to who knows the clock. */
function released({ name, pausedUntil }: RegisterStatus): Found {
  const said = pausedUntil === null ? leavingText : letGo
  return { of: name, text: said, hint: takeBackHint(name), page: '/diagnostics' }
}

const letGo = text('порт отпущен', 'the port is let go of')

/** What only a person can put right; a number beyond the register's last counts when the register told it. */
function isAstray(audit: AuditNote | null): boolean {
  if (audit === null) return false
  const { notInBitrix = 0, unknownThere = 0 } = audit.gaps
  return notInBitrix > 0 || (audit.asked && unknownThere > 0)
}

function lacking(name: string, audit: AuditNote | null | undefined): Found {
  const { notInBitrix = 0, unknownThere = 0 } = audit?.gaps ?? {}
  const said =
    notInBitrix > 0
      ? text(
          `на сайте нет доставленных документов: ${notInBitrix}`,
          `${notInBitrix} delivered documents are not on the site`,
        )
      : text(
          `на сайте есть документы, которых касса не пробивала: ${unknownThere}`,
          `the site has ${unknownThere} documents that the register never made`,
        )
  return { of: name, text: said, hint: auditHint }
}

const auditHint = text('Сравните с сайтом: chekpost audit', 'Compare with the site: chekpost audit')

/** No receipt stays open for so long: what it sells meanwhile, the site does not know. */
const longBusyMs = 1_800_000

function longBusy(name: string, why: Text): Found {
  return {
    of: name,
    text: text(
      `касса занята больше получаса (${why.ru})`,
      `the register has been busy for over half an hour (${why.en})`,
    ),
    hint: text(
      'Закончите или отмените чек, вставьте бумагу; чеки читаются, когда касса свободна',
      'Finish or cancel the receipt, put paper in; receipts are read when the register is free',
    ),
  }
}

/** A till that rests at all is read within a minute and a little. */
const longUnreadMs = 180_000

function piledUp({ name, behind }: RegisterStatus, forMs: number): Found {
  const minutes = Math.floor(forMs / 60_000)
  return {
    of: name,
    text: text(
      `не прочитано документов: ${behind}, ни одного за ${minutes} мин`,
      `${behind} documents unread, none read for ${minutes} min`,
    ),
    hint: text(
      'Касса занята без пауз: прочитаются, как только она освободится хотя бы на несколько секунд. Если она свободна: chekpost doctor',
      'The till never rests: they are read as soon as it does for some seconds. If it does rest: chekpost doctor',
    ),
  }
}

/** Deliveries go on with the site's clock; the receipts' own time may be wrong as well, so a person must look. */
function wrongClock(offsetSeconds: number): Found {
  return {
    of: null,
    text: text(
      `Часы этого компьютера расходятся с сайтом на ${-offsetSeconds} с`,
      `This computer's clock is ${-offsetSeconds} s off the site's`,
    ),
    hint: text(
      'Поставьте верное время: timedatectl set-ntp true',
      'Set the right time: timedatectl set-ntp true',
    ),
  }
}

/** What is sold now is delivered; old receipts are not booked there by themselves. */
function otherSite(name: string, was: SiteMark, is: SiteMark): Found {
  const sameHost = was.host === is.host
  const [before, after] = sameHost ? [was.ledgerId, is.ledgerId] : [was.host, is.host]
  return {
    of: name,
    text: text(
      `отвечает другой приёмник: был ${before}, теперь ${after}`,
      `the receiver has changed: was ${before}, is ${after}`,
    ),
    hint: text(
      'Новые чеки доставляются. Если так и должно быть (переезд, новая установка): chekpost audit --accept-ledger',
      'New receipts are delivered. If it is as it should be (moved, installed anew): chekpost audit --accept-ledger',
    ),
  }
}

function overdue(seconds: number): Omit<Found, 'of'> {
  const minutes = Math.round(seconds / 60)
  return {
    text: text(
      `Чек не доставлен уже ${minutes} мин, попытки продолжаются`,
      `A receipt has not got through for ${minutes} min; it is tried again and again`,
    ),
    hint: text(
      'Причина: chekpost outbox ls --state waiting',
      'The reason: chekpost outbox ls --state waiting',
    ),
    page: '/receipts?state=waiting',
  }
}

function homeless(count: number): Found {
  return {
    of: null,
    text: text(
      `Ждут чеки (${count}) кассы, которой нет в настройках`,
      `${count} receipts wait of a register that is not in the config`,
    ),
    hint: text(
      'Верните кассу в настройки. Какие чеки: chekpost outbox ls --state waiting',
      'Put the register back into the config. Which receipts: chekpost outbox ls --state waiting',
    ),
    page: '/receipts?state=waiting',
  }
}

function unreadable({ name, unreadable }: RegisterStatus): Found {
  const numbers = unreadable.slice(0, 5).join(', ')
  return {
    of: name,
    text: text(`не читаются документы ${numbers}`, `documents ${numbers} cannot be read`),
    hint: text(
      `Чтение повторяется само. Подробно: chekpost read --fd ${unreadable[0]}`,
      `They are tried again. In detail: chekpost read --fd ${unreadable[0]}`,
    ),
  }
}

function parked(count: number): Found {
  return {
    of: null,
    text: text(`Отложено чеков: ${count}`, `Receipts set aside: ${count}`),
    hint: text('Причины: chekpost outbox ls --state parked', 'Reasons: chekpost outbox ls --state parked'),
    page: '/parked',
  }
}

/** Receipts come first: it is the last to be told. */
function unserved(why: Text): Found {
  return {
    of: null,
    text: text(`Страница состояния не открывается: ${why.ru}`, `The status page cannot be served: ${why.en}`),
    hint: text('Чеки это не задерживает', 'Receipts are not held up'),
  }
}
