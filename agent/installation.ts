/**
 * The state directory as a whole: `outbox.db`, `start.json`, `instance.json`, opened in the order that lets any of
 * them be lost. The outbox remembers how it came to be, so that a loss is not forgotten by the next restart.
 */
import { join } from 'node:path'
import type { Text } from '../drivers/index.ts'
import { timeInBody } from './facts.ts'
import type { Origin, Storage } from './outbox.ts'
import { mendStartFile, openInstance, readStartFile, type StartFile, wasInstalled } from './startfile.ts'
import { type OpenedOutbox, openOutboxOrRebuild, tellSetAside } from './store/open.ts'
import { text } from './text.ts'

/** Everything the daemon opens at its start. */
export interface Installation extends OpenedOutbox {
  /** For `Chekpost-Instance`. */
  readonly instance: string
  /** The drives of `start.json` as it was found. */
  readonly started: readonly Storage[]
  /** What a person should know of the opening: a file set aside, a lost database; null when all is well. */
  readonly trouble: Text | null
}

export function outboxPath(stateDir: string): string {
  return join(stateDir, 'outbox.db')
}

/**
 * Opens the state directory, making it where there is none. `machineId`: the content of /etc/machine-id; `now` in
 * milliseconds. Throws `StoreError`.
 */
export function openInstallation(stateDir: string, machineId: string, now: number): Installation {
  const path = outboxPath(stateDir)
  const start = readStartFile(stateDir)
  const opened = openOutboxOrRebuild(path, historyOf(wasInstalled(stateDir), start), now, timeInBody)
  try {
    mendStartFile(stateDir, opened.outbox, opened.origin === 'lost')
    const { id } = openInstance(stateDir, machineId)
    tellSetAside(path)
    return { ...opened, instance: id, started: start.drives, trouble: troubleOf(opened) }
  } catch (error) {
    opened.outbox[Symbol.dispose]() // It may be opened again later.
    throw error
  }
}

function historyOf(installed: boolean, start: StartFile): Origin {
  if (!installed && start.state === 'absent') return 'first'
  return start.state === 'read' && !start.lost ? 'restored' : 'lost'
}

function troubleOf({ setAside, isNew, origin }: OpenedOutbox): Text | null {
  if (setAside !== null)
    return text(
      `База была повреждена и отложена: ${setAside}. Чеки читаются из ФН заново, повторов на сайте не будет. Проверьте диск компьютера.`,
      `The database was damaged and set aside: ${setAside}. The receipts are read again from the fiscal drive and booked once. Check the disk of this PC.`,
    )
  if (isNew && origin !== 'first')
    return text(
      'База пропала. Чеки читаются из ФН заново, повторов на сайте не будет. Проверьте, кто удалил файл outbox.db.',
      'The database was gone. The receipts are read again from the fiscal drive and booked once. Find out who removed outbox.db.',
    )
  return null
}
