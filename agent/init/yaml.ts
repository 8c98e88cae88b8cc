/** The config as `init` writes it: every line explained, like `systemd/chekpost.example.yaml`. Pure. */
import { stringify } from 'yaml'

/** One register to be written down. */
export interface WrittenRegister {
  readonly name: string
  readonly driver: string
  readonly address: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly serial: string | null
  /** For the comment: the model as it names itself. */
  readonly model: string | null
  /** What an earlier config says of it beside all this, e.g. where it sends to. */
  readonly kept?: Readonly<Record<string, unknown>>
}

export interface Written {
  readonly store: string
  readonly timezone: string
  readonly stateDir: string
  readonly url: string
  readonly secretFile: string
  readonly from: 'now' | 'first' | 'ledger' | number
  readonly registers: readonly WrittenRegister[]
  /** Of an earlier config: the whole destination, when it is the same site. */
  readonly bitrix?: Readonly<Record<string, unknown>> | null
  /** Of an earlier config: what is not asked. */
  readonly kept?: Readonly<Record<string, unknown>>
}

/** YAML that `parseConfig` accepts, with a comment in both languages on every line. */
export function composeConfig({ registers, bitrix = null, kept = {}, ...top }: Written): string {
  const { keepDays = 400, logLevel = 'info', ...others } = kept
  return [
    '# chekpost: проверить / check it: chekpost config check',
    line(`store: ${value(top.store)}`, 'имя магазина, как на сайте / the shop, as the site calls it'),
    line(`timezone: ${value(top.timezone)}`, "часовой пояс кассы / the register's time zone (IANA name)"),
    line(`stateDir: ${value(top.stateDir)}`, 'база чеков и start.json / outbox and start.json'),
    line('registers:', 'кассы / the cash registers'),
    ...registers.flatMap((register) => registerLines(register, top.from)),
    line('bitrix:', 'куда отправлять / where to send'),
    ...(bitrix === null ? destinationLines(top) : asBefore('  ', bitrix)),
    line(
      `keepDays: ${JSON.stringify(keepDays)}`,
      'дней хранить отправленные чеки / days to keep what was delivered',
    ),
    line(
      `logLevel: ${value(logLevel)}`,
      'подробность журнала: trace … error / detail of the log: trace … error',
    ),
    ...asBefore('', others),
    '',
  ].join('\n')
}

function destinationLines({ url, secretFile }: Pick<Written, 'url' | 'secretFile'>): string[] {
  return [
    line('  mode: webhook', 'приёмник на сайте / the receiver on the site'),
    line(`  url: ${value(url)}`, "адрес приёмника / the receiver's address"),
    line(
      `  secretFile: ${value(secretFile)}`,
      'файл в папке secrets рядом / a file in the folder secrets beside this one',
    ),
    line('  lanes: 1', 'сколько отправок сразу, 1–8 / deliveries at a time, 1 to 8'),
    line('  # proxy: http://proxy.local:3128', "прокси магазина / the shop's proxy"),
    line('  # caFile: /etc/chekpost/ca.pem', 'свой центр сертификации / your own certificate authority'),
  ]
}

/** JSON is YAML on one line, whatever the value is. */
function asBefore(indent: string, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).map(([key, set]) =>
    line(`${indent}${value(key)}: ${JSON.stringify(set)}`, 'как было / as before'),
  )
}

function registerLines(register: WrittenRegister, from: Written['from']): string[] {
  const { name, driver, address, settings, serial, model, kept = {} } = register
  const { from: begin = from, pollSeconds = 2, quietSeconds = 5, ...others } = kept
  const own = Object.entries(settings)
  return [
    line(`  - name: ${value(name)}`, `${oneLine(model ?? '')} имя кассы: a-z 0-9 - / its name`.trim()),
    line(`    driver: ${value(driver)}`, 'протокол / the protocol'),
    line(`    address: ${value(address)}`, 'где касса / where it is'),
    ...(own.length === 0
      ? []
      : [
          line('    settings:', "настройки протокола / the driver's own settings"),
          ...own.map(([key, set]) =>
            line(`      ${key}: ${plainOrJson(set)}`, 'не как обычно / not the default'),
          ),
        ]),
    line(
      `    from: ${value(begin)}`,
      'с какого чека начать: now, first, ledger или номер / where to begin: now, first, ledger or a number',
    ),
    line(
      `    pollSeconds: ${JSON.stringify(pollSeconds)}`,
      'как часто спрашивать, секунды / how often to ask, seconds',
    ),
    line(
      `    quietSeconds: ${JSON.stringify(quietSeconds)}`,
      'читать после стольких секунд покоя / read after so many idle seconds',
    ),
    ...(serial === null
      ? []
      : [
          line(
            `    serial: ${value(serial)}`,
            'заводской номер: с другой кассой чтение встанет / factory number: another register stops the reading',
          ),
        ]),
    ...asBefore('    ', others),
  ]
}

const column = 46

function line(setting: string, comment: string): string {
  return `${setting.padEnd(column - 1)} # ${comment}`
}

/** A driver's setting as a person would write it. */
function plainOrJson(set: unknown): string {
  return typeof set === 'object' ? JSON.stringify(set) : value(set)
}

/** A scalar on one line, quoted where YAML would read it as something else. */
function value(plain: unknown): string {
  return stringify(plain, { lineWidth: 0 }).trim()
}

/** The model comes from the register: nothing in it may end the comment. */
function oneLine(said: string): string {
  return said.replace(/\p{C}+/gu, ' ').trim()
}
