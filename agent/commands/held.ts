/** Whether a running daemon talks with a register: a second program on its line would come between the two. */
import { lookup } from 'node:dns/promises'
import { existsSync, realpathSync } from 'node:fs'
import { parseAddress } from '../../drivers/index.ts'
import { isAlive, remoteDesk } from '../desk/remote.ts'
import { socketToAsk } from '../environment.ts'
import type { RegisterStatus } from '../status/snapshot.ts'
import { text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import { type Context, loadConfig } from './context.ts'

/** What the daemon of this config sees; null when none runs, or there is no right config. */
export async function askDaemon(context: Context): Promise<readonly RegisterStatus[] | null> {
  const socket = socketOf(context)
  if (socket === null || !(await isAlive(socket, context.signal))) return null
  return (await remoteDesk(socket).status({}, context.signal)).registers
}

/** Throws `Failure` that says how the daemon lets go of the line, while it is connected there. */
export async function demandLetGo(context: Context, address: string): Promise<void> {
  const registers = (await askDaemon(context)) ?? []
  const connected = registers.filter(({ line }) => line === 'connected')
  const held = await onLine(connected, address)
  if (held === null) return
  throw new Failure(
    text(
      `С кассой ${held.name} говорит служба. Отпустите порт и повторите: chekpost pause ${held.name} --reason "запись обмена"`,
      `The daemon talks with ${held.name}. Let go of its port and try again: chekpost pause ${held.name} --reason "recording"`,
    ),
  )
}

function socketOf(context: Context): string | null {
  if (!existsSync(context.configPath)) return null
  try {
    return socketToAsk(context.environment, loadConfig(context).stateDir)
  } catch (error) {
    if (error instanceof UsageError) return null
    throw error
  }
}

/** The first of these registers that is reached over this line; null when none is. */
export async function onLine<One extends { readonly address: string }>(
  registers: readonly One[],
  address: string,
): Promise<One | null> {
  for (const one of registers) if (await sameLine(one.address, address)) return one
  return null
}

/**
 * The rate belongs to the port: at another one it is the same line, and so it is by another name of the port or of the
 * machine.
 */
export async function sameLine(
  one: string,
  other: string,
  resolve: (host: string) => Promise<readonly string[]> = addressesOf,
): Promise<boolean> {
  const [first, second] = [parseAddress(one), parseAddress(other)]
  if (first.kind === 'serial' && second.kind === 'serial')
    return realPort(first.path) === realPort(second.path)
  if (first.kind !== 'tcp' || second.kind !== 'tcp') return one === other
  if (first.port !== second.port) return false
  if (first.host === second.host) return true
  const [known, asked] = await Promise.all([resolve(first.host), resolve(second.host)])
  return known.some((address) => asked.includes(address))
}

/** A name that nobody knows leads nowhere. */
async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}

/** The names in `/dev/serial` lead to it. */
function realPort(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // Unplugged: then it is nobody's.
  }
}
