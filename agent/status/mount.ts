/** Puts every page, button, file and stream of `pages/` to its address, behind the login. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { RegisterError } from '../../drivers/index.ts'
import type { Log } from '../log.ts'
import { StoreError } from '../store/faults.ts'
import { type Text, text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import { ownHeader } from './door.ts'
import type { Entrance } from './entrance.ts'
import { zoneName } from './figures.ts'
import { bare, framed } from './frame.ts'
import { html } from './html.ts'
import { openStream, Viewers } from './live.ts'
import { actions, downloads, pages, streams } from './pages/index.ts'
import { ourFault } from './told.ts'
import type { Action, Download, Face, Page, Visit } from './visit.ts'

interface Mounted {
  readonly face: Face
  readonly log: Log
}

/** Who came in, and what happens to what goes wrong. */
interface Hall extends Mounted {
  readonly entrance: Entrance
  readonly signal: AbortSignal
}

export function mountPages(
  server: FastifyInstance,
  entrance: Entrance,
  { face, log }: Mounted,
  signal: AbortSignal,
): void {
  const hall: Hall = { face, log, entrance, signal }
  for (const page of pages) server.get(page.path, (request, reply) => showPage(hall, page, request, reply))
  for (const action of actions)
    server.post(action.path, { bodyLimit: action.bodyLimit ?? 64 * 1024 }, (request, reply) =>
      carryOut(hall, action, request, reply),
    )
  for (const download of downloads)
    server.get(download.path, { exposeHeadRoute: false }, (request, reply) =>
      giveFile(hall, download, request, reply),
    )
  const viewers = new Viewers()
  // A server waits for its answers to end, and a stream would never.
  server.addHook('preClose', (done) => {
    viewers.endAll()
    done()
  })
  for (const stream of streams)
    server.get(stream.path, { exposeHeadRoute: false }, (request, reply) => {
      const visit = visitOf(hall, request)
      if (visit === null) return keepOut(request, reply)
      const isInside = () => entrance.whoIs(request) !== null
      return openStream(stream, { face, visit, viewers, isInside }, reply)
    })
  server.setNotFoundHandler({ preHandler: server.rateLimit() }, async (request, reply) => {
    if (entrance.whoIs(request) === null) return await keepOut(request, reply)
    if (request.method === 'POST') return await reply.code(404).send({ failure: noSuchPage })
    return await sendProblem(hall, reply, 404, noSuchPage, request)
  })
  server.setErrorHandler(async (error, request, reply) => {
    const { status, said } = problemOf(error, log)
    if (isByScript(request)) return await reply.code(status).send({ failure: said })
    return await sendProblem(hall, reply, status, said, request)
  })
}

async function showPage(hall: Hall, page: Page, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const visit = visitOf(hall, request)
  if (visit === null) return await keepOut(request, reply)
  const body = await page.draw(hall.face, visit)
  hall.entrance.renewCookie(request, reply)
  const menu = pages.filter(({ inMenu }) => inMenu)
  const { config, clock } = hall.face
  const place = { menu, address: request.url, zone: zoneName(config.timezone, clock()) }
  await sendHtml(reply, framed(page, body, place, visit).toString())
}

async function carryOut(
  hall: Hall,
  action: Action,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const visit = visitOf(hall, request)
  if (visit === null) return await keepOut(request, reply)
  const input = action.input.safeParse(request.body)
  if (!input.success) throw new UsageError(wrongInput(input.error))
  const answer = await action.act(hall.face, input.data, visit)
  return 'go' in answer ? answer : { ...answer, html: answer.html.toString() }
}

/** Whoever has no session is led to the login; a script would not see that it was led anywhere. */
function keepOut(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return isByScript(request) ? reply.code(401).send({ failure: loginAgain }) : reply.redirect('/login')
}

/** The page's own script reads the answer and shows the words. */
function isByScript({ method, url, headers }: FastifyRequest): boolean {
  return method === 'POST' || url.startsWith('/live/') || headers[ownHeader] === '1'
}

/** No form of ours sends that. What zod says is English and for whoever reads code. */
function wrongInput({ issues }: z.ZodError): Text {
  const fields = issues.map(({ path }) => path.join('.')).join(', ')
  const said = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  return text(`Не так заполнено: ${fields}`, `Not filled in rightly: ${said}`)
}

async function giveFile(
  hall: Hall,
  download: Download,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const visit = visitOf(hall, request)
  if (visit === null) return await keepOut(request, reply)
  const { name, type, bytes } = await download.make(hall.face, visit)
  const safeName = name.replace(/[^\w.-]/g, '_')
  await reply
    .type(type)
    .header('content-disposition', `attachment; filename="${safeName}"`)
    .send(Buffer.from(bytes))
}

const Query = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

function visitOf({ entrance, signal }: Hall, request: FastifyRequest): Visit | null {
  const who = entrance.whoIs(request)
  if (who === null) return null
  const language = entrance.languageOf(request)
  const query = Object.entries(Query.parse(request.query ?? {})).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : (value[0] ?? ''),
  ])
  const say = (said: Text) => said[language]
  return { language, say, query: Object.fromEntries(query), who, signal }
}

async function sendHtml(reply: FastifyReply, page: string): Promise<void> {
  await reply.type('text/html; charset=utf-8').send(page)
}

async function sendProblem(
  { entrance }: Hall,
  reply: FastifyReply,
  status: number,
  said: Text,
  request: FastifyRequest,
): Promise<void> {
  const language = entrance.languageOf(request)
  const say = (words: Text) => words[language]
  const body = html`<p class="health red" role="alert">${say(said)}</p>
    <p><a href="/">${say(text('К обзору', 'To the overview'))}</a></p>`
  void reply.code(status)
  await sendHtml(
    reply,
    bare(say(text('Не получилось', 'That failed')), body, '/', { language, say }).toString(),
  )
}

/** What went wrong, in words; what nobody foresaw is a bug and stands in the log. */
function problemOf(error: unknown, log: Log): { status: number; said: Text } {
  if (error instanceof UsageError) return { status: 400, said: error.text }
  if (error instanceof Failure) return { status: 409, said: error.text }
  if (error instanceof RegisterError || error instanceof StoreError) return { status: 503, said: error.text }
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status >= 500) log.error({ err: error }, 'a request at the page failed')
  return { status, said: usual[status] ?? (status < 500 ? notUnderstood : ourFault) }
}

const usual: Readonly<Record<number, Text>> = {
  413: text('Слишком много данных за один раз', 'That is too much at a time'),
  429: text('Слишком часто. Подождите минуту', 'Too often. Wait for a minute'),
}
/** What a request is told that makes no sense. */
export const notUnderstood = text('Запрос не понят', 'The request was not understood')
const noSuchPage = text('Такой страницы нет', 'There is no such page')
const loginAgain = text(
  'Вход больше не действует. Войдите снова: chekpost token',
  'You are not logged in any more. Log in again: chekpost token',
)
