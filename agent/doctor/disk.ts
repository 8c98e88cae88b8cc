/** The disk under the state directory: room, file entries, and whether a byte written there stays. */
import { randomUUID } from 'node:crypto'
import { open, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../store/faults.ts'
import { text } from '../text.ts'
import { bad, good, warning } from './finding.ts'
import type { Finding } from './report.ts'
import type { Patient } from './ward.ts'

const megabyte = 1_000_000
const room = { bad: 50 * megabyte, warning: 500 * megabyte }
const entries = { bad: 16, warning: 1_000 }
/** A disk that takes longer for one durable write holds up every receipt. */
const slowSyncMs = 1_000

/** What is known of a disk. */
export interface DiskFacts {
  readonly path: string
  readonly freeBytes: number
  /** Null where the file system does not count its entries. */
  readonly freeEntries: number | null
  /** How long a durable write took, or the system's code of its failure. */
  readonly probe: { readonly ms: number } | { readonly code: string }
}

export async function examineDisk({ ward }: Patient): Promise<Finding> {
  const wanted = ward.config.stateDir
  try {
    return judgeDisk(await factsOf(wanted))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return await examineParent(wanted)
    return judgeDisk({ path: wanted, freeBytes: 0, freeEntries: null, probe: { code: codeOf(error) ?? '?' } })
  }
}

/** Before the first start there is no state directory: the disk that it will be on is looked at: of the folders above, the innermost. */
async function examineParent(path: string, wanted = path): Promise<Finding> {
  const parent = dirname(path)
  const found = await statfs(parent).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' && parent !== path) return null
    return { bavail: 0, bsize: 0 }
  })
  if (found === null) return await examineParent(parent, wanted)
  const free = found.bavail * found.bsize
  if (free < room.bad)
    return judgeDisk({ path: parent, freeBytes: free, freeEntries: null, probe: { ms: 0 } })
  return good(
    'disk',
    text(
      `папки ${wanted} ещё нет, служба сделает её; свободно ${inMegabytes(free)} МБ`,
      `${wanted} is not there yet, the daemon will make it; ${inMegabytes(free)} MB free`,
    ),
  )
}

async function factsOf(path: string): Promise<DiskFacts> {
  const { bavail, bsize, files, ffree } = await statfs(path)
  return {
    path,
    freeBytes: bavail * bsize,
    freeEntries: files === 0 ? null : ffree,
    probe: await probe(path),
  }
}

/** Writes a block, waits until the disk has it, and removes it. A name of its own: others may look at the same time. */
async function probe(folder: string): Promise<DiskFacts['probe']> {
  const path = join(folder, `.doctor-${randomUUID()}`)
  const from = performance.now()
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(Buffer.alloc(4096))
      await file.sync()
    } finally {
      await file.close().catch(() => undefined)
      await unlink(path)
    }
    return { ms: Math.round(performance.now() - from) }
  } catch (error) {
    return { code: codeOf(error) ?? 'EIO' }
  }
}

/** Pure. */
export function judgeDisk({ path, freeBytes, freeEntries, probe }: DiskFacts): Finding {
  if ('code' in probe) return unwritable(path, probe.code)
  const free = inMegabytes(freeBytes)
  const state = text(
    `${path}: свободно ${free} МБ, запись на диск ${probe.ms} мс`,
    `${path}: ${free} MB free, a durable write takes ${probe.ms} ms`,
  )
  if (freeBytes < room.bad)
    return bad(
      'disk',
      text(`${path}: места почти нет (${free} МБ)`, `${path}: almost no room left (${free} MB)`),
      { hint: freeHint },
    )
  if (freeEntries !== null && freeEntries < entries.bad)
    return bad(
      'disk',
      text(`${path}: кончились записи файлов (inodes)`, `${path}: no file entries (inodes) left`),
      {
        hint: text('Удалите лишние мелкие файлы: df -i', 'Remove small files that nobody needs: df -i'),
      },
    )
  if (freeBytes < room.warning || (freeEntries !== null && freeEntries < entries.warning))
    return warning('disk', state, { hint: freeHint })
  if (probe.ms > slowSyncMs)
    return warning('disk', state, {
      hint: text(
        'Диск пишет слишком медленно: проверьте его (smartctl -a).',
        'The disk writes too slowly: check it (smartctl -a).',
      ),
    })
  return good('disk', state)
}

function unwritable(path: string, code: string): Finding {
  const known: Readonly<Record<string, [ru: string, en: string, hintRu: string, hintEn: string]>> = {
    ENOSPC: ['нет места', 'no room left', freeHint.ru, freeHint.en],
    EDQUOT: ['исчерпана квота', 'the quota is used up', freeHint.ru, freeHint.en],
    EROFS: [
      'диск доступен только для чтения',
      'the disk is read-only',
      'Так Linux бережёт сбойный диск: dmesg, проверьте его и перезагрузите ПК.',
      'Linux does so with a failing disk: see dmesg, check it and restart the PC.',
    ],
    EACCES: [
      'нет прав на запись',
      'no right to write',
      `Запустите: sudo chekpost doctor. Если и так нет прав, верните владельца: chown -R chekpost: ${path}`,
      `Run: sudo chekpost doctor. If there is no right even so, give it back: chown -R chekpost: ${path}`,
    ],
  }
  const [ru, en, hintRu, hintEn] = known[code] ?? [
    `запись не удалась (${code})`,
    `writing failed (${code})`,
    'Проверьте диск: dmesg, smartctl -a',
    'Check the disk: dmesg, smartctl -a',
  ]
  return bad('disk', text(`${path}: ${ru}`, `${path}: ${en}`), { hint: text(hintRu, hintEn) })
}

const freeHint = text(
  'Освободите место: df -h, journalctl --vacuum-size=200M',
  'Make room: df -h, journalctl --vacuum-size=200M',
)

function inMegabytes(bytes: number): number {
  return Math.floor(bytes / megabyte)
}
