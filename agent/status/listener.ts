/** The bare HTTP server below the routing: who may speak to it, for how long, and with which certificate. */
import { readFileSync } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { pause } from '../../drivers/index.ts'
import type { PageConfig } from '../config.ts'
import type { Log } from '../log.ts'
import { type Text, text } from '../text.ts'
import { type Door, guardingHeaders, type Refusal, refuseStranger } from './door.ts'

/** What a client may take of the server; times in milliseconds. */
export interface Limits {
  readonly connections: number
  /** A TLS handshake. */
  readonly handshakeMs: number
  /** The head of a request, from its first byte or, for the first of a connection, from the connection. */
  readonly headersMs: number
  /** A whole request; an import over a slow line is the longest. */
  readonly requestMs: number
  /** Nothing read and nothing written; a doctor who walks a silent line takes minutes to answer. */
  readonly idleMs: number
  /** Between two requests of a connection. */
  readonly keepAliveMs: number
  /** How often the two limits of a request are looked at. */
  readonly checkMs: number
  /** How often the certificate's files are read, and a page that cannot be served is tried again. */
  readonly retryMs: number
}

export const usualLimits: Limits = {
  connections: 256,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 120_000,
  idleMs: 600_000,
  keepAliveMs: 20_000,
  checkMs: 2_000,
  retryMs: 60_000,
}

type Tls = PageConfig['tls']

/** Throws when the certificate cannot be used. */
export function openServer(door: Door, tls: Tls, limits: Limits, handler: RequestListener): Server {
  const options = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    // The door answers that, in words.
    requireHostHeader: false,
  }
  const listener = guarded(door, handler)
  const server =
    tls === null
      ? createServer(options, listener)
      : createTlsServer(
          { ...options, ...certificateOf(tls), minVersion: 'TLSv1.2', handshakeTimeout: limits.handshakeMs },
          listener,
        )
  server.maxConnections = limits.connections
  server.setTimeout(limits.idleMs)
  server.on('checkExpectation', listener)
  return server
}

function guarded(door: Door, handler: RequestListener): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refuseStranger(door, request)
    if (refusal === null) return void handler(request, response)
    response.writeHead(refusal.status, refusalHeaders(refusal.status))
    response.end(inBoth(refusal.text))
  }
}

/** What a stranger goes on sending is not waited for. */
function refusalHeaders(status: number): Record<string, string> {
  return {
    ...guardingHeaders,
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
    ...(status === 405 && { allow: 'GET, HEAD, POST' }),
  }
}

/** For somebody whose language is not known. */
export function inBoth({ ru, en }: Text): string {
  return `${ru}\n${en}\n`
}

const malformed: Refusal = { status: 400, text: text('Запрос не понят', 'The request was not understood') }
const malformedBy: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, text: text('Слишком длинный запрос', 'The request is too long') },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    text: text('Запрос шёл слишком долго', 'The request took too long'),
  },
}

/** What is no HTTP, too big or too slow is answered in the same words and with the same headers as all else. */
export function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, text: said } = malformedBy[error.code ?? ''] ?? malformed
  const body = inBoth(said)
  const headers = { ...refusalHeaders(status), 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

function certificateOf({ certFile, keyFile }: NonNullable<Tls>): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) }
}

/** A certificate that was renewed on the disk is taken without a restart; one that cannot be used leaves the old. */
export async function renewCertificate(
  server: TlsServer,
  tls: NonNullable<Tls>,
  { retryMs }: Limits,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let taken = fingerprintOf(tls)
  let told = ''
  while (!signal.aborted) {
    await pause(retryMs, signal).catch(() => undefined) // The signal ends the loop.
    try {
      const now = fingerprintOf(tls)
      if (signal.aborted || now === taken) continue
      server.setSecureContext({ ...certificateOf(tls), minVersion: 'TLSv1.2' })
      taken = now
      log.info({ certFile: tls.certFile }, 'the renewed certificate of the page is used')
    } catch (error) {
      const why = String(error)
      if (why !== told) log.warn({ why }, 'the renewed certificate of the page cannot be used')
      told = why
    }
  }
}

/** Two small files: comparing them tells more than the times of links that renewals put elsewhere. */
function fingerprintOf(tls: NonNullable<Tls>): string {
  const { cert, key } = certificateOf(tls)
  return cert.toString('latin1') + key.toString('latin1')
}
