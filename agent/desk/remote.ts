/** The desk of a running daemon, reached over its control socket. */
import { request } from 'node:http'
import { DeadlinePassed, withDeadline } from '../../drivers/index.ts'
import { codeOf } from '../store/faults.ts'
import { type Text, text } from '../text.ts'
import { Failure } from '../usage.ts'
import { type Desk, inputs, type Verb } from './desk.ts'

/** A daemon that is well answers at once; on a slow PC within seconds. */
const aliveMs = 10_000

/**
 * True when a daemon answers on the socket, false when nobody is behind it. Throws `Failure` when somebody is and
 * cannot be asked: without the right to it, or when the daemon hangs.
 */
export async function isAlive(socket: string, signal: AbortSignal, limitMs = aliveMs): Promise<boolean> {
  try {
    const asked = (limited: AbortSignal) => ask(socket, 'GET', '/healthz', null, limited)
    return (await withDeadline(limitMs, signal, asked)).status === 200
  } catch (cause) {
    signal.throwIfAborted()
    const code = codeOf(cause)
    if (code === 'EACCES' || code === 'EPERM') throw new Failure(noRight(socket), { cause })
    if (cause instanceof DeadlinePassed) throw new Failure(silent, { cause })
    return false
  }
}

const silent = text(
  'Служба запущена, но не отвечает. Перезапустите её: systemctl restart chekpost',
  'The daemon runs and does not answer. Restart it: systemctl restart chekpost',
)

function noRight(socket: string): Text {
  return text(
    `Нет прав на ${socket}. Повторите через sudo или войдите в группу chekpost.`,
    `No right to ${socket}. Try again with sudo, or join the group chekpost.`,
  )
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
      signal.throwIfAborted()
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
    asked.on('error', (error) => reject(signal.aborted ? signal.reason : error))
    asked.end(body ?? undefined)
  })
}
