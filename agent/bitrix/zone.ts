/**
 * Registers write local time without a zone; the config names the zone, and the offset is computed for that very
 * moment (Russian zones have changed: Moscow was +04:00 until 26 October 2014).
 */

/** Milliseconds of the wall clock as if it were UTC, or null when the text is no time that exists. */
function wallClock(local: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(local)) return null
  const ms = Date.parse(`${local}Z`)
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== local ? null : ms
}

/**
 * `local` (`YYYY-MM-DDTHH:MM:SS`) with the zone's offset of that moment, or null when it is not a time. An hour that
 * happened twice is taken as the first, an hour that was skipped keeps the offset before it.
 */
export function withOffset(local: string, zone: string): string | null {
  const wall = wallClock(local)
  if (wall === null) return null
  const day = 86_400_000
  const before = offsetMs(wall - day, zone)
  const after = offsetMs(wall + day, zone)
  const fits = [before, after].find((offset) => offsetMs(wall - offset, zone) === offset) ?? before
  return local + formatOffset(fits)
}

/** The same as milliseconds since the epoch, or null when it is not a time. */
export function instantOf(local: string, zone: string): number | null {
  const time = withOffset(local, zone)
  return time === null ? null : Date.parse(time)
}

/** How far the zone is ahead of UTC at an instant. */
function offsetMs(instant: number, zone: string): number {
  const name = formatterOf(zone)
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')?.value
  const found = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name ?? '')
  if (found === null) throw new RangeError(`the zone ${zone} gives no offset`)
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = found
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -ms : ms
}

function formatOffset(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Building a formatter costs a hundred times its use. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formatters.set(zone, made)
  return made
}
