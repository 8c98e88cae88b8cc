/** How one person sees numbers and times: language, clock and zone of the shop. */
import type { Config } from '../../config.ts'
import type { Language, Text } from '../../text.ts'
import { ago, count, duration, moment, money } from '../figures.ts'
import type { Visit } from '../visit.ts'

export interface Look {
  readonly language: Language
  readonly say: (text: Text) => string
  readonly zone: string
  /** Milliseconds. */
  readonly now: number
  /** `3 мин назад` */
  readonly ago: (at: string | null) => string
  /** `26.11.2026 20:15:03`, of today only the time. */
  readonly at: (at: string | number | null) => string
  /** `2 ч 5 мин` */
  readonly long: (seconds: number) => string
  /** `1 234,50`, of kopecks. */
  readonly money: (kopecks: number | null) => string
  readonly count: (number: number) => string
}

/** `now`, milliseconds: when what is shown was true. */
export function lookOf(
  { clock, config }: { readonly clock: () => number; readonly config: Pick<Config, 'timezone'> },
  { language, say }: Pick<Visit, 'language' | 'say'>,
  now = clock(),
): Look {
  const { timezone: zone } = config
  return {
    language,
    say,
    zone,
    now,
    ago: (at) => ago(at, language, now),
    at: (at) => moment(at, zone, language, now),
    long: (seconds) => duration(seconds, language),
    money: (kopecks) => money(kopecks, language),
    count: (number) => count(number, language),
  }
}
