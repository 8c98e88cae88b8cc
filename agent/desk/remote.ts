/** The desk of a running daemon, reached over its control socket. */
import { request } from 'node:http'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { type Desk, inputs, type Verb } from './desk.ts'

/** True when a daemon answers on the socket. */
export async function isAlive(socket: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await ask(socket, 'GET', '/healthz', null, signal)).status === 200
  } catch {
    // No socket, nobody behind it, or no right to it: not a daemon we could ask.
    return false
  }
}

/** Every verb as one POST. */
export function remoteDesk(socket: string): Desk {
  const verbs = Object.keys(inputs) as Verb[]
  return Object.fromEntries(
    verbs.map((verb) => [verb, (input: unknown, signal: AbortSignal) => post(socket, verb, input, signal)]),
  ) as unknown as Desk
}

async function post(socket: string, verb: Verb, input: unknown, signal: AbortSignal): Promise<unknown> {
  const { status, body } = await ask(socket, 'POST', `/desk/${verb}`, JSON.stringify(input), signal).catch(
    (cause) => {
      throw new Failure(
        text(
          'Служба не ответила. Повторите; если не поможет: systemctl status chekpost',
          'The daemon did not answer. Try again; if that does not help: systemctl status chekpost',
        ),
        { cause },
      )
    },
  )
  const answer: unknown = JSON.parse(body)
  if (status === 200) return answer
  throw new Failure(failureText(answer))
}

function failureText(answer: unknown): ReturnType<typeof text> {
  if (typeof answer === 'object' && answer !== null && 'failure' in answer) {
    const { failure } = answer
    if (typeof failure === 'object' && failure !== null && 'ru' in failure && 'en' in failure)
      return text(String(failure.ru), String(failure.en))
  }
  return text('Служба ответила непонятно', 'The daemon gave an answer that makes no sense')
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  body: string | null,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers =
      body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request({ socketPath, method, path, headers, signal }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
      )
    })
    asked.on('error', reject)
    asked.end(body ?? undefined)
  })
}
