/**
 * Who is let in. A page of the Internet can make any browser on this computer send requests here; so only the names we
 * are called by count as Host (DNS rebinding), only our own pages may post (CSRF), and every posting carries a header
 * that no form can send.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { PageConfig } from '../config.ts'
import { isEveryAddress, isLoopback } from '../configschema.ts'
import { type Text, text } from '../text.ts'

export interface Door {
  /** What may stand in `Host`. */
  readonly hosts: ReadonlySet<string>
  /** What may stand in `Origin`. */
  readonly origins: ReadonlySet<string>
  /** Only programs of this computer can reach it. */
  readonly isLocal: boolean
  /** Cookies do not know ports, so two daemons of one computer need two names. */
  readonly cookie: string
}

export interface Refusal {
  readonly status: number
  readonly text: Text
}

/** Longer than any that a page of ours leads to; document numbers and QRs that people type stand in addresses. */
const longestUrl = 4096
/** The header that our own script sends. */
export const ownHeader = 'x-chekpost'

export function doorOf({
  host,
  port,
  hosts,
  tls,
}: Pick<PageConfig, 'host' | 'port' | 'hosts' | 'tls'>): Door {
  const isLocal = isLoopback(host)
  const scheme = tls === null ? 'http' : 'https'
  const own = isEveryAddress(host) ? [] : [bracketed(host.toLowerCase())]
  const names = [...(isLocal ? ['127.0.0.1', 'localhost', '[::1]'] : []), ...own, ...hosts]
  // Browsers leave the usual port out.
  const usual = port === (tls === null ? 80 : 443)
  const called = names.flatMap((name) => [`${name}:${port}`, ...(usual ? [name] : [])])
  return {
    hosts: new Set(called),
    origins: new Set(called.map((name) => `${scheme}://${name}`)),
    isLocal,
    cookie: `${tls === null ? '' : '__Host-'}chekpost-${port}`,
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** What a request says of itself before anybody has read it further. */
export type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'headersDistinct'>

/** Asked before anything else looks at a request: a stranger does not even learn which addresses exist. */
export function refuseStranger(
  door: Door,
  { method, url = '', headers, headersDistinct }: Asked,
): Refusal | null {
  const [host = '', ...others] = headersDistinct['host'] ?? []
  if (!door.hosts.has(host) || others.length > 0) return { status: 421, text: wrongHost }
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return { status: 405, text: wrongMethod }
  // `GET http://elsewhere/` names a host a second time.
  if (!url.startsWith('/')) return { status: 400, text: wrongMethod }
  if (url.length > longestUrl) return { status: 414, text: tooLong }
  if (method === 'POST') return refusePosting(door, headers)
  // Somebody else's page may lead here by a link; it may not load anything.
  return isFromElsewhere(headers) && !isLink(method, headers) ? { status: 403, text: foreignPage } : null
}

/** A page that is not ours has caused this request. What says nothing of that is no browser, or an old one. */
export function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'] ?? 'none'
  return site !== 'same-origin' && site !== 'none'
}

function isLink(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  )
}

/** Forms and other ports of this computer cannot send the header; other names cannot send the Origin. */
function refusePosting({ origins }: Door, headers: IncomingHttpHeaders): Refusal | null {
  const isOurs =
    origins.has(headers.origin ?? '') &&
    (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin' &&
    headers[ownHeader] === '1'
  return isOurs ? null : { status: 403, text: foreignPage }
}

const wrongHost = text(
  'Страница открыта по чужому имени. Откройте по адресу из chekpost token или добавьте имя в status.hosts',
  'The page was opened by a foreign name. Open the address that chekpost token prints, or add the name to status.hosts',
)
const wrongMethod = text('Так страницу не спрашивают', 'The page is not asked that way')
const tooLong = text('Слишком длинный адрес', 'The address is too long')
const foreignPage = text(
  'Запрос пришёл с чужой страницы и не выполнен. Откройте страницу заново и повторите',
  'The request came from a foreign page and was not carried out. Open the page anew and try again',
)

/** What every answer carries: nothing from elsewhere, nothing inside elsewhere, nothing kept. */
export const guardingHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
}
