/** `stageImport`, `importStaged`, `importText`: receipts out of files. */
import { workNames } from '../progress.ts'
import { carryOutImport, type ImportSource, sourceOf } from '../transfer/carryout.ts'
import { Staging } from '../transfer/staging.ts'
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

/** What importing stands on. */
type Intake = Pick<Premises, 'config' | 'outbox' | 'clock' | 'nudge' | 'works'>

export async function stageImport(
  { config, clock }: Intake,
  { upload, at, of, piece }: InputOf<'stageImport'>,
  _signal: AbortSignal,
): Promise<Answers['stageImport']> {
  const staging = new Staging(config.stateDir, clock)
  return await staging.add(upload ?? null, at, Buffer.from(piece, 'base64'), of)
}

/** The files stay after a dry run and go once they are imported. */
export async function importStaged(
  intake: Intake,
  input: InputOf<'importStaged'>,
  signal: AbortSignal,
): Promise<Answers['importStaged']> {
  const staging = new Staging(intake.config.stateDir, intake.clock)
  const sources: ImportSource[] = []
  for (const upload of input.uploads) sources.push(await staging.source(upload))
  const report = await carryOut(intake, sources, input, signal)
  if (!input.dryRun) await staging.forget(input.uploads)
  return report
}

export async function importText(
  intake: Intake,
  input: InputOf<'importText'>,
  signal: AbortSignal,
): Promise<Answers['importText']> {
  return await carryOut(intake, [sourceOf(input.text)], input, signal)
}

type Order = Omit<InputOf<'importStaged'>, 'uploads'>

async function carryOut(
  { outbox, config, clock, nudge, works }: Intake,
  sources: readonly ImportSource[],
  { dryRun, digests, register, who, reason }: Order,
  signal: AbortSignal,
): Promise<Answers['importStaged']> {
  const now = clock()
  const facts = { register: register ?? null, storages: outbox.storages(), rules: config.rules, now }
  using work = works.begin(workNames.import, null)
  const went = (done: number, of: number | null) => work.note(done, of)
  const order = { dryRun, now, went, ...(digests !== undefined && { digests }) }
  const report = await carryOutImport(sources, outbox, facts, order, signal)
  if (dryRun) return report
  const { kept, known, owed, conflictCount } = report
  const detail = JSON.stringify({ kept, known, owed, conflicts: conflictCount, digests: report.digests })
  outbox.audit({ at: now, who, action: 'import', reason, detail })
  nudge()
  return report
}
