/**
 * What systemd's journal holds of the daemon: also how it ended, and what it said before that, which a daemon that
 * was started anew does not know. Asked by the command alone, with the rights of whoever runs it.
 */
import { execFile } from 'node:child_process'
import { z } from 'zod'
import { untold } from '../log.ts'
import { parsedLine } from '../support.ts'

/** A service that is restarted every few seconds says little each time. */
const entries = 2_000
/** Of one that hangs nobody waits for longer. */
const limitMs = 10_000
const mostBytes = 16 * 1024 * 1024
const tooMuch = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
/** Characters that are handed on, of the newest. */
const mostCharacters = 512 * 1024

/** As `journalctl -o json` writes it; a message that is not UTF-8 comes as numbers, one that is too long as null. */
const Entry = z.object({
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,17}$/),
  SYSLOG_IDENTIFIER: z.string().optional(),
  MESSAGE: z.unknown(),
})

/** Of a frame that was too long for one entry the rest comes without its level: it may name a buyer as well. */
const bytesInHex = /(?:[\da-f]{2} ?){32}/i

/** JSON lines, oldest first; null where there is no such command, or it knows nothing of the daemon. */
export async function unitLog(journalctl: string, signal: AbortSignal): Promise<string | null> {
  const lines = (await ask(journalctl, signal))?.split('\n').flatMap(told).reverse() ?? []
  if (lines.length === 0) return null
  const whole = lines.join('\n')
  return whole.length <= mostCharacters
    ? whole
    : whole.slice(whole.indexOf('\n', whole.length - mostCharacters) + 1)
}

/** What it printed, newest first, so that a cut takes the oldest; why it failed stands there as an entry of ours. Null where there is no such command. */
function ask(journalctl: string, signal: AbortSignal): Promise<string | null> {
  const args = [
    '--unit=chekpost',
    `--lines=${entries}`,
    '--output=json',
    '--reverse',
    '--no-pager',
    '--quiet',
  ]
  const options = { signal, timeout: limitMs, maxBuffer: mostBytes, env: {} }
  return new Promise((resolve, reject) => {
    execFile(journalctl, args, options, (error, stdout) => {
      if (signal.aborted) reject(signal.reason)
      else if (error === null || error.code === tooMuch) resolve(stdout)
      else resolve(error.code === 'ENOENT' ? null : failed(error.message))
    })
  })
}

function failed(message: string): string {
  return JSON.stringify({ __REALTIME_TIMESTAMP: String(Date.now() * 1000), MESSAGE: message })
}

/** An entry without the names of the computer, which each bears, and without the talk on the wire. */
function told(line: string): string[] {
  const entry = Entry.safeParse(parsedLine(line))
  if (!entry.success || typeof entry.data.MESSAGE !== 'string') return []
  const { __REALTIME_TIMESTAMP: at, SYSLOG_IDENTIFIER: by, MESSAGE: message } = entry.data
  const said = parsedLine(message)
  const isWhole = typeof said === 'object'
  if (untold.test(message) || (!isWhole && bytesInHex.test(message))) return []
  return [JSON.stringify({ at: new Date(Number(at) / 1000).toISOString(), by, said })]
}
