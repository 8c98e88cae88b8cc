/**
 * What the receiver's answer means: the whole table of `docs/webhook.md`. Pure: an answer and the time in, a
 * meaning out.
 *
 * Only our own acknowledgement counts as delivered. A hosting page, a captive portal or a proxy may answer 200 to
 * anything, and a receipt lost to such a 200 would be lost for ever.
 */
import type { Text } from '../../drivers/index.ts'
import type { Outcome } from '../outcome.ts'
import { text } from '../text.ts'
import { Acknowledgement, BusyAnswer } from './schema.ts'

/** Header names in lower case, as Node gives them. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Whose matter the answer was, for the breaker: `fine` the destination works, `ailing` it failed at this document
 * or altogether, `pause` it asks to be left alone for a while, `full` it takes no more than it has in hand
 * just now.
 */
export type Health = 'fine' | 'ailing' | 'pause' | 'full'

/** One answer understood. */
export interface Reading {
  readonly outcome: Outcome
  /** For the status page; the hint says what to do. */
  readonly words: Text
  readonly hint: Text | null
  readonly health: Health
  /** Who acknowledged, as far as it says so; absent when nothing was acknowledged. */
  readonly site?: SiteMark
}

/** Which ledger of which site answers; null where the receiver does not say. */
export interface SiteMark {
  readonly ledgerId: string | null
  readonly host: string | null
}

/** No `Retry-After` keeps a document longer than this: a slip in the header must not stop a shop for a year. */
export const longestRetryAfterMs = 3_600_000

/** Reads one complete answer to the document `eventId`; `now` is in milliseconds. */
export function readOutcome(
  status: number,
  headers: AnswerHeaders,
  body: string,
  eventId: string,
  now: number,
): Reading {
  if (status >= 200 && status < 300) return readSuccess(status, headers, body, eventId)
  if (status >= 300 && status < 400) return stopped(status, redirected)
  const retry = status === 503 && saysBusy(headers, body) ? full : retryMeaning(status)
  if (retry !== null) return readRetry(status, retry, headers, now)
  const refusal = refusals[status]
  if (refusal !== undefined) return parked(status, refusal, headers, body, eventId)
  return stopped(status, stops[status] ?? unlisted)
}

function readSuccess(status: number, headers: AnswerHeaders, body: string, eventId: string): Reading {
  const { acknowledged, missing } = acknowledgementOf(headers, body)
  if (acknowledged === null) return noAcknowledgement(status, missing)
  if (acknowledged.eventId !== eventId)
    return noAcknowledgement(status, text('подтверждён другой документ', 'another document was acknowledged'))
  const kind =
    status === 202 || acknowledged.state === 'parked'
      ? 'acceptedParked'
      : acknowledged.state === 'ignored'
        ? 'ignored'
        : 'accepted'
  const outcome: Outcome = { kind, reasons: plain(acknowledged), answer: withoutMark(body) }
  return { outcome, words: acceptedWords[kind], hint: null, health: 'fine', site: markOf(acknowledged) }
}

/** The marks are shown on terminals: control characters go. */
export function markOf({
  ledgerId,
  host,
}: {
  ledgerId?: string | undefined
  host?: string | undefined
}): SiteMark {
  const shown = (mark: string | undefined) => mark?.replace(/\p{Cc}+/gu, ' ').trim() || null
  return { ledgerId: shown(ledgerId), host: shown(host)?.toLowerCase() ?? null }
}

const acceptedWords = {
  accepted: text('Сайт принял чек', 'The site booked the receipt'),
  acceptedParked: text('Сайт принял чек и отложил его', 'The site took the receipt and set it aside'),
  ignored: text('Сайту с этим чеком нечего делать', 'The site has nothing to do with the receipt'),
} as const

type Acknowledged = { acknowledged: Acknowledgement; missing: null } | { acknowledged: null; missing: Text }

function acknowledgementOf(headers: AnswerHeaders, body: string): Acknowledged {
  const { json, missing } = jsonOf(headers, body)
  if (missing !== null) return { acknowledged: null, missing }
  const acknowledgement = Acknowledgement.safeParse(json)
  if (acknowledgement.success) return { acknowledged: acknowledgement.data, missing: null }
  return {
    acknowledged: null,
    missing: text('в ответе нет eventId и state', 'eventId and state are missing in the answer'),
  }
}

/** The JSON of an answer, or what it lacks to be one. */
function jsonOf(headers: AnswerHeaders, body: string): { json: unknown; missing: Text | null } {
  const type = first(headers['content-type'])?.split(';')[0]?.trim().toLowerCase() ?? ''
  const without = (missing: Text) => ({ json: null, missing })
  if (type === '')
    return without(text('нет Content-Type: application/json', 'Content-Type: application/json is missing'))
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type))
    return without(
      text(
        `ответ имеет тип ${type.slice(0, 40)}, а не application/json`,
        `the answer is ${type.slice(0, 40)}, not application/json`,
      ),
    )
  try {
    return { json: JSON.parse(withoutMark(body)) as unknown, missing: null }
  } catch {
    return without(text('ответ не разбирается как JSON', 'the answer is not JSON'))
  }
}

/** PHP files saved with a byte order mark put it before everything they answer. */
function withoutMark(body: string): string {
  return body.startsWith('\uFEFF') ? body.slice(1) : body
}

function noAcknowledgement(status: number, missing: Text): Reading {
  return {
    outcome: { kind: 'retry', why: `${status} without acknowledgement: ${missing.en}` },
    words: text(
      `Ответ ${status}, но не подтверждение: ${missing.ru}`,
      `The answer was ${status} and no acknowledgement: ${missing.en}`,
    ),
    hint: text(
      'По адресу отвечает не приёмник чеков или он сломан: проверьте адрес и сам приёмник',
      'Something else than the receiver answers at this address, or it is broken: check both',
    ),
    health: 'ailing',
  }
}

const redirected: Meaning = {
  words: text('Адрес перенаправляет в другое место', 'The address redirects elsewhere'),
  hint: text(
    'Впишите в настройки конечный адрес (часто: https вместо http, с www или без)',
    'Write the final address into the config (often https for http, with or without www)',
  ),
}

interface Meaning {
  readonly words: Text
  readonly hint: Text | null
}

const checkAddress = text(
  'Проверьте адрес приёмника в настройках и что он установлен на сайте',
  'Check the address of the receiver in the config and that it is installed on the site',
)

const stops: Readonly<Record<number, Meaning>> = {
  401: {
    words: text('Сайт не признал подпись', 'The site did not believe the signature'),
    hint: text(
      'Проверьте секрет кассы в настройках и на сайте и часы этого компьютера',
      "Check the register's secret here and on the site, and this computer's clock",
    ),
  },
  403: {
    words: text('Сайт запретил доступ', 'The site forbids access'),
    hint: text(
      'Спросите хостинг: межсетевой экран или .htaccess не пускает запрос',
      'Ask the hosting: a firewall or .htaccess rejects the request',
    ),
  },
  404: { words: text('По этому адресу ничего нет', 'There is nothing at this address'), hint: checkAddress },
  405: { words: text('Адрес не принимает POST', 'The address takes no POST'), hint: checkAddress },
  407: {
    words: text('Прокси требует пароль', 'The proxy wants a password'),
    hint: text('Впишите в настройки proxy: http://имя:пароль@адрес', 'Set proxy: http://user:password@host'),
  },
  410: {
    words: text('Касса на сайте отключена', 'The register is disabled on the site'),
    hint: text('Включите кассу в настройках приёмника', "Enable the register in the receiver's settings"),
  },
  415: { words: text('Сайт не принимает JSON', 'The site takes no JSON'), hint: checkAddress },
}

const unlisted: Meaning = {
  words: text('Сайт отказывает', 'The site refuses'),
  hint: checkAddress,
}

function stopped(status: number, { words, hint }: Meaning): Reading {
  return {
    outcome: { kind: 'stopDestination', why: `${status}: ${words.en}` },
    words: withStatus(words, status),
    hint,
    health: 'fine',
  }
}

const refusals: Readonly<Record<number, Text>> = {
  400: text('Сайт считает этот чек неверным', 'The site finds this receipt malformed'),
  413: text('Чек слишком велик для сайта', 'The receipt is too big for the site'),
  422: text('Сайт не может принять этот чек', 'The site cannot take this receipt'),
}

function parked(status: number, words: Text, headers: AnswerHeaders, body: string, eventId: string): Reading {
  const reasons = reasonsOf(headers, body, eventId)
  return {
    outcome: { kind: 'park', why: `${status}: ${reasons || words.en}` },
    words: withStatus(words, status),
    hint: text(
      'Причина: на странице «Отложенные» или chekpost outbox ls --state parked',
      'The reason: on the page of what is set aside, or chekpost outbox ls --state parked',
    ),
    health: 'fine',
  }
}

/** The receiver's own reasons, when it is ours that speaks; no other text of an answer is ever shown. */
function reasonsOf(headers: AnswerHeaders, body: string, eventId: string): string {
  const { acknowledged } = acknowledgementOf(headers, body)
  if (acknowledged?.eventId !== eventId) return ''
  return plain(acknowledged).join('; ').slice(0, 500)
}

/** Reasons are shown on terminals: control characters go. */
function plain({ reasons }: Acknowledgement): string[] {
  return (reasons ?? []).map((reason) => reason.replace(/\p{Cc}+/gu, ' ').slice(0, 500))
}

const full: Meaning & { health: Health } = {
  words: text('Сайт занят другими чеками', 'The site is busy with other receipts'),
  hint: text('Чеки ждут и уйдут сами', 'Receipts wait and go by themselves'),
  health: 'full',
}

/** Our receiver's word for it; any other 503 may be an outage. */
function saysBusy(headers: AnswerHeaders, body: string): boolean {
  return BusyAnswer.safeParse(jsonOf(headers, body).json).success
}

function retryMeaning(status: number): (Meaning & { health: Health }) | null {
  switch (status) {
    case 408:
      return { words: text('Сайт не дождался запроса', 'The site timed out'), hint: null, health: 'ailing' }
    case 409:
      return {
        words: text('Сайт ещё обрабатывает этот чек', 'The site is busy with this receipt'),
        hint: null,
        health: 'fine',
      }
    case 425:
      return {
        words: text('Сайт просит повторить позже', 'The site asks to come later'),
        hint: null,
        health: 'fine',
      }
    case 429:
      return {
        words: text('Сайт просит слать реже', 'The site asks to slow down'),
        hint: null,
        health: 'pause',
      }
  }
  if (status < 500) return null
  return {
    words: text('На сайте ошибка', 'The site has an error'),
    hint: text(
      'Чеки ждут и уйдут сами; если долго, смотрите журнал сайта',
      'Receipts wait and go by themselves; if it lasts, see the log of the site',
    ),
    health: 'ailing',
  }
}

function readRetry(
  status: number,
  meaning: Meaning & { health: Health },
  headers: AnswerHeaders,
  now: number,
): Reading {
  const notBefore = retryAfter(first(headers['retry-after']), now)
  const why = `${status}: ${meaning.words.en}`
  return {
    outcome: notBefore === null ? { kind: 'retry', why } : { kind: 'retry', why, notBefore },
    words: withStatus(meaning.words, status),
    hint: meaning.hint,
    health: meaning.health,
  }
}

/** RFC 9110 section 10.2.3: seconds or a date. Null when absent, past or not understood. */
export function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  const trimmed = value.trim()
  const at = /^\d+$/.test(trimmed) ? now + Number(trimmed) * 1000 : httpDate(trimmed)
  if (at === null || at <= now) return null
  return Math.min(at, now + longestRetryAfterMs)
}

/** Milliseconds of an HTTP date, or null. Only the form that servers must send (RFC 9110 section 5.6.7). */
export function httpDate(value: string): number | null {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return null
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? null : ms
}

function withStatus(words: Text, status: number): Text {
  return text(`${words.ru} (ответ ${status})`, `${words.en} (answer ${status})`)
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
