/**
 * One POST by got. Its retries and redirects are off: the outbox retries, and a redirected POST would lose its
 * body or go to a stranger. Every phase has a limit, and so has the length of the answer.
 */
import { createHash, X509Certificate } from 'node:crypto'
import type { ClientRequest } from 'node:http'
import { checkServerIdentity, type PeerCertificate, TLSSocket } from 'node:tls'
import type { Response } from 'got'
import { DeadlinePassed, withDeadline } from '../../drivers/index.ts'
import type { AnswerHeaders } from './answer.ts'
import { agentsFor, forwardedBy } from './proxy.ts'
import { UnpinnedKey } from './trouble.ts'

/** Where and how to send. Times in milliseconds. */
export interface PostOptions {
  readonly url: string
  /** `http://` or `https://`, with user and password if it wants them; null = direct. */
  readonly proxy: string | null
  /** PEM of the only authorities to trust; null = the usual ones. */
  readonly ca: string | null
  /** Base64 SHA-256 of the public keys (SPKI) that the site may show; empty = any. */
  readonly pinnedKeys: readonly string[]
  /** Until the connection stands, TLS and proxy included. */
  readonly connectMs: number
  /** From the last byte sent to the first byte of the answer. */
  readonly answerMs: number
  /** Everything together, slow answers included. */
  readonly totalMs: number
  /** How many connections may be open at once. */
  readonly lanes: number
  /** The longest answer that is read, bytes; absent = `answerCeiling`. */
  readonly longestAnswer?: number
}

/** An answer as it came, its body cut at the ceiling. */
export interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: string
  /** The peer proved by certificate that it is the site: only then its clock may be believed. */
  readonly proved: boolean
}

/** The longest answer to a document that is read; ours has a few hundred bytes. */
export const answerCeiling = 65_536

/** One address with its connections, which are kept open between posts. */
export class Post implements Disposable {
  readonly #options: PostOptions
  #means: ReturnType<typeof loadMeans> | null = null

  constructor(options: PostOptions) {
    this.#options = options
  }

  /** Resolves with whatever HTTP answer came; rejects with the network's error or the signal's reason. */
  async send(
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<Answer> {
    return await withDeadline(this.#options.totalMs, signal, async (limited) => {
      const first = await this.#once(headers, body, limited)
      if (!('stale' in first)) return first
      // A kept connection that the site had closed meanwhile: nothing was lost but this connection.
      const second = await this.#once(headers, body, limited)
      if ('stale' in second) throw second.stale
      return second
    })
  }

  [Symbol.dispose](): void {
    const close = ({ agents }: Means) => {
      agents.http.destroy()
      agents.https.destroy()
    }
    this.#means?.then(close).catch(() => undefined) // What was never loaded need not be closed.
  }

  async #once(
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<Answer | { stale: unknown }> {
    const { got, agents } = await this.#loaded()
    const stream = got.stream(this.#options.url, this.#request(headers, body, agents))
    const abort = () => stream.destroy(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const connecting = setTimeout(
      () => stream.destroy(new DeadlinePassed(this.#options.connectMs)),
      this.#options.connectMs,
    )
    let answer: Answer | null = null
    const chunks: Buffer[] = []
    const ceiling = this.#options.longestAnswer ?? answerCeiling
    // A proxy's agent hands the socket over only when the tunnel stands.
    stream.once('request', (request: ClientRequest) => request.once('socket', () => clearTimeout(connecting)))
    stream.once('response', (response: Response) => {
      answer = headOf(response)
    })
    // Destroying the stream below may still make it say that it was cut off, when nobody listens any more.
    stream.on('error', () => undefined)
    try {
      if (signal.aborted) abort()
      await readTo(stream, chunks, ceiling)
    } catch (error) {
      if (signal.aborted && !(signal.reason instanceof DeadlinePassed)) throw signal.reason
      if (stream.reusedSocket === true && answer === null && isReset(error)) return { stale: error }
      // A refusal is known by its status alone; a success needs its whole body.
      if (answer === null || isSuccess(answer)) throw signal.aborted ? signal.reason : error
    } finally {
      clearTimeout(connecting)
      signal.removeEventListener('abort', abort)
      stream.destroy()
    }
    return { ...headWanted(answer), body: Buffer.concat(chunks).subarray(0, ceiling).toString('utf8') }
  }

  /** What failed to load once, on a disk that was busy or full, is tried again with the next post. */
  #loaded(): Promise<Means> {
    this.#means ??= loadMeans(this.#options).catch((error: unknown) => {
      this.#means = null
      throw error
    })
    return this.#means
  }

  #request(headers: Readonly<Record<string, string>>, body: Uint8Array, agents: Means['agents']) {
    const { url, proxy, connectMs, answerMs, ca, pinnedKeys } = this.#options
    return {
      ...(proxy !== null && url.startsWith('http:') ? { request: forwardedBy(new URL(proxy)) } : {}),
      method: 'POST',
      headers,
      body: Buffer.from(body),
      agent: agents,
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
      timeout: {
        lookup: connectMs,
        connect: connectMs,
        secureConnect: connectMs,
        send: answerMs,
        response: answerMs,
      },
      https: {
        rejectUnauthorized: true,
        ...(ca === null ? {} : { certificateAuthority: ca }),
        checkServerIdentity: pinsOrNames(pinnedKeys),
      },
    } as const
  }
}

type Means = Awaited<ReturnType<typeof loadMeans>>

/** Loaded with the first post: a daemon that starts looks at its register before that. */
async function loadMeans(options: PostOptions) {
  const [{ default: got }, agents] = await Promise.all([import('got'), agentsFor(options)])
  return { got, agents }
}

async function readTo(stream: AsyncIterable<unknown>, chunks: Buffer[], ceiling: number): Promise<void> {
  let length = 0
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue
    chunks.push(chunk)
    length += chunk.length
    if (length >= ceiling) return
  }
}

function headOf(response: Response): Answer {
  const { socket } = response
  return {
    status: response.statusCode,
    headers: response.headers,
    body: '',
    proved: socket instanceof TLSSocket && socket.authorized,
  }
}

/** got's stream ends without error only after a response. */
function headWanted(answer: Answer | null): Answer {
  if (answer === null)
    throw Object.assign(new Error('the answer ended before it began'), { code: 'ECONNRESET' })
  return answer
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

/** The usual check of the name, then of the public key if keys are pinned. */
function pinsOrNames(pinnedKeys: readonly string[]) {
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    const wrongName = checkServerIdentity(host, certificate)
    if (wrongName !== undefined || pinnedKeys.length === 0) return wrongName
    const key = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' })
    const shown = createHash('sha256').update(key).digest('base64')
    return pinnedKeys.includes(shown) ? undefined : new UnpinnedKey(shown)
  }
}
