/**
 * `hid:VID:PID[:serial][?option&option…]`, numbers in hex as `lsusb` shows them; a serial number with odd
 * characters is percent-encoded. Options, each at most once:
 * - `framing=id-len|len|raw` (see `hidreports.ts`); known for 10c4:ea80 and 1a86:e429, else it must be given;
 * - `report=N`: bytes in a report without its id, 64 unless given; `reportId=HH` where the device numbers its
 *   reports; `padding=HH` fills raw reports up, 00 unless given;
 * - `baud=N`: sets up the serial port of a CP2110; 115200 for `id-len` unless given or replaced by `init`;
 * - `init=hex,hex…`: feature reports sent after every open, each with its id first;
 * - `usage=PAGE:USAGE` (hex) and `interface=N` tell the device's several interfaces apart.
 */
import { fromHex } from '../bytes.ts'
import type { Text } from '../contract.ts'
import type { WrongAddress } from './address.ts'
import { harmsForGood } from './cp2110.ts'
import type { Framing } from './hidreports.ts'
import { baudRates } from './rates.ts'

/** A HID device, found anew at every open; null where the address leaves it open. */
export interface HidAddress {
  readonly kind: 'hid'
  readonly vendorId: number
  readonly productId: number
  readonly serial: string | null
  readonly usage: { readonly page: number; readonly usage: number } | null
  readonly interface: number | null
  readonly framing: Framing
  /** Bits per second for the serial port of a CP2110; null: it is left as it is. */
  readonly baud: number | null
  /** Feature reports to send after opening, each with its id first. */
  readonly init: readonly Uint8Array[]
}

const hidExample = 'hid:10c4:ea80'

const defaultBaud = 115_200
const defaultReport = 64

/** Chips whose framing is known; registers with firmware of their own must say theirs. */
export const knownFramings: Readonly<Record<string, 'id-len' | 'len'>> = {
  '10c4:ea80': 'id-len',
  '1a86:e429': 'len',
}

/** CH9325 and its twin HE2325U: 7 data bytes about every 10 ms, and no rate over 65535. */
const tooSlow = ['1a86:e008', '04fa:2490']

/** Thrown inside this file only: the one way out of nested parsing. */
class Wrong extends Error {
  readonly problem: Text
  readonly hint: Text

  constructor(problem: Text, hint: Text) {
    super(problem.en)
    this.problem = problem
    this.hint = hint
  }
}

/** What stands behind `hid:`. Never throws: what is wrong comes back as `problem` with a `hint`. */
export function parseHid(rest: string): HidAddress | WrongAddress {
  try {
    return parse(rest)
  } catch (error) {
    if (error instanceof Wrong) return { kind: 'wrong', problem: error.problem, hint: error.hint }
    throw error
  }
}

function parse(rest: string): HidAddress {
  const [device = '', query, ...more] = rest.split('?')
  const found = /^([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/is.exec(device)
  if (found === null || more.length > 0) throw notADevice(rest)
  const [vendor = '', product = ''] = [found[1]?.toLowerCase(), found[2]?.toLowerCase()]
  const options = new Options(query ?? '')
  const framing = parseFraming(`${vendor}:${product}`, options)
  const init = parseInit(options, framing)
  const baud = parseBaud(options, framing, init)
  return {
    kind: 'hid',
    vendorId: Number.parseInt(vendor, 16),
    productId: Number.parseInt(product, 16),
    serial: found[3] === undefined ? null : decoded(found[3], rest),
    usage: parseUsage(options),
    interface: options.number('interface', 0, 255),
    framing,
    baud,
    init,
  }
}

function decoded(serial: string, rest: string): string {
  try {
    return decodeURIComponent(serial)
  } catch {
    throw notADevice(rest)
  }
}

function notADevice(rest: string): Wrong {
  return new Wrong(
    { ru: `Непонятное HID-устройство: «${rest}».`, en: `Not a HID device: "${rest}".` },
    {
      ru: `Нужны два номера из lsusb, по четыре знака: ${hidExample}, с серийным номером: ${hidExample}:0012AB; знаки «?» и «%» в номере: %3F и %25.`,
      en: `Two numbers from lsusb are needed, four digits each: ${hidExample}, with a serial number: ${hidExample}:0012AB; "?" and "%" in it are %3F and %25.`,
    },
  )
}

function parseFraming(ids: string, options: Options): Framing {
  const named = options.text('framing') ?? knownFramings[ids]
  if (named === 'f0' || tooSlow.includes(ids)) throw chipTooSlow(ids)
  switch (named) {
    case 'id-len':
      options.refuse(['report', 'reportId', 'padding'], 'framing=id-len')
      return { kind: 'id-len' }
    case 'len':
      options.refuse(['padding'], 'framing=len')
      return {
        kind: 'len',
        report: options.number('report', 2, 256) ?? defaultReport,
        reportId: idOf(options),
      }
    case 'raw':
      return {
        kind: 'raw',
        report: options.number('report', 1, 1024) ?? defaultReport,
        reportId: idOf(options),
        padding: options.byte('padding') ?? 0,
      }
    default:
      throw unknownFraming(ids, named)
  }
}

function idOf(options: Options): number | null {
  const id = options.byte('reportId')
  // 00 means "no id" to the system, so nothing could be stripped or written for it.
  if (id === 0) throw options.wrong('reportId', '01 … ff')
  return id
}

function unknownFraming(ids: string, named: string | undefined): Wrong {
  return new Wrong(
    named === undefined
      ? {
          ru: `Неизвестно, как устройство ${ids} передаёт байты.`,
          en: `It is not known how the device ${ids} carries bytes.`,
        }
      : { ru: `Такого framing нет: «${named}».`, en: `Not a framing: "${named}".` },
    {
      ru: `Допишите framing=id-len (мост CP2110), framing=len (первый байт — длина) или framing=raw: hid:${ids}?framing=len&report=64`,
      en: `Add framing=id-len (a CP2110 bridge), framing=len (the first byte is the length) or framing=raw: hid:${ids}?framing=len&report=64`,
    },
  )
}

function chipTooSlow(ids: string): Wrong {
  return new Wrong(
    {
      ru: `Мост CH9325 (${ids}, framing=f0) слишком медленный для кассы: около 700 байт в секунду.`,
      en: `The bridge CH9325 (${ids}, framing=f0) is too slow for a register: some 700 bytes a second.`,
    },
    {
      ru: 'Возьмите кабель на CP2110, FTDI или CP210x либо подключите кассу по сети.',
      en: 'Take a cable with a CP2110, FTDI or CP210x, or connect the register by network.',
    },
  )
}

function parseInit(options: Options, framing: Framing): Uint8Array[] {
  const listed = options.text('init')
  if (listed === undefined) return []
  const reports = listed.split(',').map((hex) => fromHex(hex) ?? new Uint8Array())
  // Linux sends no feature report of the id alone; a blank or an empty piece has no place in an address.
  if (/\s/.test(listed) || reports.some(({ length }) => length < 2 || length > 1025))
    throw options.wrong('init', '4101,4303 …')
  if (framing.kind === 'id-len' && reports.some(harmsForGood)) throw options.harmful('init')
  return reports
}

function parseBaud(options: Options, framing: Framing, init: readonly Uint8Array[]): number | null {
  const given = options.number('baud', 0, 1_000_000)
  if (framing.kind !== 'id-len') options.refuse(['baud'], `framing=${framing.kind}`)
  if (given !== null && !baudRates.includes(given)) throw options.wrong('baud', baudRates.join(', '))
  if (given !== null || framing.kind !== 'id-len') return given
  return init.length > 0 ? null : defaultBaud
}

function parseUsage(options: Options): HidAddress['usage'] {
  const given = options.text('usage')
  if (given === undefined) return null
  const found = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(given)
  if (found === null) throw options.wrong('usage', 'ff00:1')
  return { page: Number.parseInt(found[1] ?? '', 16), usage: Number.parseInt(found[2] ?? '', 16) }
}

const optionNames = [
  'framing',
  'report',
  'reportId',
  'padding',
  'baud',
  'init',
  'usage',
  'interface',
] as const
type OptionName = (typeof optionNames)[number]

/** What follows the `?`: every name known, each once. */
class Options {
  readonly #given = new Map<string, string>()

  constructor(query: string) {
    for (const option of query.split('&').filter((part) => part !== '')) {
      const [name = '', ...value] = option.split('=')
      const known = optionNames.some((one) => one === name)
      if (!known || value.length !== 1 || this.#given.has(name)) throw strayOption(option)
      this.#given.set(name, value[0] ?? '')
    }
  }

  text(name: OptionName): string | undefined {
    return this.#given.get(name)
  }

  number(name: OptionName, least: number, most: number): number | null {
    const given = this.#given.get(name)
    if (given === undefined) return null
    const number = /^\d{1,7}$/.test(given) ? Number(given) : Number.NaN
    if (!(number >= least && number <= most)) throw this.wrong(name, `${least} … ${most}`)
    return number
  }

  /** One byte of two hex digits. */
  byte(name: OptionName): number | null {
    const given = this.#given.get(name)
    if (given === undefined) return null
    if (!/^[0-9a-f]{2}$/i.test(given)) throw this.wrong(name, '00 … ff')
    return Number.parseInt(given, 16)
  }

  /** These have no meaning beside `reason`. */
  refuse(names: readonly OptionName[], reason: string): void {
    const stray = names.find((name) => this.#given.has(name))
    if (stray === undefined) return
    throw new Wrong(
      { ru: `${stray}= не имеет смысла при ${reason}.`, en: `${stray}= has no meaning with ${reason}.` },
      { ru: `Уберите ${stray}=… из адреса.`, en: `Take ${stray}=… out of the address.` },
    )
  }

  wrong(name: OptionName, allowed: string): Wrong {
    const option = `${name}=${this.#given.get(name) ?? ''}`
    return new Wrong(
      { ru: `Неверное значение в адресе: «${option}».`, en: `Not a value for this option: "${option}".` },
      { ru: `Можно: ${allowed}`, en: `Possible: ${allowed}` },
    )
  }

  harmful(name: OptionName): Wrong {
    return new Wrong(
      {
        ru: `Такие команды портят мост CP2110 навсегда: «${name}=${this.#given.get(name) ?? ''}».`,
        en: `Such reports change a CP2110 for good: "${name}=${this.#given.get(name) ?? ''}".`,
      },
      {
        ru: 'Отчёты 40, 47 и 60–66 не отправляются никогда; уберите их из init=.',
        en: 'Reports 40, 47 and 60 to 66 are never sent; take them out of init=.',
      },
    )
  }
}

function strayOption(option: string): Wrong {
  return new Wrong(
    { ru: `Лишнее в адресе HID: «${option}».`, en: `Not an option of a HID device: "${option}".` },
    {
      ru: `После «?» могут стоять, каждое один раз: ${optionNames.join('=, ')}=`,
      en: `These may follow the "?", each once: ${optionNames.join('=, ')}=`,
    },
  )
}
