/**
 * A register at a serial port: RS-232, a USB bridge (ttyUSB) or USB-CDC (ttyACM); 8N1, no flow control.
 *
 * serialport sets the rate and moves the bytes; the rest is here, for three things it does not do:
 * - the lock (`claim.ts`);
 * - a sign of life: a cable pulled between two reads leaves it reading zero bytes for ever, one core busy and
 *   neither `close` nor `error` (serialport 13.0.0 on ttyACM, Linux 6.1). So life is proved twice a second;
 * - the end: after `close` it keeps what it was given to write and sends it once opened again. So a port object
 *   is thrown away with its line, and what the kernel has not sent yet is flushed.
 *
 * DTR and RTS rise with every open; the kernel does that and nothing can stop it. Lest they fall at every close,
 * `hupcl` is off and `stty -hupcl` clears what USB drivers set by default.
 */
import { spawn } from 'node:child_process'
import type { SerialPort } from 'serialport'
import { type Line, RegisterError, type Text } from '../contract.ts'
import { type DeadlinePassed, pause } from '../deadline.ts'
import type { SerialAddress } from './address.ts'
import { type Claim, claimPort, explainOpen } from './claim.ts'
import { isPseudoTerminal } from './holders.ts'
import { atMost } from './limited.ts'
import { PulledLine } from './pulled.ts'

const lifeEveryMs = 500
/** For one write to be accepted by the system, beside the time that its bytes need on the wire. */
const writeSlackMs = 2_000
/** From the last byte the kernel took to the last bit on the wire: buffers of USB bridges. */
const outgoingSlackMs = 30
const closeLimitMs = 3_000
const bufferBytes = 16_384

/** Opens the port as ours alone. Throws `RegisterError('lost')` with the reason, or the signal's reason. */
export async function openSerial(address: SerialAddress, signal: AbortSignal): Promise<Line> {
  const claim = await claimPort(address.path, signal)
  try {
    await keepModemLinesUp(claim, signal)
    const port = await openPort(claim, address.baud)
    // The system's open cannot be taken back half-way: an abort meanwhile is honoured here.
    if (signal.aborted) await closePort(port)
    signal.throwIfAborted()
    return overPort(port, claim, address)
  } catch (error) {
    await claim.release()
    throw error
  }
}

async function openPort(claim: Claim, baudRate: number): Promise<SerialPort> {
  // Loaded when used: most shops reach their registers over TCP.
  const { SerialPort } = await import('serialport')
  const port = new SerialPort({
    path: claim.device.path,
    baudRate,
    lock: false,
    hupcl: false,
    autoOpen: false,
    highWaterMark: bufferBytes,
  })
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(explainOpen(error, claim.device.path)) : resolve()))
  })
  if (mayHaveLatency(claim)) await lowerLatency(port)
  return port
}

/** Pseudo-terminals know no modem bits, and USB-CDC (major 166) has no latency timer to set. */
function mayHaveLatency({ device }: Claim): boolean {
  return !isPseudoTerminal(device) && device.major !== 166
}

/** FTDI's timer goes from 16 ms to 1 ms. A driver that cannot do it says so; then nothing is lost but speed. */
function lowerLatency(port: SerialPort): Promise<void> {
  const wanted = { lowLatency: true, dtr: true, rts: true }
  return new Promise((resolve) => port.set(wanted, () => resolve()))
}

/** A port whose lines fall at the next close still works: a missing or failing `stty` is no reason to stop. */
function keepModemLinesUp({ device }: Claim, signal: AbortSignal): Promise<void> {
  if (isPseudoTerminal(device)) return Promise.resolve()
  return new Promise((resolve) => {
    const child = spawn('stty', ['-F', device.path, '-hupcl'], { stdio: 'ignore', signal })
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
}

function overPort(port: SerialPort, claim: Claim, address: SerialAddress): Line {
  const ending = new AbortController()
  const outgoing = new Outgoing(address.baud)
  const line = new PulledLine({
    stream: port,
    writeLimitMs: (length) => writeSlackMs + outgoing.add(length),
    lost: (cause) => explainLoss(cause, address),
    stuck: (cause) => explainStuck(cause, address),
    async close(how) {
      ending.abort()
      if (how === 'calm') await outgoing.gone()
      await watching
      await atMost(closeLimitMs, closePort(port).then(claim.release))
    },
  })
  const watching = watchLife(claim, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) line.lose(error)
  })
  return line
}

/** Ends only by rejecting: with the signal's reason, or with what the dead port says. */
async function watchLife(claim: Claim, signal: AbortSignal): Promise<never> {
  for (;;) {
    await pause(lifeEveryMs, signal)
    await claim.proveLife()
  }
}

/** Knows when the last byte given to the system will have left for good, at 10 bits a byte. */
class Outgoing {
  readonly #baud: number
  #goneAt = 0

  constructor(baud: number) {
    this.#baud = baud
  }

  /** Milliseconds that these bytes will take on the wire. */
  add(length: number): number {
    const ms = (length * 10_000) / this.#baud
    this.#goneAt = Math.max(this.#goneAt, performance.now()) + ms
    return ms
  }

  async gone(): Promise<void> {
    const left = this.#goneAt + outgoingSlackMs - performance.now()
    if (left > 0) await pause(Math.min(left, closeLimitMs), new AbortController().signal)
  }
}

/** Forgets what has not been sent, then closes; a driver that cannot forget holds the last close for up to 30 s. */
function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) port.flush(() => port.close(() => resolve()))
    else if (port.closing) port.once('close', () => resolve())
    else resolve()
  })
}

function explainLoss(cause: unknown, address: SerialAddress): RegisterError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  const text = { ru: `Порт ${address.path} пропал${code}.`, en: `The port ${address.path} is gone${code}.` }
  return new RegisterError('lost', text, { hint: pluggedHint, cause })
}

function explainStuck(cause: DeadlinePassed, address: SerialAddress): RegisterError {
  const ms = Math.round(cause.ms)
  const text = {
    ru: `Порт ${address.path} ничего не принимает ${ms} мс.`,
    en: `The port ${address.path} accepted nothing for ${ms} ms.`,
  }
  return new RegisterError('lost', text, { hint: pluggedHint, cause })
}

const pluggedHint: Text = {
  ru: 'Проверьте кабель и питание кассы; порт откроется снова сам.',
  en: 'Check the cable and the power of the register; the port will be opened again by itself.',
}
