/** What is true right now, as one object: what `status --json` prints and the page shows. */
import type { SiteMark } from '../bitrix/answer.ts'
import type { DispatchView } from '../dispatch.ts'
import type { HourCount } from '../journal.ts'
import type { LastDocument } from '../lastdocument.ts'
import type { Outbox, OutboxCounts } from '../outbox.ts'
import type { ProgressView } from '../progress.ts'
import type { Held } from '../rebuilt.ts'
import { leavingText, takeBackHint } from '../respite.ts'
import type { AuditNote, SiteMemory } from '../sites.ts'
import { type Text, text } from '../text.ts'
import type { RegisterView, Trouble } from '../view.ts'

/** Times are ISO 8601 in UTC, ages are seconds. */
export interface Snapshot {
  readonly at: string
  readonly version: string
  readonly instance: string
  readonly startedAt: string
  readonly health: Health
  readonly registers: readonly RegisterStatus[]
  readonly delivery: DispatchView
  readonly outbox: CountsStatus
  /** The outbox file's own troubles (set aside, being checked), or null. */
  readonly storageTrouble: Text | null
  /** Read and delivered in the last 24 hours, oldest first; empty when nobody counts them. */
  readonly hours: readonly HourCount[]
  /** Long work that is under way. */
  readonly work: readonly ProgressView[]
}

/** One sentence of truth: the gravest trouble and what to do, or that all is well. */
export interface Health {
  readonly colour: 'green' | 'amber' | 'red'
  readonly text: Text
  readonly hint: Text | null
  /** Where the status page shows more of it; absent: the doctor does. */
  readonly page?: '/parked' | '/receipts?state=waiting' | '/diagnostics'
}

export interface RegisterStatus
  extends Omit<RegisterView, 'lineSince' | 'stateSince' | 'trouble' | 'pausedUntil' | 'unreadSince'> {
  readonly pausedUntil: string | null
  readonly unreadSince: string | null
  /** The newest kept document; null before the first. */
  readonly last: LastDocument | null
  readonly stateSince: string
  readonly lineSince: string
  readonly trouble: (Omit<Trouble, 'since'> & { since: string }) | null
  readonly outbox: CountsStatus
  /** The ledger that its receipts go into, and how the last comparison with it ended; null before the first answer. */
  readonly site: SiteMemory | null
  /** After a loss of the outbox: why what was sold before is held back. */
  readonly held: Held | null
}

export interface CountsStatus
  extends Omit<OutboxCounts, 'oldestWaitingAt' | 'lastReadAt' | 'lastAcceptedAt'> {
  readonly oldestWaitingAt: string | null
  readonly oldestWaitingSeconds: number | null
  readonly lastReadAt: string | null
  readonly lastAcceptedAt: string | null
}

/** What a snapshot is taken of. */
export interface Subject {
  readonly version: string
  readonly instance: string
  readonly startedAt: number
  readonly views: readonly RegisterView[]
  readonly dispatch: () => DispatchView
  readonly outbox: Outbox
  readonly storageTrouble: () => Text | null
  /** Why the status page is not served. */
  readonly pageTrouble?: () => Text | null
  readonly siteOf: (register: string) => SiteMemory | null
  /** Why earlier receipts of a register wait for the site's ledger. */
  readonly heldOf: (register: string) => Held | null
  readonly lastOf: (register: string) => LastDocument | null
  readonly hours: (now: number) => readonly HourCount[]
  readonly work: () => readonly ProgressView[]
}

export function takeSnapshot(subject: Subject, now: number): Snapshot {
  const registers = subject.views.map((view) => registerStatus(view, subject, now))
  const delivery = withNextTries(subject.dispatch(), subject.outbox)
  const outbox = countsStatus(subject.outbox.counts(), now)
  const storageTrouble = subject.storageTrouble()
  return {
    at: iso(now),
    version: subject.version,
    instance: subject.instance,
    startedAt: iso(subject.startedAt),
    health: withPage(
      judge(registers, delivery, outbox, storageTrouble, now),
      subject.pageTrouble?.() ?? null,
    ),
    registers,
    delivery,
    outbox,
    storageTrouble,
    hours: subject.hours(now),
    work: subject.work(),
  }
}

/** A way that waits for nothing but the pause of its receipts is tried when the first of them is due. */
function withNextTries(view: DispatchView, outbox: Outbox): DispatchView {
  const names = view.ways.map(({ register }) => register)
  const dueOf = (register: string) => {
    const at = outbox.nextDueAt(new Set(names.filter((name) => name !== register)))
    return at === null ? null : iso(at)
  }
  const ways = view.ways.map((way) =>
    way.state === 'waiting' && way.nextTryAt === null ? { ...way, nextTryAt: dueOf(way.register) } : way,
  )
  return { ...view, ways }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function registerStatus(
  view: RegisterView,
  { outbox, siteOf, heldOf, lastOf }: Pick<Subject, 'outbox' | 'siteOf' | 'heldOf' | 'lastOf'>,
  now: number,
): RegisterStatus {
  const { lineSince, stateSince, trouble, pausedUntil, unreadSince, ...rest } = view
  return {
    ...rest,
    pausedUntil: pausedUntil === null ? null : iso(pausedUntil),
    unreadSince: unreadSince === null ? null : iso(unreadSince),
    lineSince: iso(lineSince),
    stateSince: iso(stateSince),
    trouble: trouble === null ? null : { ...trouble, since: iso(trouble.since) },
    outbox: countsStatus(outbox.counts(view.name), now),
    site: siteOf(view.name),
    held: heldOf(view.name),
    last: lastOf(view.name),
  }
}

function countsStatus(counts: OutboxCounts, now: number): CountsStatus {
  const { oldestWaitingAt, lastReadAt, lastAcceptedAt, ...rest } = counts
  return {
    ...rest,
    oldestWaitingAt: oldestWaitingAt === null ? null : iso(oldestWaitingAt),
    oldestWaitingSeconds:
      oldestWaitingAt === null ? null : Math.max(0, Math.round((now - oldestWaitingAt) / 1000)),
    lastReadAt: lastReadAt === null ? null : iso(lastReadAt),
    lastAcceptedAt: lastAcceptedAt === null ? null : iso(lastAcceptedAt),
  }
}

const well: Health = {
  colour: 'green',
  text: text('Всё в порядке: чеки читаются и доставляются', 'All is well: receipts are read and delivered'),
  hint: null,
}

/** Receipts come first: the page's own trouble is told when there is no other. */
function withPage(health: Health, trouble: Text | null): Health {
  if (trouble === null || health.colour !== 'green') return health
  const said = text(
    `Страница состояния не открывается: ${trouble.ru}`,
    `The status page cannot be served: ${trouble.en}`,
  )
  return { colour: 'amber', text: said, hint: pageHint }
}

const pageHint = text(
  'Чеки это не задерживает. Исправьте файл, страница откроется сама за минуту',
  'Receipts are not held up. Mend the file, the page comes by itself within a minute',
)

/** The gravest first; what heals by itself is amber, what needs a person is red. */
function judge(
  registers: readonly RegisterStatus[],
  delivery: DispatchView,
  outbox: CountsStatus,
  storageTrouble: Text | null,
  now: number,
): Health {
  const halted = registers.find(({ trouble }) => trouble !== null && redKinds.has(trouble.kind))
  if (halted?.trouble) return { colour: 'red', ...prefixed(halted.name, halted.trouble) }
  const stopped = delivery.ways.find((way) => way.state === 'stopped')
  if (stopped !== undefined) return { colour: 'red', ...ofWay(stopped, registers) }
  const skewed = delivery.ways.find((way) => way.clockOffsetSeconds !== null)
  if (skewed !== undefined) return { colour: 'red', ...wrongClock(skewed.clockOffsetSeconds ?? 0) }
  const moved = registers.find(({ site }) => site?.changed)
  if (moved?.site?.changed) return { colour: 'red', ...otherSite(moved.name, moved.site, moved.site.changed) }
  const held = registers.find((one) => one.held !== null && one.outbox.waiting > 0)
  if (held?.held?.isRed) return { colour: 'red', ...prefixed(held.name, { ...held.held, hint: auditHint }) }
  const astray = registers.find(({ site }) => isAstray(site?.audit ?? null))
  if (astray?.site?.audit) return { colour: 'red', ...lacking(astray.name, astray.site.audit) }
  if (storageTrouble !== null) return { colour: 'amber', text: storageTrouble, hint: null }
  const lost = registers.find(({ trouble }) => trouble !== null)
  if (lost?.trouble) return { colour: 'amber', ...prefixed(lost.name, lost.trouble) }
  const reaching = registers.find(({ line, pausedUntil }) => line !== 'connected' && pausedUntil === null)
  if (reaching !== undefined) return { colour: 'amber', ...notReached(reaching.name) }
  const waiting = delivery.ways.find((way) => way.state === 'waiting')
  if (waiting !== undefined && outbox.waiting > 0) return { colour: 'amber', ...ofWay(waiting, registers) }
  const paused = registers.find(({ pausedUntil, leaving }) => pausedUntil !== null || leaving)
  if (paused !== undefined) return { colour: 'amber', ...released(paused), page: '/diagnostics' }
  const late = outbox.oldestWaitingSeconds ?? 0
  const strangers = outbox.waiting - registers.reduce((sum, one) => sum + one.outbox.waiting, 0)
  if (strangers > 0) return { colour: 'amber', ...homeless(strangers), page: '/receipts?state=waiting' }
  if (late >= lateSeconds) return { colour: 'amber', ...overdue(late), page: '/receipts?state=waiting' }
  const busy = registers.find(
    (one) => one.state?.kind === 'busy' && now - Date.parse(one.stateSince) >= longBusyMs,
  )
  if (busy?.state?.kind === 'busy') return { colour: 'amber', ...longBusy(busy.name, busy.state.text) }
  const piled = registers.find(
    ({ unreadSince }) => unreadSince !== null && now - Date.parse(unreadSince) >= longUnreadMs,
  )
  if (piled?.unreadSince) return { colour: 'amber', ...piledUp(piled, now - Date.parse(piled.unreadSince)) }
  const unread = registers.find(({ unreadable }) => unreadable.length > 0)
  if (unread !== undefined) return { colour: 'amber', ...unreadable(unread) }
  if (outbox.parked > 0) return { colour: 'amber', ...parked(outbox.parked), page: '/parked' }
  return well
}

/** With several registers it is said whose way it is: each has its own secret. */
function ofWay(
  { register, words, hint }: DispatchView['ways'][number],
  registers: readonly RegisterStatus[],
): { text: Text; hint: Text | null } {
  const trouble = { text: words ?? stoppedText, hint }
  return registers.length > 1 ? prefixed(register, trouble) : trouble
}

const redKinds = new Set(['halted', 'stopped', 'refused', 'disk', 'conflict'])
const stoppedText = text('Сайт не принимает чеки', 'The site does not accept receipts')

function prefixed(
  name: string,
  trouble: { text: Text; hint: Text | null },
): { text: Text; hint: Text | null } {
  return { text: text(`${name}: ${trouble.text.ru}`, `${name}: ${trouble.text.en}`), hint: trouble.hint }
}

/** Nobody knows yet whether it sells: that is not "all is well". */
function notReached(name: string): { text: Text; hint: null } {
  return { text: text(`${name}: подключается`, `${name}: connecting`), hint: null }
}

/** On purpose, and over by itself; yet nothing is read meanwhile. Until when, `pausedUntil` says to who knows the clock. */
function released({ name, pausedUntil }: RegisterStatus): { text: Text; hint: Text | null } {
  const said = pausedUntil === null ? leavingText : letGo
  return prefixed(name, { text: said, hint: takeBackHint(name) })
}

const letGo = text('порт отпущен', 'the port is let go of')

/** What only a person can put right; a number beyond the register's last counts when the register told it. */
function isAstray(audit: AuditNote | null): boolean {
  if (audit === null) return false
  const { notInBitrix = 0, unknownThere = 0 } = audit.gaps
  return notInBitrix > 0 || (audit.asked && unknownThere > 0)
}

function lacking(name: string, { gaps }: AuditNote): { text: Text; hint: Text } {
  const { notInBitrix = 0, unknownThere = 0 } = gaps
  const said =
    notInBitrix > 0
      ? text(
          `${name}: на сайте нет доставленных документов: ${notInBitrix}`,
          `${name}: ${notInBitrix} delivered documents are not on the site`,
        )
      : text(
          `${name}: на сайте есть документы, которых касса не пробивала: ${unknownThere}`,
          `${name}: the site has ${unknownThere} documents that the register never made`,
        )
  return { text: said, hint: auditHint }
}

const auditHint = text('Сравните с сайтом: chekpost audit', 'Compare with the site: chekpost audit')

/** No receipt stays open for so long: what it sells meanwhile, the site does not know. */
const longBusyMs = 1_800_000

function longBusy(name: string, why: Text): { text: Text; hint: Text } {
  return {
    text: text(
      `${name}: касса занята больше получаса (${why.ru})`,
      `${name}: the register has been busy for over half an hour (${why.en})`,
    ),
    hint: text(
      'Закончите или отмените чек, вставьте бумагу; чеки читаются, когда касса свободна',
      'Finish or cancel the receipt, put paper in; receipts are read when the register is free',
    ),
  }
}

/** A till that rests at all is read within a minute and a little. */
const longUnreadMs = 180_000

function piledUp({ name, behind }: RegisterStatus, forMs: number): { text: Text; hint: Text } {
  const minutes = Math.floor(forMs / 60_000)
  return {
    text: text(
      `${name}: не прочитано документов: ${behind}, ни одного за ${minutes} мин`,
      `${name}: ${behind} documents unread, none read for ${minutes} min`,
    ),
    hint: text(
      'Касса занята без пауз: прочитаются, как только она освободится хотя бы на несколько секунд. Если она свободна: chekpost doctor',
      'The till never rests: they are read as soon as it does for some seconds. If it does rest: chekpost doctor',
    ),
  }
}

/** Deliveries go on with the site's clock; the receipts' own time may be wrong as well, so a person must look. */
function wrongClock(offsetSeconds: number): { text: Text; hint: Text } {
  return {
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
function otherSite(name: string, was: SiteMark, is: SiteMark): { text: Text; hint: Text } {
  const sameHost = was.host === is.host
  const [before, after] = sameHost ? [was.ledgerId, is.ledgerId] : [was.host, is.host]
  return {
    text: text(
      `${name}: отвечает другой приёмник: был ${before}, теперь ${after}`,
      `${name}: the receiver has changed: was ${before}, is ${after}`,
    ),
    hint: text(
      'Новые чеки доставляются. Если так и должно быть (переезд, новая установка): chekpost audit --accept-ledger',
      'New receipts are delivered. If it is as it should be (moved, installed anew): chekpost audit --accept-ledger',
    ),
  }
}

/** A receipt that has waited so long has been refused more than once, whatever became of the others. */
const lateSeconds = 1800

function overdue(seconds: number): { text: Text; hint: Text } {
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
  }
}

function homeless(count: number): { text: Text; hint: Text } {
  return {
    text: text(
      `Ждут чеки (${count}) кассы, которой нет в настройках`,
      `${count} receipts wait of a register that is not in the config`,
    ),
    hint: text(
      'Верните кассу в настройки. Какие чеки: chekpost outbox ls --state waiting',
      'Put the register back into the config. Which receipts: chekpost outbox ls --state waiting',
    ),
  }
}

function unreadable({ name, unreadable }: RegisterStatus): { text: Text; hint: Text } {
  const numbers = unreadable.slice(0, 5).join(', ')
  return {
    text: text(`${name}: не читаются документы ${numbers}`, `${name}: documents ${numbers} cannot be read`),
    hint: text(
      `Чтение повторяется само. Подробно: chekpost read --fd ${unreadable[0]}`,
      `They are tried again. In detail: chekpost read --fd ${unreadable[0]}`,
    ),
  }
}

function parked(count: number): { text: Text; hint: Text } {
  return {
    text: text(`Отложено чеков: ${count}`, `Receipts set aside: ${count}`),
    hint: text('Причины: chekpost outbox ls --state parked', 'Reasons: chekpost outbox ls --state parked'),
  }
}
