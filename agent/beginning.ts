/**
 * Where reading of a fiscal drive begins. Pure: facts in, a decision or a question to a person out.
 *
 * The setting `from` speaks of the first drive of a register in this installation only. Every other drive must
 * prove that its first document is ours: a lent or moved register brings another shop's sales, and booking those
 * would be worse than waiting for a person. Nothing is ever guessed to be `now`.
 */
import type { Identity, Text } from '../drivers/index.ts'
import { byItself, mayActByItself } from './byitself.ts'
import type { BeginningWhy, Origin, Storage } from './outbox.ts'
import { text } from './text.ts'

/** What the site's ledger says of this drive. */
export type LedgerFacts =
  /** Nobody has asked it. */
  | { readonly kind: 'unasked' }
  /** It does not tell, or must not be believed. */
  | { readonly kind: 'silent'; readonly text: Text }
  | {
      readonly kind: 'told'
      /** The lowest and the highest number that it holds. */
      readonly first: number
      readonly last: number
      /** When the first receipt behind the highest one was made (now, when there is none); null = it cannot be told. */
      readonly gapSince: number | null | 'unread'
    }

/** What of a kept document tells about its place in time: local wall-clock time without zone, and its form. */
export interface DocumentMark {
  readonly time: string | null
  readonly type: number | null
}

export interface BeginningFacts {
  /** The register's name in the config. */
  readonly register: string
  readonly from: 'now' | 'first' | 'ledger' | number
  /** The serial number that the config demands, or null. */
  readonly serial: string | null
  readonly identity: Identity
  /** The newest document number of the drive; 0 when it holds none. */
  readonly newest: number
  /** Every drive that the outbox knows, of all registers, in the order they were first seen. */
  readonly known: readonly Storage[]
  /** Every drive of `start.json`. */
  readonly started: readonly Storage[]
  readonly origin: Origin
  /** The highest kept document of a drive, or null. */
  readonly lastKept: (storage: string) => DocumentMark | null
  /** Document 1 of the drive in the register; `unread` as long as nobody has read it. */
  readonly firstDocument: DocumentMark | 'unread'
  /** A trial: debug drives are sent like any other, so they must prove themselves like any other. Absent = no. */
  readonly allowDebugDrive?: boolean
  readonly ledger: LedgerFacts
  /** Milliseconds. */
  readonly now: number
}

export type Beginning =
  /** Followed already. */
  | { readonly kind: 'known'; readonly storage: Storage }
  /** To be written down and followed. `remark`: something that a person should know, no reason to wait. */
  | { readonly kind: 'begin'; readonly storage: Storage; readonly remark: Text | null }
  /** Red: nothing is read until a person acts. */
  | { readonly kind: 'stop'; readonly text: Text; readonly hint: Text }
  | Question

/** Something to find out before the decision is made anew. */
export type Question =
  /** Read document 1 of the drive. */
  | { readonly kind: 'askFirstDocument' }
  /** Ask the site's ledger. */
  | { readonly kind: 'askLedger' }
  /** Find the first receipt from this document on, which the ledger lacks. */
  | { readonly kind: 'askGap'; readonly number: number }

/** Debug (МГМ) drives say so themselves or carry numbers of this beginning. */
export function isDebugDrive(identity: Pick<Identity, 'storage' | 'debugStorage'>): boolean {
  return identity.debugStorage || identity.storage.startsWith('99990789')
}

export function decideBeginning(facts: BeginningFacts): Beginning {
  const here = facts.known.find(({ storage }) => storage === facts.identity.storage)
  const written = facts.started.find(({ storage }) => storage === facts.identity.storage)
  const before = here ?? written
  if (before !== undefined && before.register !== facts.register) return swapped(facts, before)
  const strange = strangeSerial(facts)
  if (strange !== null) return strange
  if (here !== undefined) return { kind: 'known', storage: here }
  if (written !== undefined) return begin(facts, written.first, 'start-file')
  return beginUnknown(facts)
}

/** Null when the register at this address is the one that it should be, or does not tell. */
function strangeSerial(facts: BeginningFacts): Beginning | null {
  const { identity, register } = facts
  const isKnown = [...facts.known, ...facts.started].some(
    (drive) => drive.storage === identity.storage && drive.register === register,
  )
  const bound = facts.serial ?? (isKnown ? null : (previousDrives(facts).at(-1)?.serial ?? null))
  if (bound === null || identity.serial === null || plainSerial(bound) === plainSerial(identity.serial))
    return null
  const [wanted, found] = [bound, identity.serial]
  return {
    kind: 'stop',
    text: text(
      `по адресу кассы ${register} отвечает другая касса: № ${found}, ожидалась № ${wanted}`,
      `another register answers at the address of ${register}: no. ${found}, expected no. ${wanted}`,
    ),
    hint: text(
      `Проверьте кабели и адреса касс. Если кассу заменили: ${facts.serial === null ? '' : `укажите serial: "${found}" в настройках, затем `}${beginCommand(facts).ru}`,
      `Check the cables and the addresses. If the register was replaced: ${facts.serial === null ? '' : `set serial: "${found}" in the config, then `}${beginCommand(facts).en}`,
    ),
  }
}

/** Vendors' protocols pad serial numbers differently from command to command. */
function plainSerial(serial: string): string {
  return serial.trim().replace(/^0+(?=.)/, '')
}

function swapped(facts: BeginningFacts, before: Storage): Beginning {
  const { storage } = facts.identity
  return {
    kind: 'stop',
    text: text(
      `в кассе ${facts.register} ФН ${storage}, который читался в кассе ${before.register}`,
      `register ${facts.register} holds the drive ${storage} that was read in register ${before.register}`,
    ),
    hint: text(
      `Похоже, перепутаны кабели или адреса касс: поменяйте их местами. Если касса переименована в настройках: ${beginCommand(facts).ru}`,
      `Cables or addresses seem to be swapped: exchange them. If the register was renamed in the config: ${beginCommand(facts).en}`,
    ),
  }
}

/** The drives of this register before this one, oldest first, from the outbox and from `start.json`. */
function previousDrives({ known, started, register, identity }: BeginningFacts): Storage[] {
  const all = new Map([...started, ...known].map((drive) => [drive.storage, drive]))
  return [...all.values()]
    .filter((drive) => drive.register === register && drive.storage !== identity.storage)
    .sort((a, b) => a.seenAt - b.seenAt)
}

function beginUnknown(facts: BeginningFacts): Beginning {
  const previous = previousDrives(facts)
  const real = previous.filter(({ debug }) => facts.allowDebugDrive || !debug)
  if (previous.length === 0) return beginFirst(facts)
  // A debug drive is never sent, so nothing can be booked wrongly: show all of it.
  if (isDebugDrive(facts.identity) && !facts.allowDebugDrive) return begin(facts, 1, 'first')
  const predecessor = real.at(-1) ?? previous.at(-1)
  return predecessor === undefined ? beginFirst(facts) : beginSuccessor(facts, predecessor)
}

/** The first drive of this register ever seen here, unless an outbox that knew better was lost. */
function beginFirst(facts: BeginningFacts): Beginning {
  const { from, newest, origin } = facts
  if (origin === 'lost')
    return beginByLedger(
      facts,
      text(
        'база и start.json потеряны: неизвестно, с какого чека продолжать',
        'the database and start.json are lost: nobody knows where to go on',
      ),
    )
  if (from === 'now') return begin(facts, newest + 1, 'now')
  if (from === 'first') return begin(facts, 1, 'first')
  if (typeof from === 'number') return begin(facts, from, 'number')
  return beginByLedger(facts, text('в настройках from: ledger', 'the config says from: ledger'))
}

/**
 * Where the ledger ends, and some documents before that: what the lost outbox held back, or sent out of turn, is
 * seen again, and what the site has is not sent again.
 */
function beginByLedger(facts: BeginningFacts, cause: Text): Beginning {
  const { ledger, newest, now } = facts
  if (ledger.kind === 'unasked') return { kind: 'askLedger' }
  if (ledger.kind === 'silent') return ask(facts, because(cause, ledger.text))
  const lacking = newest - ledger.last
  if (lacking < 0)
    return ask(
      facts,
      because(
        cause,
        text(
          `у сайта есть чеки этого ФН до ${ledger.last}, а в нём последний ${newest}`,
          `the site has receipts of this drive up to ${ledger.last}, while its last is ${newest}`,
        ),
      ),
    )
  if (ledger.gapSince === 'unread' && lacking > 0 && lacking <= byItself.documents)
    return { kind: 'askGap', number: ledger.last + 1 }
  if (lacking > 0 && !mayActByItself(lacking, ledger.gapSince === 'unread' ? null : ledger.gapSince, now))
    return ask(facts, because(cause, tooMuch(lacking)), goOnAt(facts, ledger.last + 1))
  return begin(facts, Math.max(ledger.first, ledger.last + 1 - byItself.documents), 'ledger')
}

function because(cause: Text, why: Text): Text {
  return text(`${cause.ru}; ${why.ru}`, `${cause.en}; ${why.en}`)
}

function tooMuch(lacking: number): Text {
  const { documents, ms } = byItself
  const hours = ms / 3_600_000
  return text(
    `у сайта нет ${lacking} последних документов ФН: больше ${documents} или старше ${hours} ч, сами они не отправляются`,
    `the site lacks the last ${lacking} documents of the drive: over ${documents} or older than ${hours} h, so they do not go by themselves`,
  )
}

function goOnAt(facts: BeginningFacts, at: number): Text {
  return text(
    `Если на сайте их не хватает: ${beginCommand(facts, at).ru}. Если там учтены иначе: то же с --at ${facts.newest + 1}`,
    `If the site really lacks them: ${beginCommand(facts, at).en}. If they are accounted for there: the same with --at ${facts.newest + 1}`,
  )
}

/** A drive in the place of another: ours from its first document on only if time, INN and address prove it. */
function beginSuccessor(facts: BeginningFacts, predecessor: Storage): Beginning {
  const doubt = differentOwner(facts.identity, predecessor)
  if (doubt !== null) return ask(facts, doubt)
  const last = facts.lastKept(predecessor.storage)
  if (last === null || last.time === null)
    return ask(
      facts,
      text(
        `ФН заменён, но ни одного чека прежнего ФН ${predecessor.storage} нет: сравнить не с чем`,
        `the drive was replaced, and no receipt of the former ${predecessor.storage} is kept to compare with`,
      ),
    )
  if (facts.firstDocument === 'unread') return { kind: 'askFirstDocument' }
  const first = facts.firstDocument.time
  if (first === null)
    return ask(
      facts,
      text(
        'ФН заменён, но первый документ нового ФН не прочитан: не видно, чьи на нём чеки',
        'the drive was replaced, and its first document cannot be read: whose receipts it holds is unknown',
      ),
    )
  // Not every machine tells seconds, and a drive may be replaced and registered within a minute.
  if (minute(first) < minute(last.time))
    return ask(
      facts,
      text(
        `в кассе ФН ${facts.identity.storage} с чеками от ${first}, старше последнего прочитанного (${last.time})`,
        `the drive ${facts.identity.storage} holds receipts from ${first}, before the last one read (${last.time})`,
      ),
    )
  return begin(facts, 1, 'successor', last.type === closingReport ? null : unknownTail(predecessor))
}

/** Form code 6, отчёт о закрытии ФН: the last document that a drive can hold. */
const closingReport = 6

function unknownTail({ storage }: Storage): Text {
  return text(
    `ФН ${storage} снят без отчёта о закрытии: последние чеки могли остаться непрочитанными. Загрузите их из ОФД: chekpost outbox import`,
    `Drive ${storage} left without its closing report: its last receipts may be unread. Import them from the operator: chekpost outbox import`,
  )
}

function minute(time: string): string {
  return time.slice(0, 'YYYY-MM-DDTHH:MM'.length)
}

/** Null when INN and address are told by both and agree. */
function differentOwner(identity: Identity, before: Storage): Text | null {
  const same = (a: string | null, b: string | null) =>
    a !== null && b !== null && plainWords(a) === plainWords(b)
  if (!same(identity.inn, before.inn))
    return text(
      `ФН заменён, ИНН не совпадает: был ${before.inn ?? 'неизвестен'}, теперь ${identity.inn ?? 'неизвестен'}`,
      `the drive was replaced, and the INN differs: was ${before.inn ?? 'unknown'}, is ${identity.inn ?? 'unknown'}`,
    )
  if (!same(identity.address, before.address))
    return text(
      `ФН заменён, адрес не совпадает: был «${before.address ?? 'неизвестен'}», теперь «${identity.address ?? 'неизвестен'}»`,
      `the drive was replaced, and the address differs: was "${before.address ?? 'unknown'}", is "${identity.address ?? 'unknown'}"`,
    )
  return null
}

function plainWords(value: string): string {
  return value.trim().replace(/\s+/g, ' ').toLowerCase()
}

function begin(
  facts: BeginningFacts,
  first: number,
  why: BeginningWhy,
  remark: Text | null = null,
): Beginning {
  return { kind: 'begin', storage: storageFrom(facts, first, why), remark }
}

/** The row of a drive as it stands in the register now. Also for a beginning that a person has named. */
export function storageFrom(
  facts: Pick<BeginningFacts, 'register' | 'identity' | 'now'>,
  first: number,
  why: BeginningWhy,
): Storage {
  const { storage, serial, inn, address } = facts.identity
  const debug = isDebugDrive(facts.identity)
  return { storage, register: facts.register, first, why, serial, inn, address, debug, seenAt: facts.now }
}

function ask(facts: BeginningFacts, why: Text, hint: Text | null = null): Beginning {
  const { newest } = facts
  const answer = text(
    `Если все чеки этого ФН ваши: ${beginCommand(facts, 1).ru}. Если прежние уже учтены: то же с --at ${newest + 1}`,
    `If all receipts of this drive are yours: ${beginCommand(facts, 1).en}. If the old ones are accounted for: the same with --at ${newest + 1}`,
  )
  return { kind: 'stop', text: why, hint: hint ?? answer }
}

/** The command by which a person answers. */
function beginCommand({ register }: BeginningFacts, at?: number): Text {
  const command = `chekpost begin --register ${register} --at ${at ?? 'N'} --reason`
  return text(`${command} "причина"`, `${command} "why"`)
}
