/** Logging in and out, and who a request comes from. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Log } from '../log.ts'
import { type Language, type Text, text } from '../text.ts'
import { type Door, isFromElsewhere, type Refusal } from './door.ts'
import { bare } from './frame.ts'
import type { Keys } from './gate.ts'
import { html } from './html.ts'
import { sameSecret, sessionLifeMs } from './sessions.ts'
import { Tries } from './tries.ts'

/** Who is inside. */
export interface Entrance {
  /** The name that stands in the audit; null for somebody who is not logged in. */
  whoIs(request: FastifyRequest): string | null
  /** What a program that asks for numbers only is told, or null: it may have them. */
  refuseMachine(request: FastifyRequest): Refusal | null
  languageOf(request: FastifyRequest): Language
  /** With a page that he who is inside is given: his cookie lives on as his session does. */
  renewCookie(request: FastifyRequest, reply: FastifyReply): void
}

/** What the entrance works with. */
interface Hall extends Keys {
  readonly log: Log
  readonly door: Door
  readonly tries: Tries
}

const Query = z.record(z.string(), z.unknown())
const Password = z.object({ password: z.string().max(1024) })

export function mountEntrance(server: FastifyInstance, door: Door, keys: Keys & Pick<Hall, 'log'>): Entrance {
  const { sessions, log } = keys
  // Of its own clock: a wall clock that is put right must not lock out anybody, nor let anybody in.
  const hall: Hall = {
    door,
    tries: new Tries(() => performance.now()),
    sessions,
    log,
    password: keys.password,
  }
  const entrance: Entrance = {
    whoIs: (request) => {
      const key = request.cookies[door.cookie]
      return key === undefined ? null : sessions.whose(key)
    },
    refuseMachine: (request) =>
      door.isLocal || entrance.whoIs(request) !== null ? null : refuseWithoutPassword(hall, request),
    languageOf: (request) => (request.cookies['lang'] === 'en' ? 'en' : 'ru'),
    renewCookie: (request, reply) => {
      const key = request.cookies[door.cookie]
      if (key !== undefined && sessions.isCookieOld(key)) giveCookie(door, reply, key)
    },
  }
  // Who only asks for the headers must not use up the token.
  server.get('/login', { exposeHeadRoute: false }, (request, reply) =>
    takeToken(hall, entrance.languageOf(request), request, reply),
  )
  server.post('/do/login', (request, reply) => takePassword(hall, request, reply))
  server.post('/do/logout', async (request, reply) => {
    letOut(hall, request, reply)
    return await reply.send({ go: '/login' })
  })
  // Without a script. A link on somebody else's page must log nobody out: no cookie comes with it, but one would be taken.
  server.get('/logout', { exposeHeadRoute: false }, async (request, reply) => {
    if (isFromElsewhere(request.headers)) return await reply.redirect('/')
    letOut(hall, request, reply)
    return await reply.redirect('/login')
  })
  server.get('/lang', async (request, reply) => {
    const { to, back } = Query.parse(request.query)
    void reply.setCookie('lang', to === 'en' ? 'en' : 'ru', { ...cookieOptions(door), maxAge: 31_536_000 })
    return await reply.redirect(isOwnPath(back) ? back : '/')
  })
  return entrance
}

async function takeToken(
  hall: Hall,
  language: Language,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { token } = Query.parse(request.query)
  const isPasswordAsked = hall.password !== null
  if (typeof token !== 'string' || token === '')
    return await sendLogin(reply, 200, { language, problem: null, token: '', isPasswordAsked })
  // Somebody else's page could log a person in as whom it likes, or use up the tries: here the person has to say so.
  if (isFromElsewhere(request.headers))
    return await sendLogin(reply, 200, { language, problem: null, token, isPasswordAsked })
  if (!hall.tries.mayTry(request.ip))
    return await sendLogin(reply, 429, { language, problem: tooOften, token, isPasswordAsked })
  const key = hall.sessions.redeem(token)
  if (key === null) {
    noteFailure(hall, request)
    return await sendLogin(reply, 403, { language, problem: usedUp, token: '', isPasswordAsked })
  }
  letIn(hall, request, reply, key)
  await sendWelcome(reply, language)
}

async function takePassword(hall: Hall, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { tries, sessions, password } = hall
  if (!tries.mayTry(request.ip)) return await reply.code(429).send({ failure: tooOften })
  const given = Password.safeParse(request.body)
  if (password === null || !given.success || !sameSecret(given.data.password, password)) {
    noteFailure(hall, request)
    return await reply.code(403).send({ failure: wrongPassword })
  }
  letIn(hall, request, reply, sessions.open(`page ${request.ip}`, 'password'))
  await reply.send({ go: '/' })
}

function noteFailure({ tries, log }: Hall, { ip }: FastifyRequest): void {
  if (tries.failed(ip)) log.warn({ address: ip }, 'too many wrong tokens or passwords at the page')
}

/** A new key for whoever comes in, and the end of the session that he came with. */
function letIn({ door, sessions }: Hall, request: FastifyRequest, reply: FastifyReply, key: string): void {
  sessions.close(request.cookies[door.cookie] ?? '')
  giveCookie(door, reply, key)
}

function letOut({ door, sessions }: Hall, request: FastifyRequest, reply: FastifyReply): void {
  sessions.close(request.cookies[door.cookie] ?? '')
  void reply.clearCookie(door.cookie, cookieOptions(door))
}

function giveCookie(door: Door, reply: FastifyReply, key: string): void {
  void reply.setCookie(door.cookie, key, { ...cookieOptions(door), maxAge: sessionLifeMs / 1000 })
}

function cookieOptions({ cookie }: Door) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: cookie.startsWith('__Host-') } as const
}

/** Nothing that leads elsewhere: `//evil.example` is another host, and `/\` is the same to a browser. */
function isOwnPath(back: unknown): back is string {
  return typeof back === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(back)
}

/** HTTP Basic; the name does not matter. */
function refuseWithoutPassword(hall: Hall, request: FastifyRequest): Refusal | null {
  const { authorization } = request.headers
  if (authorization === undefined) return { status: 401, text: loginFirst }
  if (!hall.tries.mayTry(request.ip)) return { status: 429, text: tooOften }
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? []
  const [, given = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  if (hall.password !== null && sameSecret(given, hall.password)) return null
  noteFailure(hall, request)
  return { status: 401, text: wrongPassword }
}

/** A redirection would belong to the page that led here, and a strict cookie would stay behind; so our own page goes on. */
async function sendWelcome(reply: FastifyReply, language: Language): Promise<void> {
  const words = text('Вход выполнен', 'You are logged in')[language]
  const page = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${words}</title>
    <meta http-equiv="refresh" content="0; url=/"></head><body><p><a href="/">${words}</a></p></body></html>`
  await reply.type('text/html; charset=utf-8').send(page.toString())
}

interface LoginPage {
  readonly language: Language
  readonly problem: Text | null
  /** Stands in the field already. */
  readonly token: string
  readonly isPasswordAsked: boolean
}

async function sendLogin(
  reply: FastifyReply,
  status: number,
  { language, problem, token, isPasswordAsked }: LoginPage,
): Promise<void> {
  const say = (said: Text) => said[language]
  const body = html`${problem !== null && html`<p class="health red" role="alert">${say(problem)}</p>`}
    <p>${say(howToEnter)} <code>chekpost token</code></p>
    <form action="/login" method="get">
      <label>${say(text('Одноразовый ключ', 'One-time token'))} <input name="token" value="${token}" autocomplete="off" required></label>
      <button>${say(enter)}</button>
    </form>
    ${
      isPasswordAsked &&
      html`<form data-do="/do/login" data-into="answer">
        <label>${say(text('Пароль', 'Password'))}
          <input type="password" name="password" autocomplete="current-password" required></label>
        <button>${say(enter)}</button>
      </form>
      <div id="answer" role="status"></div>`
    }`
  await reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(bare(say(text('Вход', 'Log in')), body, '/login', { language, say }).toString())
}

const enter = text('Войти', 'Log in')
const howToEnter = text(
  'Ссылку для входа даёт команда на этом компьютере:',
  'The link to log in comes from a command on this computer:',
)
const usedUp = text(
  'Ключ не подошёл: он на один раз и на 10 минут. Возьмите новый: chekpost token',
  'That token does not fit: it serves once and for 10 minutes. Take a new one: chekpost token',
)
const wrongPassword = text('Пароль не подошёл', 'That is not the password')
const tooOften = text(
  'Слишком много неверных попыток. Подождите минуту и попробуйте снова',
  'Too many wrong tries. Wait for a minute and try again',
)
/** What anybody is told who is not inside. */
export const loginFirst = text('Сначала войдите: chekpost token', 'Log in first: chekpost token')
