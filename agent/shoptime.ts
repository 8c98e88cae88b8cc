/** Instants on the shop's clock, in the zone of the config: what people read. Programs get UTC. */

/** To the minute: `2026-11-23 11:38`. `at` is ISO 8601 or milliseconds. */
export function shopTime(at: string | number, timeZone: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
}

/** The time of day alone: `11:38`. */
export function shopClock(at: string | number, timeZone: string): string {
  return shopTime(at, timeZone).slice(-5)
}
