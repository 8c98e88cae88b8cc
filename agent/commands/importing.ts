/** Files to be imported go to the desk in pieces; a dry run on a machine without chekpost is answered from an empty outbox. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../config.ts'
import type { Answers, Desk, InputOf } from '../desk/desk.ts'
import { workNames } from '../progress.ts'
import { codeOf } from '../store/faults.ts'
import { type Language, text } from '../text.ts'
import type { RefusedFile } from '../transfer/tally.ts'
import { Failure, UsageError } from '../usage.ts'
import { type Context, loadConfig, withDesk } from './context.ts'
import { whileShown } from './progress.ts'

/** How it is to be imported. */
export type ImportOrder = Omit<InputOf<'importStaged'>, 'uploads'>

/** A file as it is called, and how to come by its bytes: rejects with `UsageError`. */
export interface NamedFile {
  readonly name: string
  readonly read: () => Promise<Uint8Array>
}

/** What a person says to what an import would do: false = it is not to be done. */
export type Consent = (looked: Report) => Promise<boolean>

type Report = Answers['importStaged']

/**
 * A file that cannot be read or handed over is told in the report, like one that is wrong inside. With a `consent` the
 * files are looked through first, and what is imported then are these very files; null when it was not given.
 */
export async function withImportDesk(
  context: Context,
  files: readonly NamedFile[],
  input: ImportOrder,
  { consent, forPrograms }: { readonly consent: Consent | null; readonly forPrograms: boolean },
): Promise<Report | null> {
  const { deskOver } = await import('../desk/open.ts')
  const { outboxPath } = await import('../installation.ts')
  const { openOutbox } = await import('../store/open.ts')
  const importing = async (desk: Desk) => {
    const shown = <Result>(run: () => Promise<Result>) =>
      whileShown(context, desk, workNames.import, forPrograms, run)
    const handed = await shown(() => stageAll(desk, files, context.signal))
    const carryOut = (order: ImportOrder) => shown(() => importHanded(desk, handed, order, context.signal))
    if (consent === null || input.dryRun) return await carryOut(input)
    const looked = await carryOut({ ...input, dryRun: true })
    return (await consent(looked)) ? await carryOut({ ...input, digests: [...looked.digests] }) : null
  }
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

async function importHanded(
  desk: Desk,
  { staged, refused }: Handed,
  order: ImportOrder,
  signal: AbortSignal,
): Promise<Report> {
  const report = await desk.importStaged({ ...order, uploads: staged.map(({ upload }) => upload) }, signal)
  const inside = report.refused.map(({ at, why }) => ({ at: staged[at]?.at ?? at, why }))
  return { ...report, refused: [...refused, ...inside].sort((a, b) => a.at - b.at) }
}

/** The registers of the config; absent where there is none, as on a machine without chekpost. */
export function configuredNames(context: Context): string[] | undefined {
  return mayBeThere(context.configPath) ? loadConfig(context).registers.map(({ name }) => name) : undefined
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

interface Handed {
  readonly staged: readonly { readonly at: number; readonly upload: string }[]
  readonly refused: readonly RefusedFile[]
}

/** One after the other, so that they are never all in memory. Rejects with what ails them when none is left. */
async function stageAll(desk: Desk, files: readonly NamedFile[], signal: AbortSignal): Promise<Handed> {
  const [staged, refused]: [{ at: number; upload: string }[], RefusedFile[]] = [[], []]
  for (const [at, { read }] of files.entries())
    try {
      staged.push({ at, upload: await stage(desk, await read(), signal) })
    } catch (error) {
      if (!(error instanceof Failure || error instanceof UsageError)) throw error
      if (files.length === 1) throw error
      refused.push({ at, why: error.text })
    }
  if (staged.length > 0) return { staged, refused }
  const all = (language: Language) =>
    refused.map(({ at, why }) => refusalOf(files[at]?.name ?? '', why[language])).join('\n')
  throw new Failure(text(all('ru'), all('en')))
}

/** What cannot even be read is called by its name already. */
export function refusalOf(name: string, why: string): string {
  return why.startsWith(`${name} `) ? why : `${name}: ${why}`
}

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
