/** How one person sees numbers and times: language, clock and zone of the shop. */
import type { Config } from '../../config.ts'
import type { Language, Text } from '../../text.ts'
import { ago, count, decimal, duration, moment, money, receiptTime } from '../figures.ts'
import { type Content, html } from '../html.ts'
import type { Visit } from '../visit.ts'

export interface Look {
  readonly language: Language
  readonly say: (text: Text) => string
  readonly zone: string
  /** Milliseconds. */
  readonly now: number
  /** `3 мин назад`; the very time is in its tip. */
  readonly ago: (at: string | null) => Content
  /** `26.11.2026 20:15:03`, of today only the time. */
  readonly time: (at: string | number | null) => Content
  /** The same among words. */
  readonly at: (at: string | number | null) => string
  /** What a receipt says by its register's own clock: `26.11.2026 20:15`. */
  readonly onReceipt: (local: string | null) => Content
  /** `2 ч 5 мин` */
  readonly long: (seconds: number) => string
  /** `1 234,50 ₽`, of kopecks. */
  readonly money: (kopecks: number | null) => string
  readonly count: (number: number) => string
  /** `1,653` of `1.653`, without noughts at its end. */
  readonly decimal: (exact: string) => string
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
    ago: (at) =>
      at === null
        ? '–'
        : html`<time datetime="${at}" title="${moment(at, zone, language, 0)}">${ago(at, language, now)}</time>`,
    time: (at) =>
      at === null
        ? '–'
        : html`<time datetime="${new Date(at).toISOString()}">${moment(at, zone, language, now)}</time>`,
    at: (at) => moment(at, zone, language, now),
    onReceipt: (local) => {
      const words = receiptTime(local)
      return words === '–' ? words : html`<time datetime="${local ?? ''}">${words}</time>`
    },
    long: (seconds) => duration(seconds, language),
    money: (kopecks) => money(kopecks, language),
    count: (number) => count(number, language),
    decimal: (exact) => decimal(exact, language),
  }
}
