/** The doctor without a daemon: the files of the installation are opened for the round and closed again. */
import { existsSync } from 'node:fs'
import type { Config } from '../config.ts'
import { becomeOwnerOf } from '../desk/open.ts'
import { destinationsOf } from '../destinations.ts'
import type { Environment } from '../environment.ts'
import { outboxPath } from '../installation.ts'
import type { Outbox } from '../outbox.ts'
import { SiteBook } from '../sites.ts'
import { machineId, readInstance } from '../startfile.ts'
import { StoreError } from '../store/faults.ts'
import { openOutbox } from '../store/open.ts'
import type { Text } from '../text.ts'
import type { Ward } from './ward.ts'

/**
 * Works as the owner of the state directory, as the daemon does: what root may do proves nothing. Only who has a port
 * or an address beside us is looked up with all the right there is (`sight.ts`).
 */
export function openOwnWard(
  config: Config,
  environment: Environment,
  configPath: string,
  isBold = false,
): Ward & Disposable {
  becomeOwnerOf(config.stateDir)
  const { outbox, trouble } = openThere(config.stateDir)
  const sites = new SiteBook(config.stateDir, Date.now)
  return {
    ...{ config, outbox, outboxTrouble: trouble, isBold },
    clock: Date.now,
    daemon: null,
    receivers: () => destinationsOf(config, environment, configPath),
    siteOf: (register) => sites.of(register),
    // Never made here: its being there says that an outbox has been here.
    instance: readInstance(config.stateDir, machineId()),
    [Symbol.dispose]: () => outbox?.[Symbol.dispose](),
  }
}

function openThere(stateDir: string): { outbox: Outbox | null; trouble: Text | null } {
  const path = outboxPath(stateDir)
  // Before the first start there is none, and the doctor makes none.
  if (!existsSync(path)) return { outbox: null, trouble: null }
  try {
    return { outbox: openOutbox(path, { mustExist: true }), trouble: null }
  } catch (error) {
    if (error instanceof StoreError) return { outbox: null, trouble: error.text }
    throw error
  }
}
