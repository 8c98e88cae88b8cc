/** The one config file: its schema with every default, and how it is read. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { drivers } from '../drivers/index.ts'
import { faultsOf, inBoth, type Place } from './configfaults.ts'
import { Bitrix, Codes, Register, rulesOf, Status, Stock, StoreName, Timezone } from './configschema.ts'
import { readYaml } from './configyaml.ts'
import type { StockRules } from './fiscal/stock.ts'
import { codeOf } from './store/faults.ts'
import { lacksRight, whyOf } from './systemwords.ts'
import { type Language, type Text, text } from './text.ts'
import { UsageError } from './usage.ts'

export type BitrixConfig = z.infer<typeof Bitrix>

const Config = z.strictObject({
  store: StoreName.optional(),
  timezone: Timezone,
  stateDir: z.string().startsWith('/').default('/var/lib/chekpost'),
  registers: z.array(Register).min(1),
  bitrix: Bitrix.optional(),
  codes: Codes,
  stock: Stock,
  status: Status,
  keepDays: z.int().min(35).default(400),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
})

/** One register with everything that belongs to it resolved: store, destination, driver settings. */
export interface RegisterConfig {
  readonly name: string
  /** `<store>/<name>`: the identity towards the site. */
  readonly id: string
  readonly store: string
  readonly driver: string
  readonly address: string
  readonly settings: unknown
  readonly from: 'now' | 'first' | 'ledger' | number
  readonly pollMs: number
  readonly quietMs: number
  /** The serial number that must answer at this address; null = whichever answered first. */
  readonly serial: string | null
  readonly bitrix: BitrixConfig
}

/** Where the status page is served. */
export interface PageConfig {
  readonly host: string
  readonly port: number
  /** Further names by which it is called. */
  readonly hosts: readonly string[]
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  readonly passwordFile: string | null
}

export interface Config {
  readonly timezone: string
  readonly stateDir: string
  readonly registers: readonly RegisterConfig[]
  readonly rules: StockRules
  /** Null: no page is served. */
  readonly page: PageConfig | null
  readonly keepDays: number
  readonly logLevel: string
}

/** Reads, checks and resolves the file. Throws `UsageError` whose text says every fault and what to do next. */
export function readConfig(path: string): Config {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
  return parseConfig(source, path)
}

/** A config of a thousand registers fits; what is longer would keep the YAML parser busy for minutes. */
const longestSource = 256 * 1024

function unreadable(path: string, cause: unknown): UsageError {
  const why = whyOf(cause)
  const said =
    codeOf(cause) === 'ENOENT'
      ? text(
          `Файла настроек нет: ${path}. Укажите его ключом --config или сделайте: chekpost init`,
          `There is no config file ${path}. Name it with --config or make it: chekpost init`,
        )
      : lacksRight(cause)
        ? text(
            `Нет прав читать файл настроек ${path}. Запустите с sudo или от группы chekpost`,
            `No right to read the config file ${path}. Run with sudo or in the group chekpost`,
          )
        : text(
            `Файл настроек не читается: ${path} (${why.ru}). Проверьте путь (--config)`,
            `The config file cannot be read: ${path} (${why.en}). Check the path (--config)`,
          )
  return new UsageError(said, { cause })
}

/** The same for a text already read; `name` stands in the messages. */
export function parseConfig(source: string, name: string): Config {
  if (source.length > longestSource)
    throw faulty(name, text('файл больше 256 КиБ: это не файл настроек', 'a config of more than 256 KiB'))
  const read = readYaml(source)
  if (!('document' in read)) throw faulty(name, read)
  if (typeof read.plain !== 'object' || read.plain === null)
    throw faulty(
      name,
      text(
        'в файле нет настроек (пустой или не YAML в UTF-8)',
        'there are no settings in it (empty, or no YAML in UTF-8)',
      ),
    )
  const parsed = Config.safeParse(read.plain, { error: inBoth })
  if (!parsed.success) throw faulty(name, faultsOf(parsed.error, read))
  return resolve(parsed.data, name, read)
}

function resolve(parsed: z.infer<typeof Config>, name: string, place: Place): Config {
  const faults: Text[] = []
  const registers = parsed.registers.map((register, i) => {
    const at = `registers[${i}] (${register.name})`
    const store = register.store ?? parsed.store
    const bitrix = register.bitrix ?? parsed.bitrix
    if (store === undefined) faults.push(missing('store', at))
    if (bitrix === undefined) faults.push(missing('bitrix', at))
    const settings = drivers[register.driver].settings.safeParse(register.settings ?? {}, { error: inBoth })
    if (!settings.success) faults.push(faultsOf(settings.error, place, ['registers', i, 'settings']))
    return { register, store: store ?? '', bitrix, settings: settings.data }
  })
  for (const key of ['name', 'address'] as const) {
    const values = parsed.registers.map((register) => register[key])
    const twice = values.find((value, i) => values.indexOf(value) !== i)
    if (twice !== undefined)
      faults.push(
        text(
          `✖ у двух касс один и тот же ${key}: ${twice}\n  → registers`,
          `✖ two registers have the same ${key} ${twice}\n  → at registers`,
        ),
      )
  }
  if (faults.length > 0)
    throw faulty(name, text(faults.map(({ ru }) => ru).join('\n'), faults.map(({ en }) => en).join('\n')))
  return {
    timezone: parsed.timezone,
    stateDir: parsed.stateDir,
    registers: registers.flatMap(({ register, store, bitrix, settings }) =>
      bitrix === undefined
        ? []
        : [
            {
              name: register.name,
              id: `${store}/${register.name}`,
              store,
              driver: register.driver,
              address: register.address,
              settings,
              from: register.from,
              pollMs: register.pollSeconds * 1000,
              quietMs: register.quietSeconds * 1000,
              serial: register.serial ?? null,
              bitrix,
            },
          ],
    ),
    rules: rulesOf(parsed.codes, parsed.stock),
    page: pageOf(parsed.status),
    keepDays: parsed.keepDays,
    logLevel: parsed.logLevel,
  }
}

function pageOf({ listen, tls, passwordFile, hosts }: z.infer<typeof Status>): PageConfig | null {
  return listen && { ...listen, hosts, tls: tls ?? null, passwordFile: passwordFile ?? null }
}

function missing(key: string, at: string): Text {
  return text(
    `✖ нет ${key}\n  → у ${at} или в начале файла`,
    `✖ ${key} is missing\n  → at ${at} or at the top`,
  )
}

function faulty(name: string, { ru, en }: Text): UsageError {
  return new UsageError(
    text(
      `Ошибка в настройках ${name}:\n${ru}\nИсправьте файл и проверьте: chekpost config check`,
      `The config ${name} is wrong:\n${en}\nMend the file and check it: chekpost config check`,
    ),
  )
}

/** The text of a check that found nothing wrong. */
export function describeConfig(config: Config, language: Language): string {
  const lines = config.registers.map(
    (register) =>
      `  ${register.id}: ${register.driver} ${register.address} → ${register.bitrix.url}` +
      ` (${register.bitrix.lanes} × ${language === 'ru' ? 'параллельно' : 'lanes'})`,
  )
  return [language === 'ru' ? 'Настройки верны:' : 'The config is right:', ...lines].join('\n')
}
