/** Files to be imported go to the desk in pieces; a dry run on a machine without chekpost is answered from an empty outbox. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../config.ts'
import type { Answers, Desk, InputOf } from '../desk/desk.ts'
import { workNames } from '../progress.ts'
import { codeOf } from '../store/faults.ts'
import { type Context, loadConfig, withDesk } from './context.ts'
import { whileShown } from './progress.ts'

/** How it is to be imported. */
export type ImportOrder = Omit<InputOf<'importStaged'>, 'uploads' | 'digests'>

export async function withImportDesk(
  context: Context,
  files: readonly Uint8Array[],
  input: ImportOrder,
  forPrograms: boolean,
): Promise<Answers['importStaged']> {
  const { deskOver } = await import('../desk/open.ts')
  const { outboxPath } = await import('../installation.ts')
  const { openOutbox } = await import('../store/open.ts')
  const importing = (desk: Desk) =>
    whileShown(context, desk, workNames.import, forPrograms, async () => {
      const uploads: string[] = []
      for (const file of files) uploads.push(await stage(desk, file, context.signal))
      return await desk.importStaged({ ...input, uploads }, context.signal)
    })
  const config = mayBeThere(context.configPath) ? loadConfig(context) : null
  if (!input.dryRun || (config !== null && mayBeThere(outboxPath(config.stateDir))))
    return await withDesk(context, importing)
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-'))
  try {
    using outbox = openOutbox(outboxPath(folder))
    return await importing(
      deskOver({ ...(config ?? parseConfig(nowhere, 'nowhere')), stateDir: folder }, outbox),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Whoever may not look into the daemon's folders must ask the daemon: to him nothing is "not there". */
function mayBeThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    return codeOf(error) !== 'ENOENT'
  }
}

/** So much goes in one piece. */
const pieceBytes = 512 * 1024

/** Hands the file over; an empty one as well, so that it is refused in the same words. */
async function stage(desk: Desk, file: Uint8Array, signal: AbortSignal): Promise<string> {
  const base64 = (at: number) => Buffer.from(file.subarray(at, at + pieceBytes)).toString('base64')
  const { upload } = await desk.stageImport({ at: 0, of: file.length, piece: base64(0) }, signal)
  for (let at = pieceBytes; at < file.length; at += pieceBytes)
    await desk.stageImport({ upload, at, piece: base64(at) }, signal)
  return upload
}

/** Enough of a config to decode by. */
const nowhere = `
store: none
timezone: UTC
registers: [{ name: none, driver: shtrih, address: 'tcp:127.0.0.1:7778' }]
bitrix: { url: 'http://127.0.0.1/', secretFile: none }
`
