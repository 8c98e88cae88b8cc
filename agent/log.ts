/** The log: pino's JSON lines on standard output, with fixed phrases and redacted buyers' data and secrets. */
import { type Logger, pino } from 'pino'

export type Log = Logger

/** Keys whose values never reach a log line, at any of the depths we log at. */
const secretKeys = [
  'secret',
  'secrets',
  'signature',
  'password',
  'operatorPassword',
  'body',
  'bytes',
  'buyer',
  'cashier',
]

/** `level` as pino names them: trace shows frames, info is what the owner of the shop wants to know. */
export function openLog(level: string, destination: NodeJS.WritableStream = process.stdout): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '***' },
    },
    destination,
  )
}
