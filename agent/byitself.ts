/**
 * How far what rests on the site's ledger goes by itself. A ledger that is much behind is one that was installed
 * anew or restored from an old copy: a year of old sales must not be booked there because nobody looked.
 */
export const byItself = { ms: 48 * 3_600_000, documents: 200 } as const

/** `oldest`: when the oldest of so many documents was made, milliseconds; null = nobody knows. */
export function mayActByItself(documents: number, oldest: number | null, now: number): boolean {
  return documents <= byItself.documents && oldest !== null && now - oldest <= byItself.ms
}
