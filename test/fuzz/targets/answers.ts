/** The receiver's answers: nothing but our own acknowledgement is ever taken for one. */
import { longestRetryAfterMs, readOutcome } from '../../../agent/bitrix/answer.ts'
import { bytesOf, textFrom } from '../fixtures.ts'
import { must, type Target } from '../target.ts'

const eventId = 'FN9252440300123456-FD17'
const now = Date.UTC(2026, 0, 15, 12)
const states = ['booked', 'parked', 'ignored']

/** The status, headers line by line, an empty line, the body. */
export const answers: Target = {
  name: 'answers',
  main: 'agent/bitrix/answer.js',
  longest: 1_500,
  shape: 'text',
  *seeds() {
    for (const state of states)
      yield answer(200, `{"eventId":"${eventId}","state":"${state}","ledgerId":"a","host":"shop.example"}`)
    yield answer(202, `\ufeff{"eventId":"${eventId}","state":"booked","reasons":["a\\u0007b","c"]}`)
    yield answer(200, `{"eventId":"FN9252440300123456-FD18","state":"booked"}`)
    yield answer(422, `{"eventId":"${eventId}","state":"parked","reasons":["no product"]}`)
    yield answer(200, '<html>hello</html>', 'text/html')
    yield bytesOf('429\nretry-after: 30\n\n')
    yield bytesOf('503\nretry-after: Thu, 15 Jan 2026 12:30:00 GMT\n\n')
    for (const status of [204, 301, 400, 401, 404, 408, 409, 410, 413, 425, 500]) yield answer(status, '{}')
  },
  words: ['retry-after: ', 'content-type: application/json', eventId, '"state":"booked"', '\ufeff'].map(
    bytesOf,
  ),
  run(input) {
    const { status, headers, body } = split(textFrom(input))
    const { outcome, words } = readOutcome(status, headers, body, eventId, now)
    must(words.ru !== '' && words.en !== '', 'an answer without words')
    if (outcome.kind === 'accepted' || outcome.kind === 'acceptedParked' || outcome.kind === 'ignored') {
      must(isAcknowledged(status, headers, body), `${outcome.kind} without an acknowledgement`)
      must(
        outcome.reasons.every((reason) => !/\p{Cc}/u.test(reason) && reason.length <= 500),
        'a reason that may spoil a terminal',
      )
    } else must(!isAcknowledged(status, headers, body), `our own acknowledgement is ${outcome.kind}`)
    if (outcome.kind === 'retry' && outcome.notBefore !== undefined)
      must(
        outcome.notBefore > now && outcome.notBefore <= now + longestRetryAfterMs,
        'a receipt waits for more than an hour, or for the past',
      )
  },
}

function answer(status: number, body: string, type = 'application/json; charset=utf-8'): Uint8Array {
  return bytesOf(`${status}\ncontent-type: ${type}\n\n${body}`)
}

function split(text: string): { status: number; headers: Record<string, string>; body: string } {
  const end = text.indexOf('\n\n')
  const [first = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const status = Number.parseInt(first, 10)
  return {
    status: status >= 100 && status < 1_000 ? status : 200,
    headers,
    body: end < 0 ? '' : text.slice(end + 2),
  }
}

/** 2xx, JSON by its header, our key and a known state, by a reading of this file's own. */
function isAcknowledged(status: number, headers: Record<string, string>, body: string): boolean {
  if (status < 200 || status > 299) return false
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';')
  const [kind, sub = '', ...more] = type.trim().split('/')
  if (
    kind !== 'application' ||
    more.length > 0 ||
    (sub !== 'json' && !sub.endsWith('+json')) ||
    /[^\w.+-]/.test(sub)
  )
    return false
  try {
    const said: unknown = JSON.parse(body.charCodeAt(0) === 0xfeff ? body.slice(1) : body)
    if (typeof said !== 'object' || said === null || Array.isArray(said)) return false
    const entries = new Map<string, unknown>(Object.entries(said))
    return entries.get('eventId') === eventId && states.some((state) => state === entries.get('state'))
  } catch {
    return false
  }
}
