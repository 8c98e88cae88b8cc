/**
 * The control socket: the desk's verbs as `POST /desk/<verb>` with JSON bodies over a unix socket (mode 0660, so the
 * rights of the socket are the rights to ask), and the read-only `GET /status` and `/healthz`.
 */
import { chmod, symlink, unlink } from 'node:fs/promises'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { RegisterError } from '../../drivers/index.ts'
import type { Log } from '../log.ts'
import { StoreError } from '../store/faults.ts'
import { type Text, text } from '../text.ts'
import { untilAborted } from '../together.ts'
import { Failure, UsageError } from '../usage.ts'
import { checkedInput, type Desk, inputs, type Verb } from './desk.ts'
import { isAlive } from './remote.ts'

/** The largest is an import that comes in one piece. */
const bodyLimit = 32 * 1024 * 1024

/** Throws `Failure` when a daemon answers on the socket: two of them would read and send side by side. */
export async function refuseSecond(socket: string, signal: AbortSignal): Promise<void> {
  if (await isAlive(socket, signal)) throw new Failure(runsAlready(socket))
}

/** What a second daemon is told; `where` is the socket or the directory of the first. */
export function runsAlready(where: string): Text {
  return text(
    `Служба уже работает (${where}). Второй экземпляр не нужен: остановите первый или смотрите chekpost status.`,
    `The daemon is running already (${where}). Stop it first, or look at chekpost status.`,
  )
}

/** Serves the desk on `socket` until the signal aborts; `link` is the name by which the state directory knows it. */
export async function serveDesk(
  desk: Desk,
  { socket, link }: { readonly socket: string; readonly link: string },
  log: Log,
  listening: () => void,
  signal: AbortSignal,
): Promise<void> {
  await unlink(socket).catch(() => undefined) // A leftover of a killed daemon; nobody answers on it.
  const server = await newServer({ bodyLimit })
  answerErrors(server, log)
  for (const verb of Object.keys(inputs) as Verb[])
    server.post(`/desk/${verb}`, async (request) => await carryOut(desk, verb, request.body, signal))
  answerStatus(server, desk, signal)
  await server.listen({ path: socket })
  await chmod(socket, 0o660)
  if (link !== socket) await replaceLink(link, socket)
  listening()
  await untilAborted(signal)
  await server.close()
}

/** fastify is loaded here and not with this file: the registers are looked at first. */
async function newServer(options: FastifyServerOptions): Promise<FastifyInstance> {
  const { fastify } = await import('fastify')
  return fastify({ ...options, forceCloseConnections: true })
}

async function replaceLink(link: string, socket: string): Promise<void> {
  await unlink(link).catch(() => undefined) // The link of a former run, or none.
  await symlink(socket, link)
}

function answerStatus(server: FastifyInstance, desk: Desk, signal: AbortSignal): void {
  server.get('/status', async () => await desk.status({}, signal))
  server.get('/healthz', () => ({ ok: true }))
}

function answerErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof UsageError || error instanceof Failure)
      return await reply.code(error instanceof UsageError ? 400 : 409).send({ failure: error.text })
    if (error instanceof StoreError || error instanceof RegisterError)
      return await reply.code(503).send({ failure: error.text })
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status >= 500) log.error({ err: error }, 'a request at the desk failed')
    const said = error instanceof Error ? error.message : String(error)
    return await reply.code(status).send({ failure: status < 500 ? wrongRequest(said) : ourFault(said) })
  })
}

function wrongRequest(said: string): Text {
  return text(`Служба не поняла запрос: ${said}`, `The daemon did not understand the request: ${said}`)
}

function ourFault(said: string): Text {
  return text(
    `Ошибка в самой программе: ${said}. Пришлите в поддержку файл: chekpost support`,
    `A fault of the program itself: ${said}. Send a file to support: chekpost support`,
  )
}

async function carryOut<V extends Verb>(
  desk: Desk,
  verb: V,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const act = desk[verb] as (input: unknown, signal: AbortSignal) => Promise<unknown>
  return await act(checkedInput(verb, body), signal)
}
