/**
 * The bundle that a shop sends when it asks for help: what goes in is named file by file, and everything passes the
 * masks below on its way. Documents are never part of it.
 */
import { arch, freemem, version as kernel, loadavg, platform, release, totalmem, uptime } from 'node:os'
import { stringify } from 'yaml'
import type { Config } from './config.ts'
import { type Text, text } from './text.ts'

/** What stands in place of what was taken out. */
const mask = '***'

/** Keys whose values say who somebody is or open a door; a file's name says neither. */
const telling =
  /pass|secret|token|cookie|signature|login|cashier|operator(?!s)|buyer|customer|phone|mail|organi[sz]ation|^user$|^pin$|(?:api|access|private)key$/i
const fileName = /File$/

/** The same value with what hides behind telling keys masked, at any depth; patterns become their source. */
export function maskKeys(value: unknown): unknown {
  if (value instanceof RegExp) return value.source
  if (Array.isArray(value)) return value.map(maskKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      telling.test(key) && !fileName.test(key) && isSaid(inner) ? mask : maskKeys(inner),
    ]),
  )
}

/** What says nothing may stay, so that one sees that it was not set. */
function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== null && value !== undefined && typeof value !== 'boolean'
}

/** A row of bytes from its beginning to its end; not one whose last digit stands alone, as that of a telephone in pairs. */
const hexRow =
  /(?<![\w·])(?<!(?:[\da-f]{2}|··) )(?=(?<row>(?:(?:[\da-f]{2}|··) ){3,}(?:[\da-f]{2}|··)))\k<row>(?! ?[\w·])/
const telephone = /(?<![\d+])[78](?:[\s()-]{0,2}\d){10}(?!\d)/

/** Each is bounded or begins where a word begins: a long word must not keep the daemon from its work. */
const patterns: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/whsec_[\w+/=-]+/g, `whsec_${mask}`],
  [
    /((?:password|passwd|secret|token|парол[ьяюем]+|(?<!\p{L})(?:pin|пин(?:-?код)?))["']?\s*(?:[:=]|[-–—]\s)\s*["']?)[^\s,;}"']+/giu,
    `$1${mask}`,
  ],
  [/\b(Basic|Bearer)\s+[\w.+/=-]+/gi, `$1 ${mask}`],
  [/\b([a-z][a-z0-9+.-]{0,15}:\/\/)[^\s/@"'\\]{1,256}@/gi, `$1${mask}@`],
  [/\b(https?:\/\/[^\s"'?\\]{1,512})\?[^\s"'\\]+/gi, `$1?${mask}`],
  [/(?<![\p{L}\d._%+-])[\p{L}\d._%+-]+@[\p{L}\d-]{1,64}(?:\.[\p{L}\d-]{1,64})+/gu, mask],
  [/\+\d(?:[\s()-]{0,2}\d){8,14}(?!\d)/g, mask],
]

/** Bytes look like telephones often enough; support needs them as they were. */
const numbers = new RegExp(`${hexRow.source}|${telephone.source}`, 'g')

function withoutTelephones(said: string): string {
  return said.replace(numbers, (found, row?: string) => (row === undefined ? mask : found))
}

/** Shorter ones would be found everywhere; those are masked by their key alone. */
const shortestLiteral = 4

/**
 * Masks in any text what looks like a secret, a login, an e-mail or a phone number, and all of `known`: secrets and
 * names that this installation is told of.
 */
export function scrubber(known: readonly string[]): (said: string) => string {
  // As they are, and as they stand in JSON.
  const literals = [...new Set(known.flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]))]
    .filter(({ length }) => length >= shortestLiteral)
    .sort((one, other) => other.length - one.length)
    .map((literal) => new RegExp(`(?<![\\p{L}\\d])${escaped(literal)}(?![\\p{L}\\d])`, 'gu'))
  return (said) => {
    const without = literals.reduce((so, literal) => so.replace(literal, mask), said)
    return withoutTelephones(
      patterns.reduce((so, [pattern, instead]) => so.replace(pattern, instead), without),
    )
  }
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** What the config holds that must be found nowhere else either: passwords, logins, cashiers. */
export function knownSecrets({ registers }: Pick<Config, 'registers'>): string[] {
  return registers.flatMap(({ settings, bitrix }) => [
    ...passwordsIn(settings),
    ...(bitrix.proxy === undefined ? [] : loginOf(bitrix.proxy)),
    ...bitrix.siteOrders.cashiers,
  ])
}

function passwordsIn(settings: unknown): string[] {
  if (typeof settings !== 'object' || settings === null) return []
  return Object.entries(settings).flatMap(([key, value]) => (telling.test(key) ? [String(value)] : []))
}

function loginOf(address: string): string[] {
  const { username, password } = new URL(address)
  return [username, password].flatMap((part) => [part, decodeURIComponent(part)])
}

/** The config as it is in force, defaults included, as YAML. */
export function configText(config: Config): string {
  return stringify(maskKeys(config), { lineWidth: 0, aliasDuplicateObjects: false })
}

/** Masked by keys once more: a line was written by whatever version of this program then ran. */
export function logText(lines: readonly string[]): string {
  return lines.map((line) => `${JSON.stringify(maskKeys(parsedLine(line)))}\n`).join('')
}

/** What is no JSON stays a text. */
export function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return line
  }
}

/** The machine and the program, without the name of either user or computer. */
export function versions(facts: Record<string, unknown>): Record<string, unknown> {
  return {
    ...facts,
    node: process.version,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    system: { platform: platform(), arch: arch(), release: release(), kernel: kernel() },
    memory: { totalBytes: totalmem(), freeBytes: freemem(), load: loadavg(), uptimeSeconds: uptime() },
    process: { uptimeSeconds: process.uptime(), memory: process.memoryUsage() },
  }
}

/** Of one file, in characters. */
const longestFile = 512 * 1024
/** Their newest lines are the last ones: those stay. */
const newestLast: ReadonlySet<string> = new Set(['log.jsonl', 'journal.jsonl', 'wire.jsonl'])

/** A ZIP of the files by name, each scrubbed and bounded. `at` in milliseconds. */
export async function pack(
  files: Readonly<Record<string, string>>,
  scrub: (said: string) => string,
  at: number,
): Promise<Uint8Array> {
  const { strToU8, zipSync } = await import('fflate')
  const packed = Object.entries(files).map(([name, content]) => [
    name,
    strToU8(scrub(bounded(name, content))),
  ])
  return zipSync(Object.fromEntries(packed), { level: 6, mtime: new Date(at) })
}

function bounded(name: string, content: string): string {
  if (content.length <= longestFile) return content
  if (!newestLast.has(name)) return `${content.slice(0, longestFile)}\n…\n`
  const end = content.slice(-longestFile)
  const line = end.indexOf('\n') + 1
  return `…\n${line < end.length ? end.slice(line) : end}`
}

/** `chekpost-support-2026-08-21-1000.zip`, UTC. */
export function bundleName(at: number): string {
  const [date, time = ''] = new Date(at).toISOString().split('T')
  return `chekpost-support-${date}-${time.slice(0, 5).replace(':', '')}.zip`
}

/** What lies in a bundle, for whoever opens it. */
export function readmeOf(files: readonly string[], at: number): string {
  const listed = files.flatMap((name) => {
    const about = contents[name]
    return about === undefined ? [] : [`  ${name.padEnd(14)}${about.ru}\n  ${''.padEnd(14)}${about.en}`]
  })
  const head = text(
    `chekpost: данные для поддержки, ${new Date(at).toISOString()}`,
    `chekpost: a bundle for support, ${new Date(at).toISOString()}`,
  )
  return `${[head.ru, head.en, '', ...listed, '', masked.ru, '', masked.en].join('\n')}\n`
}

const masked = text(
  'Здесь нет чеков, секретов, паролей, данных покупателей и кассиров: они скрыты знаками ***. Есть номера кассы и ФН, ИНН и адрес расчётов, адрес сайта, имена тех, кто нажимал кнопки.',
  "There are no receipts, secrets, passwords, buyers' or cashiers' data here: *** stands in their place. There are the numbers of the register and its drive, the INN and address of the shop, the address of the site, the names of those who pressed buttons.",
)

const contents: Readonly<Record<string, Text>> = {
  'status.json': text('состояние касс, доставки и очереди', 'the registers, the delivery and the queue'),
  'doctor.json': text('что нашёл chekpost doctor', 'what chekpost doctor found'),
  'config.yaml': text('настройки, как они действуют', 'the config as it is in force'),
  'log.jsonl': text('последние строки журнала', 'the newest lines of the log'),
  'journal.jsonl': text(
    'журнал службы в systemd, и до последнего запуска',
    "the service's journal of systemd, from before the last start as well",
  ),
  'audit.json': text('что делали люди', 'what people did'),
  'parked.json': text('почему отложены чеки', 'why receipts are parked'),
  'versions.json': text('версии и компьютер', 'the versions and the computer'),
  'start.json': text('с каких документов начато чтение ФН', 'where reading of each drive began'),
  'instance.json': text('номер этой установки', 'the number of this installation'),
  'wire.jsonl': text('последний разговор с кассой', 'the last talk with the register'),
  'problem.txt': text('почему остального нет', 'why the rest is missing'),
}
