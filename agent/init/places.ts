/** Where `init` looks: the ports of this PC, the addresses that a person names, and those of the factory. */
import { type Driver, drivers, findPorts, parseAddress, portAt } from '../../drivers/index.ts'
import { missingNetwork } from '../doctor/neighbourhood.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'
import type { Places } from './seek.ts'

/** What the command line says of it. */
export interface Named {
  /** `10.0.0.5,10.0.0.6:7778` */
  readonly tcp?: readonly string[]
  /** Paths of serial ports: only these are looked at. */
  readonly serial?: readonly string[]
  readonly settings: Readonly<Record<string, unknown>>
  readonly bold: boolean
}

/** Throws `UsageError` for an address that is none. */
export async function placesOf({ tcp, serial, settings, bold }: Named): Promise<Places> {
  const addresses = (tcp ?? []).flatMap(tcpAddresses)
  // Who names the places wants no others looked at.
  const ports = serial !== undefined ? serial.map(portAt) : addresses.length > 0 ? [] : await findPorts()
  const usual = serial === undefined && addresses.length === 0 ? factoryAddresses() : []
  return { ports, addresses: [...addresses, ...usual], settings, bold }
}

/** What is wrong with a list as `--tcp` takes it; null when nothing is. */
export function checkAddresses(list: string): Text | null {
  try {
    tcpAddresses(list)
    return null
  } catch (error) {
    if (error instanceof UsageError) return error.text
    throw error
  }
}

function tcpAddresses(list: string): string[] {
  const named = list.split(',').filter((one) => one.trim() !== '')
  return named.map(tcpAddress)
}

function tcpAddress(named: string): string {
  const address = `tcp:${named.trim().replace(/^tcp:/, '')}`
  const parsed = parseAddress(address)
  if (parsed.kind !== 'tcp')
    throw new UsageError(
      text(
        `Не адрес кассы: ${named}. Пример: --tcp 10.0.0.5,10.0.0.6:7778`,
        `Not the address of a register: ${named}. An example: --tcp 10.0.0.5,10.0.0.6:7778`,
      ),
    )
  return `tcp:${parsed.host.includes(':') ? `[${parsed.host}]` : parsed.host}:${parsed.port}`
}

/** Only where this PC has a foot in their network: beyond a router there would be strangers. */
function factoryAddresses(): string[] {
  return Object.values(drivers as Record<string, Driver>)
    .flatMap(({ search }) => search.addresses)
    .filter((address) => missingNetwork(address) === null)
}
