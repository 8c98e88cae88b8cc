/**
 * The status page over HTTP. Everything that a request may do passes here: the door first, then who it is, then one
 * page, button, file or stream of `pages/`.
 */
import { Server as TlsServer } from 'node:https'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { pause } from '../../drivers/index.ts'
import type { PageConfig } from '../config.ts'
import type { Log } from '../log.ts'
import type { Text } from '../text.ts'
import { untilAborted } from '../together.ts'
import { asset, assetNames } from './assets.ts'
import { doorOf, guardingHeaders, type Refusal } from './door.ts'
import { type Entrance, loginFirst, mountEntrance } from './entrance.ts'
import type { Keys } from './gate.ts'
import { type Limits, openServer, refuseMalformed, renewCertificate, usualLimits } from './listener.ts'
import { mountPages, notUnderstood } from './mount.ts'
import { checkCertificate } from './pagefiles.ts'
import type { Readiness } from './ready.ts'
import { whyUnserved } from './unserved.ts'
import type { Face } from './visit.ts'

export interface PageOptions {
  readonly page: PageConfig
  readonly face: Face
  /** Asked again at each try. Throws while the password, needed beyond this computer, cannot be used. */
  readonly keys: () => Keys
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>
  readonly readiness: () => Readiness
  readonly log: Log
  /** Told why the page is not served, and null when it is. */
  readonly tell?: (why: Text | null) => void
  /** The pause between two tries; absent = the whole of it. */
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly limits?: Limits
}

/** How often one address may ask for anything, a minute; a page loads four things. */
const requestsPerMinute = 1_200

/** Serves the page until the signal aborts. What keeps it from being served costs nothing else and is tried again. */
export async function servePage(options: PageOptions, signal: AbortSignal): Promise<void> {
  const { page, log, limits = usualLimits, rest = pause } = options
  let told = ''
  while (!signal.aborted) {
    const why = await serve(options, limits, signal)
    if (why === null) break
    options.tell?.(why)
    if (why.en !== told) log.error({ why: why.en, port: page.port }, 'the status page cannot be served')
    told = why.en
    await rest(limits.retryMs, signal).catch(() => undefined) // The signal ends the loop.
  }
}

/** Null when the signal has aborted, else why nothing is served. */
async function serve(options: PageOptions, limits: Limits, signal: AbortSignal): Promise<Text | null> {
  const { page, log } = options
  let server: FastifyInstance | undefined
  try {
    server = await build(options, limits, signal)
    await server.listen({ host: page.host, port: page.port })
  } catch (error) {
    await server?.close()
    return await whyUnserved(error, page)
  }
  options.tell?.(null)
  const { server: bare } = server
  if (page.tls !== null && bare instanceof TlsServer)
    await renewCertificate(bare, page.tls, limits, log, signal)
  await untilAborted(signal)
  await server.close()
  return null
}

async function build(options: PageOptions, limits: Limits, signal: AbortSignal): Promise<FastifyInstance> {
  const { page, log } = options
  const keys = options.keys()
  if (page.tls !== null) checkCertificate(page.tls)
  const door = doorOf(page)
  const [{ fastify }, cookies, rateLimit] = await Promise.all([
    import('fastify'),
    import('@fastify/cookie'),
    import('@fastify/rate-limit'),
  ])
  const server = fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    serverFactory: (handler) => openServer(door, page.tls, limits, handler),
    clientErrorHandler: refuseMalformed,
    // What is not even an address reaches no hook.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).headers(guardingHeaders).send({ failure: notUnderstood })
    },
  }) as FastifyInstance
  server.removeContentTypeParser('text/plain')
  await server.register(cookies.default)
  await server.register(rateLimit.default, { max: requestsPerMinute, timeWindow: '1 minute' })
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(guardingHeaders)
    done()
  })
  const entrance = mountEntrance(server, door, { ...keys, log })
  mountAssets(server)
  mountMachines(server, entrance, options)
  mountPages(server, entrance, options, signal)
  return server
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
    const refusal = entrance.refuseMachine(request)
    if (refusal !== null) return await askPassword(reply, refusal)
    const { ok, checks } = readiness()
    return await reply.code(ok ? 200 : 503).send({ ok, checks })
  })
  server.get('/metrics', async (request, reply) => {
    const refusal = entrance.refuseMachine(request)
    if (refusal !== null) return await askPassword(reply, refusal)
    const { contentType, body } = await metrics()
    return await reply.type(contentType).send(body)
  })
  server.get('/status', async (request: FastifyRequest, reply) => {
    if (entrance.whoIs(request) === null) return await reply.code(401).send({ failure: loginFirst })
    return await face.desk.status({}, AbortSignal.timeout(10_000))
  })
}

async function askPassword(reply: FastifyReply, { status, text: said }: Refusal): Promise<void> {
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="chekpost"')
  await reply.code(status).send({ failure: said })
}
