/** How a person names documents on the command line, and who that person is. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { instantOf } from '../bitrix/zone.ts'
import type { InputOf } from '../desk/desk.ts'
import { type Context, loadConfig } from './context.ts'
import { driveNumber, type NumberRange, numberRange, receiptTime } from './values.ts'
import { words } from './words.ts'

export interface SelectionOptions {
  readonly fd?: NumberRange
  /** On the shop's clock. */
  readonly since?: string
  readonly register?: string
  readonly fn?: string
}

/** Adds `--fd`, `--fn`, `--since`, `--register`. */
export function selecting(context: Context, command: Command): Command {
  return command
    .option(
      '--fd <range>',
      words(context, 'номера ФД: 120 или 120-150', 'document numbers: 120 or 120-150'),
      numberRange,
    )
    .option('--fn <number>', words(context, 'номер ФН', "the fiscal drive's number"), driveNumber)
    .option(
      '--since <time>',
      words(
        context,
        'прочитанные с (время магазина): 2026-08-01',
        "read since (the shop's time): 2026-08-01",
      ),
      receiptTime('from'),
    )
    .option('--register <name>', words(context, 'касса из настроек', 'a register of the config'))
}

/** The config names the zone of a time. */
export function selectionOf(
  context: Context,
  { fd, fn, since, register }: SelectionOptions,
): InputOf<'list'> {
  const at = since === undefined ? null : instantOf(since, loadConfig(context).timezone)
  return {
    ...(fd && { fromNumber: fd.from, toNumber: fd.to }),
    ...(fn !== undefined && { storage: fn }),
    ...(at !== null && { since: at }),
    ...(register !== undefined && { register }),
  }
}

/** The name that stands in the audit. */
export function whoAsks(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
