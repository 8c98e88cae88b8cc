/**
 * The status page over HTTP. Everything that a request may do passes here: the door first, then who it is, then one
 * page, button, file or stream of `pages/`.
 */
import { readFileSync } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PageConfig } from '../config.ts'
import type { Log } from '../log.ts'
import { text } from '../text.ts'
import { untilAborted } from '../together.ts'
import { asset, assetNames } from './assets.ts'
import { type Door, doorOf, guardingHeaders, refuseStranger } from './door.ts'
import { type Entrance, mountEntrance } from './entrance.ts'
import { mountPages } from './mount.ts'
import type { Readiness } from './ready.ts'
import type { Sessions } from './sessions.ts'
import type { Face } from './visit.ts'

export interface PageOptions {
  readonly page: PageConfig
  readonly face: Face
  readonly sessions: Sessions
  /** Needed beyond this computer; null on it. */
  readonly password: string | null
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>
  readonly readiness: () => Readiness
  readonly log: Log
}

/** How often one address may ask for anything, a minute; a page loads four things. */
const requestsPerMinute = 1_200

/** Serves the page until the signal aborts. What keeps it from being served is logged and costs nothing else. */
export async function servePage(options: PageOptions, signal: AbortSignal): Promise<void> {
  const { page, log } = options
  let server: FastifyInstance
  try {
    server = await build(options, signal)
    await server.listen({ host: page.host, port: page.port })
  } catch (error) {
    log.error({ why: String(error), port: page.port }, 'the status page cannot be served')
    return
  }
  await untilAborted(signal)
  await server.close()
}

async function build(options: PageOptions, signal: AbortSignal): Promise<FastifyInstance> {
  const { page } = options
  const door = doorOf(page)
  const [{ fastify }, cookies, rateLimit] = await Promise.all([
    import('fastify'),
    import('@fastify/cookie'),
    import('@fastify/rate-limit'),
  ])
  const server = fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    serverFactory: (handler) => guarded(door, page, handler),
  }) as FastifyInstance
  server.removeContentTypeParser('text/plain')
  await server.register(cookies.default)
  await server.register(rateLimit.default, { max: requestsPerMinute, timeWindow: '1 minute' })
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(guardingHeaders)
    done()
  })
  const entrance = mountEntrance(server, door, options)
  mountAssets(server)
  mountMachines(server, entrance, options)
  mountPages(server, door, entrance, options, signal)
  return server
}

/** The door stands before the routing: a stranger does not even learn which addresses exist. */
function guarded(door: Door, { tls }: PageConfig, handler: RequestListener): Server {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refuseStranger(door, request)
    if (refusal === null) handler(request, response)
    else {
      response.writeHead(refusal.status, { ...guardingHeaders, 'content-type': 'text/plain; charset=utf-8' })
      response.end(`${refusal.text.ru}\n${refusal.text.en}\n`)
    }
  }
  if (tls === null) return createServer(listener)
  const [cert, key] = [readFileSync(tls.certFile), readFileSync(tls.keyFile)]
  return createTlsServer({ cert, key, minVersion: 'TLSv1.2' }, listener)
}

function mountAssets(server: FastifyInstance): void {
  for (const name of assetNames) {
    const { type, bytes } = asset(name)
    server.get(`/assets/${name}`, (_request, reply) => reply.type(type).send(bytes))
  }
}

/** For programs: the process, the shop, the numbers. Beyond this computer they show the password (HTTP Basic). */
function mountMachines(
  server: FastifyInstance,
  entrance: Entrance,
  { metrics, readiness, face }: PageOptions,
): void {
  server.get('/healthz', () => ({ ok: true }))
  server.get('/readyz', async (request, reply) => {
    if (!entrance.admitsMachine(request)) return await askPassword(reply)
    const { ok, checks } = readiness()
    return await reply.code(ok ? 200 : 503).send({ ok, checks })
  })
  server.get('/metrics', async (request, reply) => {
    if (!entrance.admitsMachine(request)) return await askPassword(reply)
    const { contentType, body } = await metrics()
    return await reply.type(contentType).send(body)
  })
  server.get('/status', async (request: FastifyRequest, reply) => {
    if (entrance.whoIs(request) === null) return await reply.code(401).send({ failure: loginFirst })
    return await face.desk.status({}, AbortSignal.timeout(10_000))
  })
}

async function askPassword(reply: FastifyReply): Promise<void> {
  await reply.code(401).header('www-authenticate', 'Basic realm="chekpost"').send({ failure: loginFirst })
}

const loginFirst = text('Сначала войдите: chekpost token', 'Log in first: chekpost token')
