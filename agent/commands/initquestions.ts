/** `chekpost init`, second part: what only a person knows. */
import { checkFrom, checkStore, checkUrl, checkZone, fromOf, receiverUrl } from '../init/answers.ts'
import type { Former } from '../init/former.ts'
import type { Written, WrittenRegister } from '../init/yaml.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'
import type { Interviewer } from './asking.ts'
import { type InitOptions, usualStateDir } from './init.ts'

const usualSecretFile = 'webhook-secret'

/** In the order in which they are asked; each is an option of the command line, too. */
const keys = ['store', 'url', 'timezone', 'from'] as const
type Key = (typeof keys)[number]

interface Question {
  readonly question: Text
  /** What an empty line means; null when there is nothing usual. */
  readonly usual: string | null
  readonly check: (answer: string) => Text | null
}

function questions({ store, timezone, bitrix }: Former): Readonly<Record<Key, Question>> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const before = typeof bitrix?.['url'] === 'string' ? bitrix['url'] : null
  return {
    store: {
      question: text(
        'Имя магазина, как на сайте (например shop-12)',
        'The shop, as the site calls it (e.g. shop-12)',
      ),
      usual: store,
      check: checkStore,
    },
    url: {
      question: text('Адрес сайта (например shop.example)', "The site's address (e.g. shop.example)"),
      usual: before,
      check: (answer) => checkUrl(answer, bitrix?.['plainHttp'] === true && receiverUrl(answer) === before),
    },
    timezone: {
      question: text('Часовой пояс кассы', "The register's time zone"),
      usual: timezone ?? (zone === 'UTC' ? 'Europe/Moscow' : zone),
      check: checkZone,
    },
    from: {
      question: text(
        'С какого чека начать: now (с этого момента), first (с первого в ФН) или номер',
        'Where to begin: now, first (the first in the drive) or a number',
      ),
      usual: 'now',
      check: checkFrom,
    },
  }
}

/** Throws `UsageError` for an option that makes no sense, or that is missing where nobody can be asked. */
export function demandAnswers(options: InitOptions, former: Former, asks: boolean): void {
  const asked = questions(former)
  for (const key of keys) {
    const { usual, check } = asked[key]
    const said = options[key] ?? (asks ? undefined : usual)
    if (said === null)
      throw new UsageError(
        text(`Без вопросов нужен и ключ --${key}`, `Without questions, --${key} is wanted too`),
      )
    const wrong = said === undefined ? null : check(said)
    if (wrong !== null) throw new UsageError(text(`--${key}: ${wrong.ru}`, `--${key}: ${wrong.en}`))
  }
  if (options.stateDir?.startsWith('/') === false)
    throw new UsageError(text('--state-dir: нужен полный путь', '--state-dir: the full path is wanted'))
}

/** What the command line does not say is asked; with nobody to ask, the usual is taken. */
export async function ask(
  options: InitOptions,
  registers: readonly WrittenRegister[],
  former: Former,
  interviewer: Interviewer | null,
): Promise<Written> {
  const answers: Partial<Record<Key, string>> = {}
  const asked = questions(former)
  for (const key of keys) {
    const { question, usual, check } = asked[key]
    const given = options[key] ?? (interviewer === null ? usual : null)
    answers[key] = given ?? (await interviewer?.ask(question, usual, check)) ?? ''
  }
  const { store = '', url: site = '', timezone = '', from = '' } = answers
  const url = receiverUrl(site) ?? site
  return {
    ...{ store, timezone, registers, url, ...sameSite(former, url) },
    stateDir: options.stateDir ?? former.stateDir ?? usualStateDir,
    from: fromOf(from) ?? 'now',
    kept: former.kept,
  }
}

/** To the same site goes what went there before: through the same proxy, with the same secret. */
function sameSite({ bitrix }: Former, url: string): Pick<Written, 'bitrix' | 'secretFile'> {
  if (bitrix?.['url'] !== url || typeof bitrix['secretFile'] !== 'string')
    return { bitrix: null, secretFile: usualSecretFile }
  return { bitrix, secretFile: bitrix['secretFile'] }
}
