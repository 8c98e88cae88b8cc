/**
 * Who the register is. Asked once per connection. Every question but the model's name and the drive's number is
 * optional: older firmware and cash-core models lack some, and a fact that is not told is null.
 */
import type { Identity } from '../contract.ts'
import { commands, type Password } from './commands.ts'
import { hasNoAnswer } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { readText } from './wire.ts'

/** Table «Fiscal storage»: 18 on desktop models; others tell the number themselves (F7h). */
const usualDriveTable = 18
const fields = { serial: 1, inn: 2, rnm: 3, organisation: 7, address: 9 } as const

/** A drive for tests has a number from this range (the ФН-МГМ), or says so itself (FF04). */
const debugPrefix = '99990789'

/** Asks everything that identifies the register and the fiscal drive in it. */
export async function identify(exchange: Exchange, asking: Password, signal: AbortSignal): Promise<Identity> {
  const optional = <Answer>(question: Promise<Answer>) => unlessNoAnswer(question)
  const device = await exchange.ask(commands.deviceType, undefined, signal)
  const model = await optional(exchange.ask(commands.modelParameters, undefined, signal))
  const full = await optional(exchange.ask(commands.fullStatus, asking, signal))
  const storage = await exchange.ask(commands.driveNumber, asking, signal)
  const version = await optional(exchange.ask(commands.driveVersion, asking, signal))
  const expiry = await optional(exchange.ask(commands.driveExpiry, asking, signal))
  const table = model?.fnTable || usualDriveTable
  return {
    model: device.name,
    firmware: full === null ? null : `${[...full.version].join('.')}.${full.build}`,
    ...(await askOwner(exchange, asking, table, signal)),
    storage,
    debugStorage: version?.debug === true || storage.startsWith(debugPrefix),
    storageExpires: expiry?.date ?? null,
  }
}

type Owner = Pick<Identity, 'serial' | 'registrationNumber' | 'inn' | 'organisation' | 'address'>

/** Serial number, owner and place from the register's table; from the last registration where the table is silent. */
async function askOwner(
  exchange: Exchange,
  asking: Password,
  table: number,
  signal: AbortSignal,
): Promise<Owner> {
  const field = async (number: number) => {
    const question = { ...asking, table, row: 1, field: number }
    const value = await unlessNoAnswer(exchange.ask(commands.tableField, question, signal))
    return value === null ? null : readText(value).trim() || null
  }
  const serial = plausible(await field(fields.serial), /^[\dA-Za-z-]{4,20}$/)
  const inn = plausible(await field(fields.inn), /^\d{10}(\d{2})?$/)
  const rnm = plausible(await field(fields.rnm), /^\d{16}$/)
  const organisation = await field(fields.organisation)
  const address = await field(fields.address)
  if (inn !== null && rnm !== null) return { serial, inn, registrationNumber: rnm, organisation, address }
  const registered = await unlessNoAnswer(exchange.ask(commands.registration, asking, signal))
  return {
    serial,
    inn: inn ?? (registered?.inn || null),
    registrationNumber: rnm ?? (registered?.rnm || null),
    organisation,
    address,
  }
}

/** Cash-core models may number their fields otherwise: a text that cannot be the fact is not taken for it. */
function plausible(value: string | null, pattern: RegExp): string | null {
  return value !== null && pattern.test(value) ? value : null
}

async function unlessNoAnswer<Answer>(question: Promise<Answer>): Promise<Answer | null> {
  try {
    return await question
  } catch (error) {
    if (hasNoAnswer(error)) return null
    throw error
  }
}
