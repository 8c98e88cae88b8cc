/** An import goes to the desk; a dry run on a machine without chekpost is answered from an empty outbox. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../config.ts'
import type { Answers, Desk, InputOf } from '../desk/desk.ts'
import { workNames } from '../progress.ts'
import { type Context, loadConfig, withDesk } from './context.ts'
import { whileShown } from './progress.ts'

export async function withImportDesk(
  context: Context,
  input: InputOf<'importText'>,
  forPrograms: boolean,
): Promise<Answers['importText']> {
  const { deskOver } = await import('../desk/open.ts')
  const { outboxPath } = await import('../installation.ts')
  const { openOutbox } = await import('../store/open.ts')
  const importing = (desk: Desk) =>
    whileShown(context, desk, workNames.import, forPrograms, () => desk.importText(input, context.signal))
  const config = existsSync(context.configPath) ? loadConfig(context) : null
  if (!input.dryRun || (config !== null && existsSync(outboxPath(config.stateDir))))
    return await withDesk(context, importing)
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-'))
  try {
    using outbox = openOutbox(outboxPath(folder))
    return await importing(deskOver(config ?? parseConfig(nowhere, 'nowhere'), outbox))
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
