/**
 * The site's certificate, looked at without trusting it: a connection that refuses it would not show what is wrong.
 * Nothing is sent over this connection.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls'
import { withDeadline } from '../../drivers/index.ts'
import { readTrouble } from '../bitrix/trouble.ts'
import { text } from '../text.ts'
import { bad, good, unknown, warning } from './finding.ts'
import type { Finding } from './report.ts'
import type { WayThere } from './site.ts'

const dayMs = 86_400_000
const soonDays = 14

/** What the config says of trust. */
interface Trust {
  readonly ca: string | null
  readonly pinnedKeys: readonly string[]
}

/** A certificate as it was shown. */
export interface ShownCertificate {
  readonly subject: string
  readonly issuer: string
  /** Milliseconds. */
  readonly validFrom: number
  readonly validTo: number
  /** Why the name does not fit; null when it does. */
  readonly wrongName: string | null
  /** OpenSSL's word for why the chain is not trusted; null when it is. */
  readonly distrust: string | null
  /** Base64 SHA-256 of the public key. */
  readonly key: string
}

export async function examineTls(
  there: WayThere,
  trust: Trust,
  { now, limitMs }: { now: number; limitMs: number },
  signal: AbortSignal,
): Promise<Finding> {
  try {
    return await withDeadline(limitMs, signal, async (limited) => {
      const socket = await openSocket(there, limited)
      try {
        if (there.url.protocol === 'http:') return plain(there)
        return judgeCertificate(
          await showCertificate(socket, there.url, trust, limited),
          trust.pinnedKeys,
          now,
        )
      } finally {
        socket.destroy()
      }
    })
  } catch (error) {
    signal.throwIfAborted()
    const trouble = readTrouble(error)
    if (trouble === null) throw error
    return bad('tls', trouble.words, { hint: trouble.hint })
  }
}

function plain({ url }: WayThere): Finding {
  return unknown(
    'tls',
    text(
      `${url.host}: соединение есть, без шифрования (http)`,
      `${url.host}: connected, without encryption (http)`,
    ),
  )
}

function openSocket({ url, proxy }: WayThere, signal: AbortSignal): Promise<Socket> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (proxy !== null && url.protocol === 'https:') return tunnel(proxy, `${url.hostname}:${port}`, signal)
  const host = proxy ?? url
  const hostPort = Number(host.port || (host.protocol === 'https:' ? 443 : 80))
  return new Promise((resolve, reject) => {
    const socket = connectPlain({ host: bare(host.hostname), port: hostPort })
    socket.once('connect', () => resolve(socket))
    socket.on('error', reject)
    abortWith(signal, socket, reject)
  })
}

/** RFC 9110, section 9.3.6: CONNECT. */
function tunnel(proxy: URL, path: string, signal: AbortSignal): Promise<Socket> {
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const headers =
    login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }
  const ask = proxy.protocol === 'https:' ? secureRequest : request
  return new Promise((resolve, reject) => {
    const asked = ask({
      ...{ method: 'CONNECT', path, headers, signal, agent: false },
      ...{ hostname: bare(proxy.hostname), port: proxy.port || undefined },
    })
    asked.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(Object.assign(new Error(`the proxy answered ${statusCode}`), { code: `PROXY_${statusCode}` }))
    })
    asked.once('error', (error) => reject(signal.aborted ? signal.reason : error))
    asked.end()
  })
}

function showCertificate(
  socket: Socket,
  { hostname }: URL,
  { ca }: Trust,
  signal: AbortSignal,
): Promise<ShownCertificate> {
  const host = bare(hostname)
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      ...{ socket, rejectUnauthorized: false },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === null ? {} : { ca }),
    })
    secure.once('secureConnect', () => resolve(shownBy(secure, host)))
    secure.on('error', reject)
    abortWith(signal, secure, reject)
  })
}

function abortWith(signal: AbortSignal, socket: Socket, reject: (reason: unknown) => void): void {
  const giveUp = () => {
    socket.destroy()
    reject(signal.reason)
  }
  signal.addEventListener('abort', giveUp, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', giveUp))
}

function shownBy(secure: TLSSocket, host: string): ShownCertificate {
  const peer = secure.getPeerCertificate()
  const certificate = new X509Certificate(peer.raw)
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  // Node hands out OpenSSL's code as a text here, its types say Error.
  const distrust: unknown = secure.authorizationError
  return {
    subject: nameIn(certificate.subject),
    issuer: nameIn(certificate.issuer),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    wrongName: checkServerIdentity(host, peer)?.message ?? null,
    distrust: secure.authorized ? null : String(distrust instanceof Error ? distrust.message : distrust),
    key: createHash('sha256').update(spki).digest('base64'),
  }
}

/** `CN=shop.example` of the several lines of a name; the organisation where there is no CN. */
function nameIn(name: string): string {
  const lines = name.split('\n')
  return (lines.find((line) => line.startsWith('CN=')) ?? lines.at(-1) ?? '').replace(/^\w+=/, '')
}

/** Pure: `now` in milliseconds. Dates come first: an expired certificate is distrusted for that alone. */
export function judgeCertificate(shown: ShownCertificate, pinned: readonly string[], now: number): Finding {
  const { subject, issuer, validFrom, validTo } = shown
  const until = new Date(validTo).toISOString().slice(0, 10)
  const since = new Date(validFrom).toISOString().slice(0, 10)
  if (now > validTo)
    return bad(
      'tls',
      text(
        `сертификат сайта истёк ${until} (${subject})`,
        `the site's certificate expired on ${until} (${subject})`,
      ),
      {
        hint: text(
          'Сообщите администратору сайта: сертификат надо обновить. Проверьте и дату на этом ПК.',
          "Tell the site's administrator: the certificate has to be renewed. Check this PC's date too.",
        ),
      },
    )
  if (now < validFrom)
    return bad(
      'tls',
      text(
        `сертификат сайта действует только с ${since}`,
        `the site's certificate is valid from ${since} only`,
      ),
      {
        hint: text('Проверьте дату на этом ПК: timedatectl', "Check this PC's date: timedatectl"),
      },
    )
  if (shown.wrongName !== null)
    return bad(
      'tls',
      text(`сертификат выдан другому сайту (${subject})`, `the certificate is another site's (${subject})`),
      {
        hint: text(
          'Проверьте имя в bitrix.url (с www или без); антивирус и прокси подменяют сертификаты.',
          'Check the name in bitrix.url (with or without www); virus scanners and proxies replace certificates.',
        ),
      },
    )
  if (shown.distrust !== null)
    return bad(
      'tls',
      text(
        `сертификату не верит этот ПК: выдан «${issuer}» (${shown.distrust})`,
        `this PC does not trust the certificate: issued by "${issuer}" (${shown.distrust})`,
      ),
      {
        hint: text(
          'Свой центр сертификации: bitrix.caFile. Чужой: сертификат подменяет антивирус или прокси. На сайте может не хватать промежуточного сертификата.',
          'An authority of your own: bitrix.caFile. A strange one: a virus scanner or proxy replaces it. The site may lack its intermediate certificate.',
        ),
      },
    )
  if (pinned.length > 0 && !pinned.includes(shown.key))
    return bad(
      'tls',
      text('сайт показал ключ, которого нет в pinnedKeys', 'the site showed a key that is not in pinnedKeys'),
      {
        hint: text(
          `Если ключ сменили намеренно, впишите: ${shown.key}`,
          `If it was changed on purpose, write: ${shown.key}`,
        ),
      },
    )
  const days = Math.floor((validTo - now) / dayMs)
  const said = text(
    `${subject}, ещё ${days} дн. (до ${until}), выдан «${issuer}»`,
    `${subject}, ${days} days left (until ${until}), issued by "${issuer}"`,
  )
  if (days >= soonDays) return good('tls', said)
  return warning('tls', said, {
    hint: text(
      'Сертификат скоро кончится: проверьте его продление на сайте.',
      'The certificate ends soon: see that the site renews it.',
    ),
  })
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
