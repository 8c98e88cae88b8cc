/** The parts of the config file as zod schemas, strict: a misspelt key is an error. Every default stands here. */
import { z } from 'zod'
import { driverNames, parseAddress } from '../drivers/index.ts'
import type { StockRules } from './fiscal/stock.ts'

/** A message in both languages; zod knows only one text, so the English one stands on the first line. */
export function both(ru: string, en: string): string {
  return `${en}\n${ru}`
}

/** The half of such a message; any other text is the library's own and stays as it is. */
export function inLanguage(message: string, language: 'ru' | 'en'): string {
  const [en = message, ru = en] = message.split('\n')
  return language === 'ru' ? ru : en
}

/** `serial:…`, `tcp:…`, `hid:…`: what `openLine` understands. */
const Address = z.string().superRefine((address, context) => {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'wrong') return
  const { problem, hint } = parsed
  context.addIssue({ code: 'custom', message: both(`${problem.ru} ${hint.ru}`, `${problem.en} ${hint.en}`) })
})

const RegisterName = z
  .string()
  .regex(
    /^[a-z0-9-]{1,32}$/,
    both(
      'только строчные латинские буквы, цифры и «-», не больше 32',
      'lower-case letters, digits and "-" only, at most 32',
    ),
  )

export const StoreName = z
  .string()
  .regex(
    /^[\w.-]{1,64}$/,
    both(
      'только латинские буквы, цифры, «.», «_» и «-», не больше 64',
      'letters, digits, ".", "_" and "-" only, at most 64',
    ),
  )

export const Timezone = z
  .string()
  .refine(
    isZone,
    both('не часовой пояс IANA, например Europe/Moscow', 'not an IANA time zone name such as Europe/Moscow'),
  )

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Plain http would show the shop's sales to everybody on the way: only to this very machine, or when said so. */
function isLocal(url: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
}

/** What is no URL has been refused by its own check, and this one runs all the same. */
function isPrivate(url: string): boolean {
  return /^https:/.test(url) || !URL.canParse(url) || isLocal(new URL(url))
}

const readable = both(
  'http:// показывает продажи всем по дороге: возьмите https:// или напишите plainHttp: true',
  'http:// shows the sales to everybody on the way: use https://, or say plainHttp: true',
)

const Url = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
    message: both(
      'пароля в адресе быть не должно: у секрета свой файл',
      'a password must not stand in the address; the secret has a file of its own',
    ),
  })

/** User and password are percent-encoded in an address; a bare "%" could not be decoded when it is used. */
function hasPlainLogin(address: string): boolean {
  if (!URL.canParse(address)) return true
  const { username, password } = new URL(address)
  try {
    return decodeURIComponent(username + password) !== null
  } catch {
    return false
  }
}

/** A regular expression. */
const Pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, 'u')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    context.addIssue({
      code: 'custom',
      message: both(`не регулярное выражение (${why})`, `not a regular expression (${why})`),
    })
    return z.NEVER
  }
})

export const Bitrix = z
  .strictObject({
    mode: z
      .literal('webhook', both('пока можно только webhook', 'only "webhook" can be used so far'))
      .default('webhook'),
    url: Url,
    /** Where the ledger is asked; default: `ledger.php` beside the receiver. */
    ledgerUrl: Url.optional(),
    /** How often each register tells the site that it is there; 0 = never. */
    heartbeatMinutes: z.int().min(0).max(1440).default(10),
    /** Allows http:// to another machine, e.g. inside a VPN. */
    plainHttp: z.boolean().default(false),
    secretFile: z.string().min(1),
    lanes: z.int().min(1).max(8).default(1),
    /** Sends documents that move nothing as well (advances, services, reports). */
    sendAll: z.boolean().default(false),
    /** `http://user:password@proxy:3128` */
    proxy: z
      .url({ protocol: /^https?$/ })
      .refine(
        hasPlainLogin,
        both('знак «%» в имени или пароле пишут как %25', 'a "%" in user or password is written as %25'),
      )
      .optional(),
    /** A PEM file with the authority that signed the site's certificate. */
    caFile: z.string().optional(),
    /** Base64 SHA-256 of the public keys (SPKI) that the site may show; any other is refused. */
    pinnedKeys: z
      .array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, both('base64 от 32 байт', 'base64 of 32 bytes')))
      .default([]),
    /** How receipts for the site's own orders are recognised beside tag 1125; the site parks them for a person. */
    siteOrders: z
      .strictObject({
        /** Names or INN of cashiers that ring up site orders only (tags 1021, 1203). */
        cashiers: z.array(z.string().min(1)).default([]),
        /** Found in a line's name (1030) or in the receipt's requisite (1192). */
        patterns: z.array(Pattern).default([]),
      })
      .prefault({}),
    connectSeconds: z.number().min(0.1).max(60).default(10),
    answerSeconds: z.number().min(0.1).max(120).default(30),
  })
  .refine(({ plainHttp, url }) => plainHttp || isPrivate(url), { path: ['url'], message: readable })
  .refine(({ plainHttp, ledgerUrl }) => plainHttp || isPrivate(ledgerUrl ?? ''), {
    path: ['ledgerUrl'],
    message: readable,
  })

export const Register = z.strictObject({
  name: RegisterName,
  driver: z.enum(driverNames),
  address: Address,
  /** The driver's own schema reads this. */
  settings: z.unknown().optional(),
  /** Where reading of the very first fiscal drive begins. */
  from: z
    .union(
      [z.enum(['now', 'first', 'ledger']), z.int().min(1)],
      both('now, first, ledger или номер документа', 'now, first, ledger or the number of a document'),
    )
    .default('now'),
  pollSeconds: z.number().min(0.05).max(60).default(2),
  quietSeconds: z.number().min(0).max(600).default(5),
  /** The register's factory number; another one at this address stops the reading. */
  serial: z.string().min(1).optional(),
  store: StoreName.optional(),
  bitrix: Bitrix.optional(),
})

/** Names by which only this very machine is meant. */
export function isLoopback(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === 'localhost' || host === '::1'
}

export const Status = z
  .strictObject({
    /** Beyond this computer only with TLS and a password: the page shows goods and sums and can send receipts again. */
    listen: z
      .string()
      .regex(
        /^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/,
        both('адрес:порт, например 127.0.0.1:8321', 'host:port, e.g. 127.0.0.1:8321'),
      )
      .transform((listen) => {
        const [, host = '', port = ''] = /^\[?([^\]]+)\]?:(\d+)$/.exec(listen) ?? []
        return { host, port: Number(port) }
      })
      .refine(({ port }) => port >= 1 && port <= 65_535, both('порт: от 1 до 65535', 'a port is 1 to 65535'))
      .nullable()
      .default({ host: '127.0.0.1', port: 8321 }),
    /** PEM files of the page's own certificate. */
    tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
    /** One line of at least 12 characters, found like `secretFile`. */
    passwordFile: z.string().min(1).optional(),
    /** Further names by which the page is called, e.g. `shop-pc.local` or an address of this computer. */
    hosts: z
      .array(
        z
          .string()
          .regex(
            /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)$/,
            both('имя или адрес без порта, строчными', 'a name or an address without port, lower case'),
          ),
      )
      .default([]),
  })
  .refine(({ listen, tls, passwordFile }) => isPrivatePage(listen?.host, tls, passwordFile), {
    path: ['listen'],
    message: both(
      'страница видна только на этом компьютере (127.0.0.1); для других адресов нужны status.tls и status.passwordFile',
      'the page is seen on this machine only (127.0.0.1); any other address needs status.tls and status.passwordFile',
    ),
  })
  .refine(({ listen, hosts }) => !isEveryAddress(listen?.host) || hosts.length > 0, {
    path: ['hosts'],
    message: both(
      'назовите адреса, по которым открывают страницу, например hosts: [192.168.1.5]',
      'name the addresses by which the page is opened, e.g. hosts: [192.168.1.5]',
    ),
  })
  .prefault({})

function isPrivatePage(host: string | undefined, tls: unknown, password: unknown): boolean {
  return host === undefined || isLoopback(host) || (tls !== undefined && password !== undefined)
}

/** Not an address by which anything is called. */
export function isEveryAddress(host: string | undefined): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Where this shop's receipts hold the codes of goods. */
export const Codes = z
  .strictObject({
    /** Barcodes of the shop's scales: `{ prefix: ['20', '21'], plu: 5, weight: 5 }`. */
    inStore: z
      .strictObject({
        prefix: z
          .array(z.string().regex(/^2\d$/, both('две цифры, от 20 до 29', 'two digits, 20 to 29')))
          .min(1),
        plu: z.int().min(1).max(10),
        weight: z.int().min(0).max(9),
      })
      .refine(
        ({ plu, weight }) => plu + weight === 10,
        both(
          'plu и weight вместе дают 10 цифр: ещё 2 у префикса и 1 контрольная',
          'plu and weight have 10 digits together: 2 of prefix, 1 check digit',
        ),
      )
      .nullable()
      .default(null),
    /** The article in the additional requisite of a line (tag 1191), e.g. `^(.+)_\\d+$`. */
    extra: z.array(Pattern).default([]),
    /** The article in the name (tag 1030), e.g. `^\\*(\\d{5,8}) `. */
    name: z.array(Pattern).default([]),
  })
  .prefault({})

/** What moves stock in this shop beside ordinary goods. */
export const Stock = z
  .strictObject({
    /** Further subjects (tag 1212) that are goods here, e.g. 12 or 13. */
    subjects: z.array(z.int().min(1).max(255)).default([]),
    /** What the shop buys from people (operations 3 and 4) comes in and goes out. */
    purchases: z.boolean().default(false),
  })
  .prefault({})

export function rulesOf(codes: z.infer<typeof Codes>, stock: z.infer<typeof Stock>): StockRules {
  return { ...stock, codes }
}
