/** Whether this PC has a foot in the register's network at all. */
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { parseAddress } from '../../drivers/index.ts'
import { type Text, text } from '../text.ts'

/** One address of this PC. */
interface Foot {
  readonly address: string
  readonly netmask: string
}

/** Null when some interface of this PC is in the register's network, or when it cannot be told. */
export function missingNetwork(address: string, feet = ownFeet()): { text: Text; hint: Text } | null {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'tcp' || !isIPv4(parsed.host) || !isPrivate(parsed.host)) return null
  const host = numberOf(parsed.host)
  if (feet.some((foot) => sameNetwork(host, foot))) return null
  const network = parsed.host.replace(/\.\d+$/, '.*')
  return {
    text: text(`у этого ПК нет адреса в сети ${network}`, `this PC has no address in the network ${network}`),
    hint: text(
      'Сеть кассы выключена или кабель не в том порту. USB: включите в кассе RNDIS (таблица 21), новая сетевая карта видна по команде ip -br a. Ethernet: ПК и касса должны быть в одной сети.',
      "The register's network is off, or the cable is elsewhere. USB: switch RNDIS on in the register (table 21), ip -br a shows a new network card. Ethernet: PC and register must be in one network.",
    ),
  }
}

function ownFeet(): Foot[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ family }) => family === 'IPv4'),
  )
}

/** In the shops' own networks; further away a router may know the way. */
function isPrivate(host: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)
}

function numberOf(host: string): number {
  return host.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}

function sameNetwork(host: number, { address, netmask }: Foot): boolean {
  const mask = numberOf(netmask)
  return (host & mask) === (numberOf(address) & mask)
}
