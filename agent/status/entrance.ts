/** Logging in and out, and who a request comes from. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Language, type Text, text } from '../text.ts'
import { type Door, refusePosting } from './door.ts'
import { bare } from './frame.ts'
import { html } from './html.ts'
import { type Sessions, sameSecret, sessionLifeMs } from './sessions.ts'

/** Who is inside. */
export interface Entrance {
  /** The name that stands in the audit; null for somebody who is not logged in. */
  whoIs(request: FastifyRequest): string | null
  /** A program that asks for numbers only. */
  admitsMachine(request: FastifyRequest): boolean
  languageOf(request: FastifyRequest): Language
}

interface Keys {
  readonly sessions: Sessions
  readonly password: string | null
}

/** Tries to log in, a minute and address: nobody mistypes faster. */
const triesPerMinute = 10
const tries = { config: { rateLimit: { max: triesPerMinute, timeWindow: '1 minute' } } }

const Query = z.record(z.string(), z.unknown())
const Password = z.object({ password: z.string().max(1024) })

export function mountEntrance(server: FastifyInstance, door: Door, keys: Keys): Entrance {
  const { sessions, password } = keys
  const entrance: Entrance = {
    whoIs: (request) => {
      const key = request.cookies[door.cookie]
      return key === undefined ? null : sessions.whose(key)
    },
    admitsMachine: (request) =>
      door.isLocal || entrance.whoIs(request) !== null || showsPassword(request, password),
    languageOf: (request) => (request.cookies['lang'] === 'en' ? 'en' : 'ru'),
  }
  server.get('/login', tries, async (request, reply) => {
    const token = Query.parse(request.query)['token']
    if (typeof token !== 'string' || token === '')
      return await sendLogin(reply, 200, null, entrance, request, keys)
    const key = sessions.redeem(token)
    if (key === null) return await sendLogin(reply, 403, usedUp, entrance, request, keys)
    letIn(reply, door, key)
    return await sendWelcome(reply, entrance.languageOf(request))
  })
  server.post('/do/login', tries, async (request, reply) => {
    const refusal = refusePosting(door, request.headers)
    if (refusal !== null) return await reply.code(refusal.status).send({ failure: refusal.text })
    const given = Password.safeParse(request.body)
    if (password === null || !given.success || !sameSecret(given.data.password, password))
      return await reply.code(403).send({ failure: wrongPassword })
    letIn(reply, door, sessions.open(`page ${request.ip}`))
    return { go: '/' }
  })
  server.post('/do/logout', async (request, reply) => {
    const refusal = refusePosting(door, request.headers)
    if (refusal !== null) return await reply.code(refusal.status).send({ failure: refusal.text })
    sessions.close(request.cookies[door.cookie] ?? '')
    void reply.clearCookie(door.cookie, cookieOptions(door))
    return { go: '/login' }
  })
  server.get('/lang', async (request, reply) => {
    const { to, back } = Query.parse(request.query)
    void reply.setCookie('lang', to === 'en' ? 'en' : 'ru', { ...cookieOptions(door), maxAge: 31_536_000 })
    return await reply.redirect(isOwnPath(back) ? back : '/')
  })
  return entrance
}

function letIn(reply: FastifyReply, door: Door, key: string): void {
  void reply.setCookie(door.cookie, key, { ...cookieOptions(door), maxAge: sessionLifeMs / 1000 })
}

function cookieOptions({ cookie }: Door) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: cookie.startsWith('__Host-') } as const
}

/** Nothing that leads elsewhere: `//evil.example` is another host, and `/\` is the same to a browser. */
function isOwnPath(back: unknown): back is string {
  return typeof back === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(back)
}

function showsPassword({ headers }: FastifyRequest, password: string | null): boolean {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(headers.authorization ?? '') ?? []
  const [, given = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return password !== null && sameSecret(given, password)
}

/** A redirection would belong to the page that led here, and a strict cookie would stay behind; so our own page goes on. */
async function sendWelcome(reply: FastifyReply, language: Language): Promise<void> {
  const words = text('Вход выполнен', 'You are logged in')[language]
  const page = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${words}</title>
    <meta http-equiv="refresh" content="0; url=/"></head><body><p><a href="/">${words}</a></p></body></html>`
  await reply.type('text/html; charset=utf-8').send(page.toString())
}

async function sendLogin(
  reply: FastifyReply,
  status: number,
  problem: Text | null,
  entrance: Entrance,
  request: FastifyRequest,
  { password }: Keys,
): Promise<void> {
  const language = entrance.languageOf(request)
  const say = (said: Text) => said[language]
  const body = html`${problem !== null && html`<p class="health red" role="alert">${say(problem)}</p>`}
    <p>${say(howToEnter)} <code>chekpost token</code></p>
    <form action="/login" method="get">
      <label>${say(text('Одноразовый ключ', 'One-time token'))} <input name="token" autocomplete="off" required></label>
      <button>${say(enter)}</button>
    </form>
    ${
      password !== null &&
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
