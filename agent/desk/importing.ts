/** `stageImport`, `importStaged`, `importText`: receipts out of files. */
import { registerNamed } from '../named.ts'
import { workNames } from '../progress.ts'
import type { Snapshot } from '../status/snapshot.ts'
import type { ImportReport } from '../transfer/carryout.ts'
import { carryOutImport, type ImportSource, sourceOf } from '../transfer/carryout.ts'
import { asInFile } from '../transfer/place.ts'
import { Staging } from '../transfer/staging.ts'
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

/** What importing stands on. */
type Intake = Pick<Premises, 'config' | 'outbox' | 'clock' | 'nudge' | 'works' | 'snapshot'>

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
  { outbox, config, clock, nudge, works, snapshot }: Intake,
  sources: readonly ImportSource[],
  { dryRun, digests, register, who, reason }: Order,
  signal: AbortSignal,
): Promise<Answers['importStaged']> {
  if (register !== undefined && register !== asInFile) registerNamed(config.registers, register)
  const now = clock()
  const facts = {
    ...{ register: register ?? null, storages: outbox.storages(), rules: config.rules, now },
    newest: newestOf(snapshot().registers),
    configured: config.registers.map(({ name }) => name),
  }
  using work = works.begin(workNames.import, null)
  const went = (done: number, of: number | null) => work.note(done, of)
  const note = (step: object, { kept, known, owed, conflictCount, digests }: ImportReport) => {
    const detail = JSON.stringify({ ...step, kept, known, owed, conflicts: conflictCount, digests })
    outbox.audit({ at: clock(), who, action: 'import', reason, detail })
  }
  const order = {
    ...{ dryRun, now, went, ...(digests !== undefined && { digests }) },
    // Before the first document: whatever ends the process, nothing is owed that nobody answers for.
    begins: (expected: ImportReport) => note({ begun: true }, expected),
    broke: (done: ImportReport) => {
      nudge()
      ifPossible(() => note({ broke: true }, done))
    },
  }
  const report = await carryOutImport(sources, outbox, facts, order, signal)
  if (dryRun) return report
  nudge()
  ifPossible(() => note({}, report))
  return report
}

/** As the registers were seen last; of one that was never seen nothing is known. */
function newestOf(registers: Snapshot['registers']): ReadonlyMap<string, number> {
  return new Map(
    registers.flatMap(({ newest }) => (newest === null ? [] : [[newest.storage, newest.number]])),
  )
}

/** What was done, or broke it, is told anyway, and that it was begun is written already. */
function ifPossible(act: () => void): void {
  try {
    act()
  } catch {
    // The same disk, most likely; or the outbox is closed by now.
  }
}
