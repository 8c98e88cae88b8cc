/** Three clocks: this PC's, the register's and the site's. Receipts are signed by the first, dated by the second. */
import { execFile } from 'node:child_process'
import { instantOf } from '../bitrix/zone.ts'
import { text } from '../text.ts'
import { bad, good, gravest, warning } from './finding.ts'
import type { DeviceFacts } from './reach.ts'
import type { Finding } from './report.ts'
import type { Patient } from './ward.ts'

/** Beyond this the site refuses signatures, milliseconds. */
const siteLimitMs = 120_000
const registerLimitMs = 5 * 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** What the clocks say; null where nobody told. */
export interface ClockFacts {
  readonly now: number
  readonly zone: string
  readonly synchronised: boolean | null
  /** How far the site's clock is ahead of this PC's. */
  readonly siteOffsetMs: number | null
  readonly register: DeviceFacts | null
}

export async function examineClock(
  { ward }: Patient,
  told: Pick<ClockFacts, 'register' | 'siteOffsetMs'>,
  signal: AbortSignal,
): Promise<Finding> {
  const synchronised = await isSynchronised(signal)
  return judgeClock({ ...told, synchronised, now: ward.clock(), zone: ward.config.timezone })
}

/** The kernel's own word, whoever sets its clock (systemd-timesyncd, chrony); null where systemd cannot say. */
function isSynchronised(signal: AbortSignal): Promise<boolean | null> {
  return new Promise((resolve, reject) => {
    const asked = ['show', '--property=NTPSynchronized', '--value']
    execFile('timedatectl', asked, { timeout: 3_000, signal }, (error, said) => {
      if (signal.aborted) return reject(signal.reason)
      const word = said.trim()
      resolve(error !== null || (word !== 'yes' && word !== 'no') ? null : word === 'yes')
    })
  })
}

/** Pure. */
export function judgeClock({ now, zone, synchronised, siteOffsetMs, register }: ClockFacts): Finding {
  return gravest('clock', [
    ...ofSite(siteOffsetMs, synchronised === true),
    ...ofPast(register?.newestTime ?? null, zone, now),
    ...ofRegister(register?.clock ?? null, zone),
    synchronised === false
      ? warning('clock', text('часы ПК никто не сверяет', "nobody keeps this PC's clock right"), {
          hint: ntpHint,
        })
      : good(
          'clock',
          synchronised === null
            ? text(
                'о сверке часов система не говорит',
                'the system does not say whether its clock is kept right',
              )
            : text('часы ПК сверяются', "this PC's clock is kept right"),
        ),
  ])
}

const ntpHint = text(
  'Включите сверку: timedatectl set-ntp true',
  'Have the clock set by the network: timedatectl set-ntp true',
)

const siteHint = text(
  'Часы этого ПК сверяются: неверны часы сайта, сообщите его администратору.',
  "This PC's clock is kept right: the site's is wrong, tell its administrator.",
)

function ofSite(offsetMs: number | null, isOursRight: boolean): Finding[] {
  if (offsetMs === null) return []
  const seconds = Math.round(-offsetMs / 1000)
  const said = text(`с сайтом расходятся на ${seconds} с`, `${seconds} s off the site's`)
  if (Math.abs(offsetMs) <= siteLimitMs) return [good('clock', said)]
  return [bad('clock', said, { hint: isOursRight ? siteHint : ntpHint })]
}

/** A PC whose battery is empty wakes up in the past: its newest receipt is then of tomorrow. */
function ofPast(newestTime: string | null, zone: string, now: number): Finding[] {
  const at = newestTime === null ? null : instantOf(newestTime, zone)
  if (at === null || at - now < dayMs) return []
  return [
    bad(
      'clock',
      text(
        `часы ПК отстают: последний чек от ${newestTime}`,
        `this PC's clock is behind: the newest receipt is of ${newestTime}`,
      ),
      { hint: ntpHint },
    ),
  ]
}

function ofRegister(clock: DeviceFacts['clock'], zone: string): Finding[] {
  const local = clock === null ? null : instantOf(clock.local, zone)
  if (clock === null || local === null) return []
  const offsetMs = local - clock.at
  const minutes = Math.round(offsetMs / 60_000)
  if (Math.abs(offsetMs) <= registerLimitMs)
    return [good('clock', text('часы кассы верны', "the register's clock is right"))]
  const sign = minutes > 0 ? '+' : ''
  return [
    warning(
      'clock',
      text(
        `часы кассы: ${sign}${minutes} мин (${zone})`,
        `the register's clock: ${sign}${minutes} min (${zone})`,
      ),
      {
        hint: isOtherZone(offsetMs)
          ? text(
              'Похоже, в настройках не тот timezone: нужен часовой пояс кассы.',
              "The config seems to have the wrong timezone: the register's is wanted.",
            )
          : text(
              'Часы кассы ставят при закрытой смене, в программе кассы.',
              "The register's clock is set in the till's program, with the shift closed.",
            ),
      },
    ),
  ]
}

/** Whole hours, give or take what a clock may be off by itself. */
function isOtherZone(offsetMs: number): boolean {
  const hours = Math.round(offsetMs / hourMs)
  return hours !== 0 && Math.abs(offsetMs - hours * hourMs) <= registerLimitMs
}
