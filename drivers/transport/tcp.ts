/**
 * A register in the network.
 *
 * How a vanished peer (power cut, cable out, Wi-Fi gone: no FIN, no RST) is noticed:
 * - while nothing is under way, the kernel's keep-alive asks after 5 s of silence, then every second, and gives
 *   up after ten unanswered probes (the interval and the count are libuv's);
 * - while something we sent is unacknowledged, keep-alive does not run and TCP_USER_TIMEOUT cannot be set from
 *   Node: the driver's limit for an answer ends the wait, and it opens a new line;
 * - a peer that takes nothing more fills the send buffer: the write then has its own limit.
 */
import { Socket } from 'node:net'
import { type Line, RegisterError, type Text } from '../contract.ts'
import { DeadlinePassed, withDeadline } from '../deadline.ts'
import type { TcpAddress } from './address.ts'
import { PulledLine } from './pulled.ts'

/** The limits of a TCP line in milliseconds. */
export interface TcpLimits {
  /** From the name look-up to the established connection. */
  readonly connectMs: number
  /** For one write to be accepted by the system. */
  readonly writeMs: number
}

const usualLimits: TcpLimits = { connectMs: 5_000, writeMs: 5_000 }
const keepAliveAfterMs = 5_000

/** Connects. Throws `RegisterError('lost')` with the reason, or the signal's reason. */
export async function openTcp(address: TcpAddress, signal: AbortSignal, limits = usualLimits): Promise<Line> {
  const socket = new Socket()
  try {
    await withDeadline(limits.connectMs, signal, (limit) => connect(socket, address, limit))
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    throw explainConnect(error, address)
  }
  return new PulledLine({
    stream: socket,
    writeLimitMs: () => limits.writeMs,
    lost: (cause) => explainLoss(cause, address),
    stuck: (cause) => explainStuck(cause, address),
    close: (how) => close(socket, how),
  })
}

function connect(socket: Socket, { host, port }: TcpAddress, limit: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(limit.reason)
    limit.addEventListener('abort', giveUp, { once: true })
    // Stays for good: without any listener a late error of a destroyed socket would end the process.
    socket.on('error', reject)
    // As options of `connect` these two are passed over for a socket that exists already. Without the first every
    // ENQ would wait some 40 ms for the kernel's acknowledgement of the ACK before it.
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveAfterMs)
    socket.connect({ host, port }, () => {
      limit.removeEventListener('abort', giveUp)
      resolve()
    })
  })
}

function close(socket: Socket, how: 'calm' | 'cut'): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    // A reset makes the kernel forget what it has not sent yet; a plain close would go on trying for minutes.
    if (how === 'cut' && !socket.destroyed) socket.resetAndDestroy()
    else socket.destroy()
  })
}

/** What the system's error codes mean for the person who stands beside the register. */
const refusals: Readonly<Record<string, { readonly text: Text; readonly hint: Text }>> = {
  ECONNREFUSED: {
    text: { ru: 'отказ в соединении', en: 'connection refused' },
    hint: {
      ru: 'По этому адресу никто не слушает: проверьте порт и включён ли в кассе TCP-сервер (таблица 21).',
      en: 'Nobody listens there: check the port and whether the TCP server of the register is on (table 21).',
    },
  },
  ENOTFOUND: {
    text: { ru: 'имя не найдено', en: 'name not found' },
    hint: {
      ru: 'Проверьте имя в адресе кассы или укажите IP-адрес.',
      en: 'Check the name in the address of the register, or write its IP address.',
    },
  },
  EAI_AGAIN: {
    text: { ru: 'сервер имён не отвечает', en: 'the name server does not answer' },
    hint: {
      ru: 'Укажите IP-адрес кассы: он не зависит от сервера имён.',
      en: 'Write the IP address of the register: it needs no name server.',
    },
  },
}

const unreachable = {
  text: { ru: 'касса недоступна по сети', en: 'the register cannot be reached' },
  hint: {
    ru: 'Проверьте, что касса включена, кабель вставлен, а адреса ПК и кассы из одной сети (ping).',
    en: 'Check that the register is on, the cable is in, and PC and register are in one network (ping).',
  },
}

function explainConnect(cause: unknown, address: TcpAddress): RegisterError {
  const { text, hint } = refusals[codeOf(cause)] ?? unreachable
  return named(address, text, hint, cause)
}

function explainLoss(cause: unknown, address: TcpAddress): RegisterError {
  const text =
    cause === null
      ? { ru: 'касса закрыла соединение', en: 'the register closed the connection' }
      : { ru: 'соединение оборвалось', en: 'the connection broke' }
  const hint = {
    ru: 'Соединение откроется снова само. Если это повторяется: не подключена ли к кассе другая программа?',
    en: 'It will be opened again by itself. If this repeats: is another program connected to the register?',
  }
  return named(address, text, hint, cause)
}

function explainStuck(cause: DeadlinePassed, address: TcpAddress): RegisterError {
  const text = {
    ru: `касса ничего не принимает ${cause.ms} мс`,
    en: `the register accepted nothing for ${cause.ms} ms`,
  }
  return named(address, text, unreachable.hint, cause)
}

function named({ host, port }: TcpAddress, text: Text, hint: Text, cause: unknown): RegisterError {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const code = codeOf(cause)
  const more = code === '' ? '' : ` (${code})`
  const whole = { ru: `${where}: ${text.ru}${more}.`, en: `${where}: ${text.en}${more}.` }
  return new RegisterError('lost', whole, cause === null ? { hint } : { hint, cause })
}

function codeOf(cause: unknown): string {
  if (cause instanceof DeadlinePassed) return 'ETIMEDOUT'
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
