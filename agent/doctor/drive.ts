/** The fiscal drive: whose it is, how long it lasts, and whether its documents reach the operator (ОФД). */
import type { Checkup, Identity, Newest } from '../../drivers/index.ts'
import { text } from '../text.ts'
import { bad, good, gravest, warning } from './finding.ts'
import { askIdle, type DeviceFacts, type Reached } from './reach.ts'
import type { Finding } from './report.ts'
import type { Patient, Tell } from './ward.ts'

const dayMs = 86_400_000

/** What of the drive is needed by the steps behind. */
export interface DriveFacts extends Pick<DeviceFacts, 'clock'> {
  readonly newest: Newest
}

export async function examineDrive({ ward }: Patient, reached: Reached, tell: Tell): Promise<DriveFacts> {
  const { identity, checkup, at } = await askIdle(reached, async (register, signal) => ({
    identity: register.identity,
    checkup: (await register.checkup?.(signal)) ?? null,
    at: ward.clock(),
  }))
  const newest = await askIdle(reached, (register, signal) => register.newest(signal))
  tell(judgeDrive(identity, checkup, newest, ward.clock()))
  const local = checkup?.clock ?? null
  return { newest, clock: local === null ? null : { local, at } }
}

/** Pure: `now` in milliseconds. */
export function judgeDrive(
  identity: Identity,
  checkup: Checkup | null,
  { storage, number }: Newest,
  now: number,
): Finding {
  return gravest('drive', [
    good('drive', text(`ФН ${storage}, последний ФД ${number}`, `drive ${storage}, last document ${number}`)),
    ...ofKind(identity, checkup),
    ...ofTerm(identity.storageExpires, checkup, now),
    ...ofOperator(checkup, now),
  ])
}

function ofKind({ debugStorage }: Identity, checkup: Checkup | null): Finding[] {
  const found: Finding[] = []
  if (checkup?.storageClosed === true)
    found.push(
      bad(
        'drive',
        text(
          'архив ФН закрыт: продавать на нём нельзя',
          'the archive of the drive is closed: it sells nothing',
        ),
        {
          hint: text(
            'Нужен новый ФН: вызовите сервисный центр.',
            'A new drive is needed: call the service centre.',
          ),
        },
      ),
    )
  if (debugStorage)
    found.push(
      warning(
        'drive',
        text(
          'отладочный ФН: чеки читаются, но на сайт не идут',
          'a debug drive: receipts are read and never sent',
        ),
        {
          hint: text(
            'Для опытов: chekpost run --allow-debug-drive',
            'For trials: chekpost run --allow-debug-drive',
          ),
        },
      ),
    )
  if (checkup?.storageWarnings.includes('full') === true)
    found.push(
      warning('drive', text('память ФН заполнена на 90 %', 'the drive is 90 % full'), { hint: replaceHint }),
    )
  return found
}

const replaceHint = text('Закажите замену ФН в сервисном центре.', 'Order a new drive at the service centre.')

/** The register's own warning counts even where its date cannot be read. */
function ofTerm(expires: string | null, checkup: Checkup | null, now: number): Finding[] {
  const left = expires === null ? null : Math.floor((Date.parse(`${expires}T23:59:59Z`) - now) / dayMs)
  const warns = checkup?.storageWarnings ?? []
  if (left !== null && Number.isFinite(left) && left < 0)
    return [
      bad('drive', text(`срок ФН истёк ${expires}`, `the drive expired on ${expires}`), {
        hint: replaceHint,
      }),
    ]
  if (left !== null && left < 3)
    return [
      bad('drive', text(`срок ФН истекает ${expires}`, `the drive expires on ${expires}`), {
        hint: replaceHint,
      }),
    ]
  if (warns.includes('days3'))
    return [
      bad('drive', text('срок ФН истекает через 3 дня', 'the drive expires within 3 days'), {
        hint: replaceHint,
      }),
    ]
  if ((left !== null && left < 30) || warns.includes('days30'))
    return [
      warning(
        'drive',
        text(
          `до конца срока ФН меньше 30 дней (${expires ?? '?'})`,
          `less than 30 days are left of the drive (${expires ?? '?'})`,
        ),
        {
          hint: replaceHint,
        },
      ),
    ]
  return left === null ? [] : [good('drive', text(`срок до ${expires}`, `good until ${expires}`))]
}

/** A drive locks itself when a document has waited 30 days for the operator. */
const operatorDays = { lateAfter: 2, graveAfter: 25 }

function ofOperator(checkup: Checkup | null, now: number): Finding[] {
  if (checkup === null) return []
  const { undelivered, undeliveredSince, storageWarnings } = checkup
  const days = undeliveredSince === null ? 0 : Math.floor((now - Date.parse(`${undeliveredSince}Z`)) / dayMs)
  const since = undeliveredSince?.replace('T', ' ') ?? '?'
  const said = text(
    `в ОФД не ушло документов: ${undelivered ?? '?'}, старейший от ${since}`,
    `documents that did not reach the OFD: ${undelivered ?? '?'}, the oldest of ${since}`,
  )
  if (days >= operatorDays.graveAfter || storageWarnings.includes('operator'))
    return [bad('drive', said, { hint: operatorHint })]
  if (days >= operatorDays.lateAfter) return [warning('drive', said, { hint: operatorHint })]
  if (undelivered === null) return []
  return undelivered === 0
    ? [good('drive', text('всё передано в ОФД', 'the OFD has everything'))]
    : [good('drive', text(`ждут ОФД: ${undelivered}`, `waiting for the OFD: ${undelivered}`))]
}

const operatorHint = text(
  'Проверьте интернет кассы и её настройки ОФД: через 30 дней ФН заблокируется.',
  "Check the register's internet and its OFD settings: after 30 days the drive locks itself.",
)
