/** The local time of documents as whole seconds, as if the register's wall clock ran in UTC: what is compared and indexed. */
import type { TimeInside } from '../outbox.ts'

/** Null for what is no time of the calendar; a day alone stands for its first second. */
export function secondsOf(time: string | null): number | null {
  if (time === null || !/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?$/.test(time)) return null
  const whole = time.length === 10 ? `${time}T00:00:00` : time
  const ms = Date.parse(`${whole}Z`)
  // 31 February would be read as a day of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== whole) return null
  return ms / 1000
}

/** An end of a range that a person gave and somebody has checked; an open one reaches as far as any document. */
export function boundOf(time: string | null | undefined, open: number): number {
  if (time === null || time === undefined) return open
  const seconds = secondsOf(time)
  if (seconds === null) throw new RangeError(`no local time: ${time}`)
  return seconds
}

/** Seconds before and after those of any document. */
export const beforeAll = -1_000_000_000_000
export const afterAll = 1_000_000_000_000

/** The name under which `localSeconds` is known in SQL. */
export const localSecondsSql = `local_seconds(json_extract(d.summary, '$.time'), d.type, d.format,
  CASE WHEN coalesce(json_extract(d.summary, '$.time'), '') = '' THEN d.bytes END)`

/** The function behind it: by the short record's time, else by the body. */
export function localSeconds(
  timeInside: TimeInside,
): (told: string | null, type: number | null, format: string, bytes: Uint8Array | null) => number | null {
  return (told, type, format, bytes) => {
    if (told !== null && told !== '') return secondsOf(told)
    if (bytes === null || (format !== 'tlv' && format !== 'tax-json')) return null
    return secondsOf(timeInside({ type, format, bytes }))
  }
}
