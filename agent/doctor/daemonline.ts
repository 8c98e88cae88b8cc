/** The line and its frames as the daemon sees them; the register is asked between two of its polls. */
import { releasedText, takeBackHint } from '../respite.ts'
import { shopTime } from '../shoptime.ts'
import type { RegisterStatus } from '../status/snapshot.ts'
import { type Text, text } from '../text.ts'
import { bad, good, notReached, unknown, warning } from './finding.ts'
import { evidence } from './hex.ts'
import { deviceSteps, type Reached } from './reach.ts'
import type { Finding, Step } from './report.ts'
import type { Patient, RunningDaemon, Tell } from './ward.ts'

/** Which step a trouble of the watcher belongs to; `disk` and `conflict` are no trouble of the line. */
const stepOf: Readonly<Record<string, Step>> = {
  lost: 'line',
  silent: 'frames',
  garbled: 'frames',
  refused: 'register',
  stopped: 'register',
  unidentified: 'register',
  halted: 'drive',
}

/** Tells of `line` and `frames`, then works with the register; null when the daemon cannot reach it. */
export async function throughDaemon<Result>(
  { config, ward }: Patient,
  daemon: RunningDaemon,
  tell: Tell,
  work: (reached: Reached) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result | null> {
  const seen = daemon.snapshot().registers.find(({ name }) => name === config.name)
  const { timezone: zone } = ward.config
  const proof = () => evidence(daemon.lastTalk(config.name))
  const stopped = seen === undefined ? null : stoppedAt(seen, ward, proof)
  if (seen === undefined || stopped !== null) {
    const finding = stopped ?? unknown('line', text('служба её не видит', 'the daemon does not see it'))
    for (const before of deviceSteps.slice(0, deviceSteps.indexOf(finding.step))) tell(passed(before))
    tell(finding)
    for (const later of notReached(finding.step, deviceSteps)) tell(later)
    return null
  }
  tell(
    good(
      'line',
      text(
        `${seen.address}: на связи с ${shopTime(seen.lineSince, zone)}`,
        `${seen.address}: connected since ${shopTime(seen.lineSince, zone)}`,
      ),
    ),
  )
  tell(good('frames', text(`касса отвечает (${seen.driver})`, `the register answers (${seen.driver})`)))
  const ask: Reached['ask'] = (asked) => daemon.withRegister(config.name, asked, signal)
  return await work({ ask, evidence: proof })
}

function passed(step: Step): Finding {
  return good(step, text('в порядке', 'all right'))
}

/** The finding at which the round of this register ends; null when it can be asked. */
function stoppedAt(
  seen: RegisterStatus,
  { clock, config }: Patient['ward'],
  proof: () => string | null,
): Finding | null {
  const { name, pausedUntil, trouble, line } = seen
  if (pausedUntil !== null && Date.parse(pausedUntil) > clock())
    return warning('line', releasedText(pausedUntil, config.timezone), { hint: takeBackHint(name) })
  const step = trouble === null ? undefined : stepOf[trouble.kind]
  if (trouble !== null && step !== undefined)
    return bad(step, trouble.text, {
      hint: withTrial(step, trouble.hint),
      hex: step === 'line' ? null : proof(),
    })
  if (line === 'connected') return null
  return unknown('line', text('служба ещё подключается', 'the daemon is still connecting'), {
    hint: text('Повторите через минуту: chekpost doctor', 'Try again in a minute: chekpost doctor'),
  })
}

/** Rates and framings are tried on a line of our own only. */
function withTrial(step: Step, hint: Text | null): Text | null {
  if (step !== 'frames') return hint
  const trial = text(
    'Подробно, с перебором скоростей: systemctl stop chekpost && chekpost doctor; затем systemctl start chekpost',
    'In detail, with the rates tried: systemctl stop chekpost && chekpost doctor; then systemctl start chekpost',
  )
  return hint === null ? trial : text(`${hint.ru} ${trial.ru}`, `${hint.en} ${trial.en}`)
}
