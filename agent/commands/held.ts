/** Whether a running daemon talks with a register: a second program on its line would come between the two. */
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
  const held = registers.find((one) => one.line === 'connected' && sameLine(one.address, address))
  if (held === undefined) return
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

/** The rate belongs to the port: at another one it is the same line, and so it is by another name of the port. */
export function sameLine(one: string, other: string): boolean {
  const [first, second] = [parseAddress(one), parseAddress(other)]
  if (first.kind === 'serial' && second.kind === 'serial')
    return realPort(first.path) === realPort(second.path)
  if (first.kind === 'tcp' && second.kind === 'tcp')
    return first.host === second.host && first.port === second.port
  return one === other
}

/** The names in `/dev/serial` lead to it. */
function realPort(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // Unplugged: then it is nobody's.
  }
}
