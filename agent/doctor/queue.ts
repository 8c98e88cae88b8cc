/** The outbox: is it sound, how much waits in it and for how long, and does somebody empty it. */
import { stat } from 'node:fs/promises'
import { withDeadline } from '../../drivers/index.ts'
import { outboxPath } from '../installation.ts'
import type { OutboxCounts } from '../outbox.ts'
import { shopTime } from '../shoptime.ts'
import { type Text, text } from '../text.ts'
import { bad, good, gravest, unknown, warning } from './finding.ts'
import type { Finding } from './report.ts'
import type { Patient } from './ward.ts'

/** A check of a larger file would take longer than anybody waits. */
const checkedUpTo = 256 * 1024 * 1024
const checkLimitMs = 20_000
const lateMs = 1_800_000

export async function examineOutbox({ ward, config }: Patient, signal: AbortSignal): Promise<Finding> {
  const { outbox, outboxTrouble, daemon } = ward
  const running = daemon === null ? [notRunning] : []
  if (outboxTrouble !== null)
    return bad('outbox', outboxTrouble, {
      hint: text(
        'Повреждённый файл служба отложит и прочитает чеки из ФН заново: systemctl restart chekpost. Проверьте диск.',
        'The daemon sets a damaged file aside and reads the receipts again: systemctl restart chekpost. Check the disk.',
      ),
    })
  if (outbox === null)
    return gravest('outbox', [
      ...running,
      unknown(
        'outbox',
        text('базы ещё нет: служба сделает её сама', 'there is none yet: the daemon will make it'),
      ),
    ])
  const path = outboxPath(ward.config.stateDir)
  const { size } = await stat(path).catch(() => ({ size: 0 }))
  const sound =
    daemon === null && size <= checkedUpTo
      ? await checkNow(path, signal)
      : sinceCheck(outbox.checkedAt(), ward.config.timezone)
  const trouble = daemon?.snapshot().storageTrouble ?? null
  return gravest('outbox', [
    ...running,
    ...(trouble === null ? [] : [warning('outbox', trouble)]),
    sound,
    ...judgeQueue(outbox.counts(config.name), size, ward.clock()),
  ])
}

const notRunning = warning('outbox', text('служба не запущена', 'the daemon does not run'), {
  hint: text('systemctl enable --now chekpost', 'systemctl enable --now chekpost'),
})

/** Pure: `now` in milliseconds, `size` in bytes. */
export function judgeQueue(counts: OutboxCounts, size: number, now: number): Finding[] {
  const { waiting, parked, oldestWaitingAt } = counts
  const age = oldestWaitingAt === null ? 0 : now - oldestWaitingAt
  const minutes = Math.round(age / 60_000)
  const held = text(
    `документов ${counts.documents}, ждут ${waiting}, отложено ${parked}, ${megabytes(size)} МБ`,
    `${counts.documents} documents, ${waiting} waiting, ${parked} parked, ${megabytes(size)} MB`,
  )
  return [
    good('outbox', held),
    ...(age < lateMs
      ? []
      : [
          warning(
            'outbox',
            text(`старейший чек ждёт ${minutes} мин`, `the oldest receipt waits ${minutes} min`),
            {
              hint: reasons('waiting'),
            },
          ),
        ]),
    ...(parked === 0
      ? []
      : [
          warning('outbox', text('отложенные ждут человека', 'what is parked waits for a person'), {
            hint: reasons('parked'),
          }),
        ]),
  ]
}

function reasons(state: 'waiting' | 'parked'): Text {
  return text(
    `Причины: chekpost outbox ls --state ${state}`,
    `The reasons: chekpost outbox ls --state ${state}`,
  )
}

function megabytes(size: number): string {
  return (size / 1_000_000).toFixed(1)
}

function sinceCheck(checkedAt: number | null, zone: string): Finding {
  const at = checkedAt === null ? null : shopTime(checkedAt, zone)
  return good(
    'outbox',
    at === null
      ? text('целость ещё не проверялась', 'not checked yet')
      : text(`цела на ${at}`, `found sound at ${at}`),
  )
}

async function checkNow(path: string, signal: AbortSignal): Promise<Finding> {
  // Loaded when a check is made: its worker is of no use to the daemon's start.
  const { checkOutbox } = await import('../store/check.ts')
  try {
    const problems = await withDeadline(checkLimitMs, signal, (limited) => checkOutbox(path, limited))
    if (problems.length === 0) return good('outbox', text('база цела', 'the file is sound'))
    return bad('outbox', text(`база повреждена: ${problems[0]}`, `the file is damaged: ${problems[0]}`), {
      hint: text(
        'Служба отложит её и прочитает чеки из ФН заново: systemctl restart chekpost. Проверьте диск.',
        'The daemon sets it aside and reads the receipts again: systemctl restart chekpost. Check the disk.',
      ),
    })
  } catch (error) {
    if (signal.aborted) throw error
    const why = error instanceof Error ? error.message : String(error)
    return warning('outbox', text(`целость не проверена: ${why}`, `not checked: ${why}`))
  }
}
