/**
 * A register's address is one line of text in the config:
 * - `serial:/dev/serial/by-id/…?baud=115200`: 8 data bits, no parity, 1 stop bit, no flow control; `baud` is
 *   115200 unless given.
 * - `tcp:host:port`: a name, an IPv4 address or an IPv6 address in brackets; the port is 7778 unless given, the
 *   default of the Shtrih-M family ("Руководство оператора", table 21, field 4).
 * - `hid:VID:PID[:serial]?framing=…`: a HID device that carries bytes; its options stand in `hidaddress.ts`.
 */
import { isIPv4, isIPv6 } from 'node:net'
import type { Text } from '../contract.ts'
import { type HidAddress, parseHid } from './hidaddress.ts'
import { baudRates } from './rates.ts'

/** A tty on this machine: an absolute path and a rate in bits per second. */
export interface SerialAddress {
  readonly kind: 'serial'
  readonly path: string
  readonly baud: number
}

/** A listening register in the network; `host` is without brackets. */
export interface TcpAddress {
  readonly kind: 'tcp'
  readonly host: string
  readonly port: number
}

/** An address that cannot be opened, and what to write instead. */
export interface WrongAddress {
  readonly kind: 'wrong'
  readonly problem: Text
  readonly hint: Text
}

export type Address = SerialAddress | TcpAddress | HidAddress | WrongAddress

const defaultBaud = 115_200
const defaultPort = 7778

/** Understands one address. Never throws: what is wrong comes back as `problem` with a `hint`. Opens nothing. */
export function parseAddress(address: string): Address {
  const colon = address.indexOf(':')
  const kind = colon < 0 ? '' : address.slice(0, colon)
  const rest = address.slice(colon + 1)
  switch (kind) {
    case 'serial':
      return parseSerial(rest)
    case 'tcp':
      return parseTcp(rest)
    case 'hid':
      return parseHid(rest)
    case 'unix':
      return wrong(
        `Адреса вида «${kind}:» пока не поддерживаются.`,
        `Addresses of the kind "${kind}:" are not supported yet.`,
        {
          ru: `Подключите кассу по сети или COM-порту: ${examples}`,
          en: `Connect the register by network or serial port: ${examples}`,
        },
      )
    default:
      return wrong(`Непонятный адрес кассы: «${address}».`, `Not an address of a register: "${address}".`, {
        ru: `Напишите так: ${examples}`,
        en: `Write it like this: ${examples}`,
      })
  }
}

const examples = 'tcp:192.168.137.111:7778 · serial:/dev/serial/by-id/…?baud=115200 · hid:10c4:ea80'

function parseSerial(rest: string): Address {
  const [path = '', query, ...more] = rest.split('?')
  if (!path.startsWith('/') || path.includes('\0') || more.length > 0)
    return wrong(`Непонятный порт: «${rest}».`, `Not a serial port: "${rest}".`, {
      ru: 'Нужен полный путь: serial:/dev/serial/by-id/…; имена видны по команде ls -l /dev/serial/by-id',
      en: 'The full path is needed: serial:/dev/serial/by-id/…; see the names with ls -l /dev/serial/by-id',
    })
  const options = (query ?? '').split('&').filter((option) => option !== '')
  const unknown = options.find((option) => !option.startsWith('baud='))
  if (unknown !== undefined || options.length > 1)
    return wrong(
      `Лишнее в адресе порта: «${unknown ?? options[1]}».`,
      `Not an option of a serial port: "${unknown ?? options[1]}".`,
      { ru: 'После «?» может стоять только baud=…, один раз.', en: 'Only one baud=… may follow the "?".' },
    )
  const baud = options[0] === undefined ? defaultBaud : Number(options[0].slice('baud='.length))
  return baudRates.includes(baud) ? { kind: 'serial', path, baud } : wrongBaud(options[0] ?? '')
}

function wrongBaud(option: string): WrongAddress {
  return wrong(`Такой скорости порта нет: «${option}».`, `Not a rate of a serial port: "${option}".`, {
    ru: `Возможные скорости: ${baudRates.join(', ')}`,
    en: `Possible rates: ${baudRates.join(', ')}`,
  })
}

function parseTcp(rest: string): Address {
  const found = /^(?:\[([^[\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest)
  const port = found?.[3] === undefined ? defaultPort : Number(found[3])
  const host = found?.[1] ?? found?.[2] ?? ''
  const known = found?.[1] === undefined ? isHost(host) : isIPv6(host)
  if (known && port >= 1 && port <= 65_535) return { kind: 'tcp', host, port }
  return wrong(`Непонятный сетевой адрес: «${rest}».`, `Not a network address: "${rest}".`, {
    ru: 'Нужно tcp:адрес:порт, например tcp:192.168.137.111:7778; IPv6 в квадратных скобках: tcp:[fe80::1%eth0]:7778',
    en: 'Write tcp:host:port, for example tcp:192.168.137.111:7778; IPv6 in brackets: tcp:[fe80::1%eth0]:7778',
  })
}

/** Digits and dots alone must be a real IPv4 address: the resolver would read 192.168.1 in its own way. */
function isHost(host: string): boolean {
  if (/^[\d.]+$/.test(host)) return isIPv4(host)
  return host.length <= 253 && /^(?!-)[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?$/u.test(host)
}

function wrong(ru: string, en: string, hint: Text): WrongAddress {
  return { kind: 'wrong', problem: { ru, en }, hint }
}
