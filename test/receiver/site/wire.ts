/** Requests to a site: signed ones as the agent sends them, and those of a person's browser. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { parseSecret, sign } from '../../../agent/bitrix/sign.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body, parsed; an empty object when it is not JSON. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface PostOptions {
  /** Default: the first one of the site. */
  readonly register?: string
  /** Default: that register's own. Several sign several times, as while rotating; null signs not at all. */
  readonly secret?: string | readonly string[] | null
  /** Default: `eventId` of the body. */
  readonly id?: string
  /** Unix seconds; default: now. */
  readonly timestamp?: number | string
  /** More headers, or others; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
  readonly path?: string
  readonly method?: string
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Wire {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export async function send({ method, url, headers, body, timeoutMs, signal }: Wire): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, ...(signal === undefined ? {} : { signal }) })
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    asked.on('close', () => clearTimeout(timer))
    asked.on('error', reject)
    asked.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) })
      })
    })
    asked.end(body ?? undefined)
  })
}

export interface Signed {
  readonly base: string
  readonly register: string
  readonly secrets: readonly string[]
  readonly body: object | string | Uint8Array
  readonly options: PostOptions
}

export async function postSigned({ base, register, secrets, body, options }: Signed): Promise<Answer> {
  const bytes = Buffer.from(
    typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  )
  const id = options.id ?? eventIdOf(body, bytes)
  const timestamp = options.timestamp ?? Math.floor(Date.now() / 1000)
  const given: Record<string, string | null> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(secrets.map(parseSecret), id, Number(timestamp), bytes),
    'idempotency-key': `"${id}"`,
    'chekpost-register': register,
    'chekpost-instance': 'a1b2c3d4',
    'chekpost-attempt': '1',
    ...options.headers,
  }
  const headers = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  )
  return await send({
    method: options.method ?? 'POST',
    url: base + (options.path ?? '/local/chekpost/sale.php'),
    headers: { ...headers, 'content-length': String(bytes.length) },
    body: bytes,
    timeoutMs: options.timeoutMs ?? 30_000,
    signal: options.signal,
  })
}

function eventIdOf(body: object | string | Uint8Array, bytes: Buffer): string {
  const from =
    typeof body === 'object' && !(body instanceof Uint8Array) ? body : parsed(bytes.toString('utf8'))
  return 'eventId' in from && typeof from.eventId === 'string' ? from.eventId : 'none'
}

/** Somebody who has logged in to the back office. */
export class Browser {
  readonly #base: string
  readonly #cookie: string
  /** The word that a form must bring along. */
  readonly sessid: string

  constructor(base: string, cookie: string, sessid: string) {
    this.#base = base
    this.#cookie = cookie
    this.sessid = sessid
  }

  static async open(base: string, userId: number): Promise<Browser> {
    const answer = await send({
      method: 'GET',
      url: `${base}/fake/login.php?user=${userId}`,
      headers: {},
      body: null,
      timeoutMs: 30_000,
    })
    const cookies = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '')
    const last = Object.fromEntries(cookies.map((cookie) => cookie.split('=') as [string, string]))
    const cookie = Object.entries(last).map(([name, value]) => `${name}=${value}`)
    return new Browser(base, cookie.join('; '), String(answer.json['sessid']))
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return await this.#send('GET', path, headers, null)
  }

  /** A form; the session's word goes along unless `sessid` is among the fields. */
  async post(
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const form = new URLSearchParams()
    for (const [name, value] of Object.entries({ sessid: this.sessid, ...fields }))
      for (const one of typeof value === 'string' ? [value] : value) form.append(name, one)
    const type = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
    return await this.#send('POST', path, type, Buffer.from(form.toString()))
  }

  /** A file in a form of the kind multipart. */
  async upload(
    path: string,
    fields: Readonly<Record<string, string>>,
    file: { readonly field: string; readonly name: string; readonly bytes: string | Uint8Array },
  ): Promise<Answer> {
    const edge = '----chekpost-form'
    const parts = Object.entries({ sessid: this.sessid, ...fields }).map(([name, value]) =>
      Buffer.from(`--${edge}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    )
    const head = `--${edge}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\nContent-Type: text/csv\r\n\r\n`
    const body = Buffer.concat([
      ...parts,
      Buffer.from(head),
      Buffer.from(file.bytes),
      Buffer.from(`\r\n--${edge}--\r\n`),
    ])
    return await this.#send('POST', path, { 'content-type': `multipart/form-data; boundary=${edge}` }, body)
  }

  async #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | null,
  ): Promise<Answer> {
    const length = body === null ? {} : { 'content-length': String(body.length) }
    return await send({
      method,
      url: this.#base + path,
      headers: { cookie: this.#cookie, ...length, ...headers },
      body,
      timeoutMs: 30_000,
    })
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}
