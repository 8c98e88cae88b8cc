/** Small files that survive a power cut: whole or not at all, and known to the disk before we go on. */
import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whose a file is, and who may read it. */
export interface Rights {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * Replaces the file by way of `<path>.new`, with these rights or as our own (mode 0600); returns when both file and
 * folder are on the disk.
 */
export function replaceFile(path: string, content: string, rights?: Rights): void {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    if (rights !== undefined) {
      fchownSync(file, rights.uid, rights.gid)
      fchmodSync(file, rights.mode & 0o777)
    }
    // As often as it takes: on a disk that is nearly full one write may take a part, and says no fault.
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncFolder(dirname(path))
}

/** A rename or a link is durable only when its folder is. */
export function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
