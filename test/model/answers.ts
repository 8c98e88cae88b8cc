/** The table of answers of the product, written down a second time: what each class must mean. */

/** What must become of the document, or of a test, by an answer. */
export type Effect = 'accepted' | 'acceptedParked' | 'ignored' | 'retry' | 'park' | 'stopDestination'

export interface AnswerClass {
  readonly effect: Effect
  /** What the receiver does with the sale before it answers; null = nothing. */
  readonly books: 'booked' | 'parked' | 'ignored' | null
  /** How the answer counts for the destination as a whole; `pause` asks to be left alone. */
  readonly health: 'fine' | 'ailing' | 'pause'
  readonly how:
    | { readonly status: number; readonly retryAfter?: 'seconds' | 'date'; readonly cut?: true }
    | 'verdict'
    | 'html'
    | 'wrongKey'
    | 'untyped'
    | 'notJson'
    | 'half'
    | 'reset'
}

const status = (code: number, effect: Effect, health: AnswerClass['health'] = 'fine'): AnswerClass => ({
  effect,
  books: null,
  health,
  how: { status: code },
})

const later = (code: number, retryAfter: 'seconds' | 'date', health: AnswerClass['health']): AnswerClass => ({
  effect: 'retry',
  books: null,
  health,
  how: { status: code, retryAfter },
})

/** Every class, by the name under which it is counted. */
export const answers = {
  booked: { effect: 'accepted', books: 'booked', health: 'fine', how: 'verdict' },
  parkedThere: { effect: 'acceptedParked', books: 'parked', health: 'fine', how: 'verdict' },
  ignoredThere: { effect: 'ignored', books: 'ignored', health: 'fine', how: 'verdict' },
  lost: { effect: 'retry', books: 'booked', health: 'ailing', how: 'reset' },
  lostHalf: { effect: 'retry', books: 'booked', health: 'ailing', how: 'half' },
  untyped: { effect: 'retry', books: 'booked', health: 'ailing', how: 'untyped' },
  reset: { effect: 'retry', books: null, health: 'ailing', how: 'reset' },
  html: { effect: 'retry', books: null, health: 'ailing', how: 'html' },
  notJson: { effect: 'retry', books: null, health: 'ailing', how: 'notJson' },
  wrongKey: { effect: 'retry', books: null, health: 'ailing', how: 'wrongKey' },
  http301: status(301, 'stopDestination'),
  http302: status(302, 'stopDestination'),
  http307: status(307, 'stopDestination'),
  http400: status(400, 'park'),
  http401: status(401, 'stopDestination'),
  http403: status(403, 'stopDestination'),
  http403cut: { ...status(403, 'stopDestination'), how: { status: 403, cut: true } },
  http404: status(404, 'stopDestination'),
  http405: status(405, 'stopDestination'),
  http408: status(408, 'retry', 'ailing'),
  http409: status(409, 'retry'),
  http409later: later(409, 'seconds', 'fine'),
  http410: status(410, 'stopDestination'),
  http413: status(413, 'park'),
  http415: status(415, 'stopDestination'),
  http418: status(418, 'stopDestination'),
  http422: status(422, 'park'),
  http425: status(425, 'retry'),
  http429: status(429, 'retry', 'pause'),
  http429later: later(429, 'seconds', 'pause'),
  http500: status(500, 'retry', 'ailing'),
  http502: status(502, 'retry', 'ailing'),
  http503: status(503, 'retry', 'ailing'),
  http503later: later(503, 'seconds', 'ailing'),
  http503date: later(503, 'date', 'ailing'),
  http504: status(504, 'retry', 'ailing'),
} as const satisfies Readonly<Record<string, AnswerClass>>

export type AnswerName = keyof typeof answers
export const answerNames = Object.keys(answers) as AnswerName[]
