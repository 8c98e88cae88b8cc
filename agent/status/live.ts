/** Server-sent events: the page changes while it is looked at. */
import type { FastifyReply } from 'fastify'
import { pause } from '../../drivers/index.ts'
import { type Language, type Text, text } from '../text.ts'
import type { Html } from './html.ts'
import { ourFault, toldOf } from './told.ts'
import type { Change, Face, Stream, Visit } from './visit.ts'

/** So many may look at a time; a browser that was left open costs one. */
const mostViewers = 60
/** Proxies and browsers give up a connection on which nothing is said. */
const aliveEveryMs = 15_000
/** A viewer that reads so slowly is let go; its browser comes again. */
const mostUnread = 1024 * 1024

/** Those who look, until the page is served no longer. */
export class Viewers {
  readonly #ends = new Set<() => void>()
  #isOver = false

  /** False: it is full. */
  enter(end: () => void): boolean {
    if (this.#ends.size >= mostViewers) return false
    this.#ends.add(end)
    return true
  }

  /** Whoever came while the daemon was stopping is told so too. */
  began(): void {
    if (this.#isOver) this.endAll()
  }

  leave(end: () => void): void {
    this.#ends.delete(end)
  }

  /** For good. */
  endAll(): void {
    this.#isOver = true
    for (const end of this.#ends) end()
  }
}

/** One who looks. */
interface Looking {
  readonly face: Face
  readonly visit: Visit
  readonly viewers: Viewers
  /** False: the session is over, and nothing more is told. */
  readonly isInside: () => boolean
}

/** Answers with a stream that ends when the viewer leaves, his session is over or the daemon stops. */
export function openStream(
  stream: Stream,
  { face, visit, viewers, isInside }: Looking,
  reply: FastifyReply,
): FastifyReply {
  const { raw } = reply
  const end = () => void raw.end()
  if (!viewers.enter(end)) return reply.code(503).header('retry-after', '30').send({ failure: tooMany })
  const early: string[] = []
  let isOpen = false
  /** Writing to what has ended would be an error that nobody catches. */
  const write = (line: string) => {
    if (!isOpen) early.push(line)
    else if (raw.writableEnded || raw.destroyed) return
    else if (!isInside()) raw.end()
    else if (raw.writableLength > mostUnread) raw.destroy()
    else raw.write(line)
  }
  const send = (change: Change) => write(`data: ${JSON.stringify(written(change))}\n\n`)
  let opened: Disposable
  try {
    opened = stream.open(face, visit, send)
  } catch (error) {
    viewers.leave(end)
    throw error
  }
  const headers = reply.getHeaders() as Record<string, string>
  reply.hijack()
  isOpen = true
  const alive = setInterval(() => write(': \n\n'), aliveEveryMs)
  const leave = () => {
    clearInterval(alive)
    opened[Symbol.dispose]()
    viewers.leave(end)
  }
  raw.on('error', () => raw.destroy())
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  })
  write(`retry: 2000\n\n${early.join('')}`)
  viewers.began()
  // Who has left already is not told of again.
  if (raw.destroyed) leave()
  else raw.once('close', leave)
  return reply
}

function written(change: Change): Readonly<Record<string, string>> {
  return 'stale' in change ? change : { ...change, html: change.html.toString() }
}

const tooMany = text(
  'Слишком много открытых страниц. Закройте лишние',
  'Too many pages are open. Close those that nobody needs',
)

/** The parts of a page by the ids of their elements. */
export type Parts = Readonly<Record<string, Html>>

type Draw = (face: Face, visit: Pick<Visit, 'language' | 'say' | 'signal'>) => Promise<Parts>

/** How often a page that somebody looks at is drawn again. */
const drawEveryMs = 1_000

function notDrawn({ ru, en }: Text): Text {
  return text(`Страница устарела: ${ru}`, `The page is out of date: ${en}`)
}

/**
 * One drawing for all who look, once a language; only what has changed is sent. Nobody looks: nothing is drawn.
 */
export class Board {
  readonly #draw: Draw
  readonly #everyMs: number
  readonly #viewers: Record<Language, Set<(change: Change) => void>> = { ru: new Set(), en: new Set() }
  readonly #last: Record<Language, Map<string, string>> = { ru: new Map(), en: new Map() }
  readonly #failing = new Set<Language>()
  #isDrawing = false

  constructor(draw: Draw, everyMs = drawEveryMs) {
    this.#draw = draw
    this.#everyMs = everyMs
  }

  look(face: Face, { language, signal }: Visit, send: (change: Change) => void): Disposable {
    const viewers = this.#viewers[language]
    viewers.add(send)
    // What was drawn between the page's own drawing and now is not known to this viewer.
    this.#last[language].clear()
    if (!this.#isDrawing) void this.#keepDrawing(face, signal)
    return { [Symbol.dispose]: () => void viewers.delete(send) }
  }

  /** Ends when nobody looks. A drawing that fails is tried again; until then the page says that it is out of date. */
  async #keepDrawing(face: Face, signal: AbortSignal): Promise<void> {
    this.#isDrawing = true
    try {
      while (!signal.aborted && this.#languages().length > 0) {
        for (const language of this.#languages())
          await this.#send(face, language, signal).catch((error) => {
            if (!signal.aborted) this.#tellStale(language, error)
          })
        await pause(this.#everyMs, signal).catch(() => undefined)
      }
    } finally {
      this.#isDrawing = false
    }
  }

  /** All parts are sent again afterwards: by that a page knows that it is fresh. */
  #tellStale(language: Language, error: unknown): void {
    const told = toldOf(error)
    // A bug: nobody else would write it down.
    if (told === null && !this.#failing.has(language))
      process.emitWarning(error instanceof Error ? error : String(error))
    this.#failing.add(language)
    this.#last[language].clear()
    const stale = notDrawn(told ?? ourFault)[language]
    for (const send of this.#viewers[language]) send({ stale })
  }

  #languages(): Language[] {
    return (['ru', 'en'] as const).filter((language) => this.#viewers[language].size > 0)
  }

  async #send(face: Face, language: Language, signal: AbortSignal): Promise<void> {
    const say = (said: Text) => said[language]
    const last = this.#last[language]
    const parts = await this.#draw(face, { language, say, signal })
    this.#failing.delete(language)
    for (const [into, html] of Object.entries(parts)) {
      const drawn = html.toString()
      if (last.get(into) === drawn) continue
      last.set(into, drawn)
      for (const send of this.#viewers[language]) send({ into, html, how: 'replace' })
    }
  }
}
