/** What it means when nobody answered: the system's error codes in words, and whose matter each one is. */

import type { Text } from '../../drivers/index.ts'
import { DeadlinePassed } from '../../drivers/index.ts'
import { text } from '../text.ts'
import type { Reading } from './answer.ts'

/** The site showed a key that is not among the pinned ones. */
export class UnpinnedKey extends Error {
  override readonly name = 'UnpinnedKey'
  readonly code = 'UNPINNED_KEY'
  /** Base64 SHA-256 of the key that was shown, for whoever has to pin it. */
  readonly shown: string

  constructor(shown: string) {
    super(`the key ${shown} is not pinned`)
    this.shown = shown
  }
}

interface Trouble {
  readonly words: Text
  readonly hint: Text
  /** A certificate does not mend itself: alarm, then probe. */
  readonly stops?: true
}

const network = text(
  'Проверьте интернет в магазине; чеки ждут и уйдут сами',
  "Check the shop's internet; receipts wait and go by themselves",
)
const siteDown = text(
  'Сайт не работает или закрыт; чеки ждут и уйдут сами',
  'The site is down or closed; receipts wait and go by themselves',
)
const certificate = text(
  'Проверьте сертификат сайта и caFile в настройках; антивирус и прокси подменяют сертификаты',
  "Check the site's certificate and caFile in the config; virus scanners and proxies replace certificates",
)
const dates = text(
  'Проверьте дату и часы этого компьютера, затем срок сертификата сайта',
  "Check the date and clock of this computer, then the term of the site's certificate",
)

const troubles: readonly (readonly [codes: RegExp, trouble: Trouble])[] = [
  [
    /^(ENOTFOUND|EAI_\w+)$/,
    { words: text('Имя сайта не находится (DNS)', "The site's name is not found (DNS)"), hint: network },
  ],
  [
    /^ECONNREFUSED$/,
    { words: text('Сайт не принимает соединение', 'The connection was refused'), hint: siteDown },
  ],
  [
    /^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL|EHOSTDOWN)$/,
    { words: text('Нет дороги к сайту', 'The site cannot be reached'), hint: network },
  ],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET_CLOSED)$/,
    { words: text('Соединение оборвалось', 'The connection broke off'), hint: network },
  ],
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    {
      words: text('Сертификат сайта сейчас не действует', "The site's certificate is not valid now"),
      hint: dates,
      stops: true,
    },
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/,
    {
      words: text('Сертификат выдан другому сайту', "The certificate is another site's"),
      hint: certificate,
      stops: true,
    },
  ],
  [
    /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_|PATH_LENGTH)/,
    {
      words: text('Сертификату сайта нельзя верить', "The site's certificate cannot be trusted"),
      hint: certificate,
      stops: true,
    },
  ],
  [
    /^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+)$/,
    {
      words: text('Не удалось установить защищённое соединение', 'No secure connection could be made'),
      hint: certificate,
    },
  ],
  [/^HPE_/, { words: text('Отвечают не по HTTP', 'The answer is not HTTP'), hint: siteDown }],
]

const otherwise: Trouble = { words: text('Сеть не работает', 'The network failed'), hint: network }

/**
 * Understands an error of the network. Null for anything that is not one: that is our own bug, and the caller
 * throws it on.
 */
export function readTrouble(error: unknown): Reading | null {
  const cause = firstCause(error)
  if (cause instanceof DeadlinePassed) return late(cause.ms)
  if (cause instanceof UnpinnedKey) return wrongKey(cause)
  const code = codeOf(error)
  if (code === null) return null
  if (code === 'ETIMEDOUT') return late(null)
  const { words, hint, stops } = troubles.find(([codes]) => codes.test(code))?.[1] ?? otherwise
  const why = `${words.en} (${code})`
  return {
    outcome: stops === true ? { kind: 'stopDestination', why } : { kind: 'retry', why },
    words: text(`${words.ru} (${code})`, why),
    hint,
    health: stops === true ? 'fine' : 'ailing',
  }
}

function late(ms: number | null): Reading {
  const limit = ms === null ? ['', ''] : [` (${ms / 1000} с)`, ` (${ms / 1000} s)`]
  const words = text(`Сайт не ответил вовремя${limit[0]}`, `The site did not answer in time${limit[1]}`)
  return { outcome: { kind: 'retry', why: words.en }, words, hint: siteDown, health: 'ailing' }
}

function wrongKey(error: UnpinnedKey): Reading {
  const words = text(
    'Сайт показал ключ, которого нет среди закреплённых',
    'The site showed a key that is not among the pinned ones',
  )
  return {
    outcome: { kind: 'stopDestination', why: `${words.en}: ${error.shown}` },
    words,
    hint: text(
      `Если ключ сайта сменили намеренно, впишите в pinnedKeys: ${error.shown}`,
      `If the site's key was changed on purpose, put into pinnedKeys: ${error.shown}`,
    ),
    health: 'fine',
  }
}

/** got wraps what it met, sometimes more than once. */
function firstCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? firstCause(error.cause) : error
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_GOT'))
    return error.code
  return error.cause === undefined ? null : codeOf(error.cause)
}
