/** An import goes to the desk; a dry run on a machine without chekpost is answered from an empty outbox. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../config.ts'
import type { Answers, InputOf } from '../desk/desk.ts'
import { type Context, loadConfig, withDesk } from './context.ts'

export async function withImportDesk(
  context: Context,
  input: InputOf<'importText'>,
): Promise<Answers['importText']> {
  const { deskOver } = await import('../desk/open.ts')
  const { outboxPath } = await import('../installation.ts')
  const { openOutbox } = await import('../store/open.ts')
  const config = existsSync(context.configPath) ? loadConfig(context) : null
  if (!input.dryRun || (config !== null && existsSync(outboxPath(config.stateDir))))
    return await withDesk(context, (desk) => desk.importText(input, context.signal))
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-'))
  try {
    using outbox = openOutbox(outboxPath(folder))
    return await deskOver(config ?? parseConfig(nowhere, 'nowhere'), outbox).importText(input, context.signal)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Enough of a config to decode by. */
const nowhere = `
store: none
timezone: UTC
registers: [{ name: none, driver: shtrih, address: 'tcp:127.0.0.1:7778' }]
bitrix: { url: 'http://127.0.0.1/', secretFile: none }
`
