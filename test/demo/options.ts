/** What `npm run demo --` understands. */
import { parseArgs } from 'node:util'
import type { Language, Text } from '../../agent/text.ts'
import { text } from '../../agent/text.ts'

export interface DemoOptions {
  /** How long the register sells; null = until somebody ends it. */
  readonly forMs: number | null
  readonly json: boolean
  readonly chaos: boolean
  readonly seed: number
  readonly line: 'tcp' | 'pty'
  /** Receipts a second. */
  readonly rate: number
  readonly language: Language
  readonly colour: boolean
  readonly help: boolean
}

/** Somebody typed what the demo does not understand. */
export class WrongOptions extends Error {
  override readonly name = 'WrongOptions'
}

/** Throws `WrongOptions`. */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): DemoOptions {
  const values = valuesOf(argv)
  const rate = Number(values.rate ?? 2)
  if (!(rate > 0 && rate <= 50)) throw new WrongOptions('--rate: 0.1 … 50')
  const seed = Number(values.seed ?? Date.now() % 1_000_000)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new WrongOptions('--seed: 0 … 999999')
  return {
    forMs: values.for === undefined ? null : durationOf(values.for),
    json: values.json ?? false,
    chaos: values.chaos ?? false,
    seed,
    line: values.pty ? 'pty' : 'tcp',
    rate,
    language: languageOf(values.lang, env),
    colour: (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    help: values.help ?? false,
  }
}

function valuesOf(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        for: { type: 'string' },
        json: { type: 'boolean' },
        chaos: { type: 'boolean' },
        seed: { type: 'string' },
        pty: { type: 'boolean' },
        rate: { type: 'string' },
        lang: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new WrongOptions(error instanceof Error ? error.message : String(error))
  }
}

/** `20s`, `2m`, `500ms`; a bare number is seconds. */
function durationOf(words: string): number {
  const [, amount = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(words) ?? []
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit] ?? 0
  if (amount === '' || Number(amount) * factor <= 0) throw new WrongOptions('--for: 20s, 2m')
  return Number(amount) * factor
}

/** Russian unless another language is asked for or set. */
function languageOf(asked: string | undefined, env: NodeJS.ProcessEnv): Language {
  if (asked === 'ru' || asked === 'en') return asked
  if (asked !== undefined) throw new WrongOptions('--lang: ru, en')
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return /^(|C|POSIX|C\..*|ru.*)$/i.test(locale) ? 'ru' : 'en'
}

export const usage: Text = text(
  `npm run demo -- [настройки]

Целый магазин на этом компьютере: касса-имитатор продаёт, chekpost читает чеки и шлёт
их на сайт-имитатор, сайт списывает остатки. Ломайте что угодно – чеки не потеряются.
Страница состояния работает всё это время: ссылка на вход печатается. Иногда сайт откладывает
чек (не знает товара, чек слишком длинный): что с ним сделать на странице, подскажет строка с ▶.

  --for 20s     продавать столько времени, дождаться доставки и выйти
  --json        в конце одна строка JSON с итогом, без экрана
  --chaos       обрывы, отключения и убийства сами по себе
  --seed N      те же случайности ещё раз
  --pty         касса на COM-порту (нужен socat), а не по сети
  --rate N      чеков в секунду (2)
  --lang ru|en  язык

Код выхода 1, если хоть один чек потерян или проведён дважды.`,
  `npm run demo -- [options]

A whole shop on this computer: a simulated register sells, chekpost reads the receipts and
sends them to a sample site, the site books stock. Break what you like: nothing is lost.
The status page is served meanwhile; the link into it is printed. Now and then the site sets a
receipt aside (a product that it does not know, one that is too long): a line with ▶ says what to
do about it on the page.

  --for 20s     sell for so long, wait until all is delivered, and end
  --json        one line of JSON with the result at the end, no screen
  --chaos       outages, unplugs and kills on its own
  --seed N      the same chances once more
  --pty         the register on a serial port (needs socat), not on the network
  --rate N      receipts a second (2)
  --lang ru|en  language

Exit code 1 when a single receipt is lost or booked twice.`,
)
