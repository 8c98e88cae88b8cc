/** The desk over an outbox of this very process: the daemon's own, or one that a command opened for a moment. */
import { registersNamed } from '../named.ts'
import { type Outbox, type Selection, SelectionChanged } from '../outbox.ts'
import { text } from '../text.ts'
import { exportPiece } from '../transfer.ts'
import { Failure } from '../usage.ts'
import { type Answers, type Desk, type InputOf, type ListedRow, mostListed } from './desk.ts'
import type { Premises } from './premises.ts'
import { readRange, Sittings } from './readings.ts'
import { listedRow, show } from './rows.ts'
import { located, searchDocuments } from './searching.ts'

/** At most so many documents are shown before a replay. */
const previewLimit = 200

export function localDesk(premises: Premises): Desk {
  const { outbox, clock } = premises
  const sittings = new Sittings()
  return {
    status: () => Promise.resolve(premises.snapshot()),
    list: async (input, signal) => ({
      documents: rowsOf(outbox, await located(premises, { limit: mostListed, ...input }, signal)),
    }),
    show: (input) => Promise.resolve(show(premises, input)),
    search: (...asked) => searchDocuments(premises, ...asked),
    parkedGroups: async (...asked) =>
      await (await import('./parkedgroups.ts')).groupParked(premises, ...asked),
    findByQr: async (...asked) => await (await import('./scanning.ts')).findByQr(premises, ...asked),
    doctor: async (...asked) => await (await import('./examining.ts')).examine(premises, ...asked),
    pause: async (...asked) => await (await import('./releasing.ts')).pause(premises, ...asked),
    resume: async (...asked) => await (await import('./releasing.ts')).resume(premises, ...asked),
    support: async (...asked) => await (await import('./supporting.ts')).bundleForSupport(premises, ...asked),
    token: async ({ who }, signal) => await premises.issueToken(who, signal),
    previewReplay: ({ selection }, signal) => preview(premises, selection, signal),
    replay: async (input, signal) => ({ replayed: await replay(premises, input, signal) }),
    read: (input, signal) => readRange(premises, sittings, input, signal),
    begin: ({ register, storage, at, who, reason }) => {
      const drive = premises.begin(register, storage ?? null, at)
      outbox.audit({
        at: clock(),
        who,
        action: 'begin',
        reason,
        detail: JSON.stringify({ register, drive, at }),
      })
      return Promise.resolve({ storage: drive, first: at })
    },
    audit: async (input, signal) => {
      const { audit } = await import('./auditing.ts')
      return await audit(premises, input, signal)
    },
    audits: ({ limit }) => {
      const acts = outbox.audits(limit).map((row) => ({ ...row, at: new Date(row.at).toISOString() }))
      return Promise.resolve({ acts })
    },
    acceptLedger: (input) => Promise.resolve(acceptLedger(premises, input)),
    exportLines: async ({ after, ...selection }, signal) =>
      exportPiece(outbox, await located(premises, selection, signal), after),
    stageImport: async (...asked) => await (await import('./importing.ts')).stageImport(premises, ...asked),
    importStaged: async (...asked) => await (await import('./importing.ts')).importStaged(premises, ...asked),
    importText: async (...asked) => await (await import('./importing.ts')).importText(premises, ...asked),
  }
}

function rowsOf(outbox: Outbox, selection: Selection): ListedRow[] {
  return outbox.list(selection).map((document) => listedRow(document, outbox))
}

/** A person says that the receiver that answers now is the right one. */
function acceptLedger(
  { config, outbox, sites, clock, nudge }: Premises,
  { register, who, reason }: InputOf<'acceptLedger'>,
): Answers['acceptLedger'] {
  const names = registersNamed(config.registers, register).map(({ name }) => name)
  // Of several registers some may never have delivered yet.
  const meant = names.filter((name) => register !== undefined || sites.of(name) !== null)
  const accepted = meant.map((name) => {
    const known = sites.of(name)
    // Of a site that is not known there is nothing to accept, and that is said.
    const { ledgerId, host } = known?.changed ?? known ?? sites.accept(name)
    return { register: name, ledgerId, host }
  })
  // Written down before it is done: whatever ends this, nothing is accepted that nobody answers for.
  outbox.audit({ at: clock(), who, action: 'accept-ledger', reason, detail: JSON.stringify(accepted) })
  for (const name of meant) sites.accept(name)
  nudge()
  return { accepted }
}

async function preview(
  premises: Premises,
  asked: InputOf<'list'>,
  signal: AbortSignal,
): Promise<Answers['previewReplay']> {
  const { outbox } = premises
  const selection = await located(premises, asked, signal)
  const limit = Math.min(selection.limit ?? previewLimit, previewLimit)
  const documents = rowsOf(outbox, { ...selection, resendable: true, limit })
  return { documents, ...outbox.replayable(selection) }
}

async function replay(
  premises: Premises,
  { selection: asked, who, reason, digest }: InputOf<'replay'>,
  signal: AbortSignal,
): Promise<number> {
  const { outbox, clock, nudge } = premises
  const selection = await located(premises, asked, signal)
  const audit = { at: clock(), who, action: 'replay', reason, detail: JSON.stringify(asked) }
  try {
    const replayed = outbox.replay(selection, audit, digest)
    nudge()
    return replayed
  } catch (error) {
    if (!(error instanceof SelectionChanged)) throw error
    throw new Failure(
      text(
        'Пока вы смотрели, подходящих чеков стало больше или меньше, или это другие. Ничего не отправлено, посмотрите ещё раз',
        'Meanwhile more or fewer receipts fit, or others do. Nothing was sent; look again',
      ),
      { cause: error },
    )
  }
}
