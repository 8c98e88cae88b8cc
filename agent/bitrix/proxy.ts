/** The ways to a site: direct, through a tunnel that a proxy opens, or forwarded by the proxy. */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'

/** What decides about connections. */
interface Connections {
  /** `http://` or `https://`; null = direct. */
  readonly proxy: string | null
  /** PEM, or null for the usual authorities. */
  readonly ca: string | null
  readonly lanes: number
}

/** The pools of connections for addresses without and with TLS; to be destroyed by whoever asked. */
export async function agentsFor({
  proxy,
  ca,
  lanes,
}: Connections): Promise<{ http: HttpAgent; https: HttpsAgent }> {
  const kept = { keepAlive: true, maxSockets: lanes, maxFreeSockets: lanes } as const
  if (proxy === null) return { http: new HttpAgent(kept), https: new HttpsAgent(kept) }
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const trusted = { ...kept, ...proxyTrust(ca) }
  const toProxy = proxy.startsWith('https:') ? new HttpsAgent(trusted) : new HttpAgent(kept)
  return { http: toProxy, https: new HttpsProxyAgent(proxy, trusted) }
}

/** The proxy may have a certificate of its own, by the usual authorities or by the shop's. */
function proxyTrust(ca: string | null): { ca?: string[] } {
  return ca === null ? {} : { ca: [...rootCertificates, ca] }
}

/**
 * Asks a proxy for an address without TLS: the whole address stands in the request line (RFC 9112 section 3.2.2).
 * Written here, because http-proxy-agent 9.1.0 repeats the header after a body that is ready before the connection.
 */
export function forwardedBy(proxy: URL) {
  const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  return (url: URL, options: RequestOptions, answered?: (response: IncomingMessage) => void) => {
    const headers = {
      ...options.headers,
      host: url.host,
      ...(login === ':' ? {} : { 'proxy-authorization': authorization }),
    }
    const hostname = proxy.hostname.replace(/^\[|\]$/g, '')
    const hop = {
      method: options.method,
      agent: options.agent,
      hostname,
      // Node would take the name to check from the Host header, which is the site's.
      servername: isIP(hostname) === 0 ? hostname : '',
      port: proxy.port === '' ? undefined : proxy.port,
      path: url.href,
      headers,
    }
    return ask(hop, answered)
  }
}
