/**
 * The doctor's round: each register from its line to its receiver, in the order of a receipt's way. What depends on a
 * bad step is `unknown`; what does not is looked at all the same, for a shop may have two troubles at once.
 *
 * Only asking commands are sent, and the site gets one test that is never booked.
 */
import { DeadlinePassed, withDeadline } from '../../drivers/index.ts'
import type { RegisterConfig } from '../config.ts'
import { registersNamed } from '../named.ts'
import { text } from '../text.ts'
import { version } from '../version.ts'
import { examineClock } from './clock.ts'
import { examineDevice } from './device.ts'
import { examineDisk } from './disk.ts'
import { unknown } from './finding.ts'
import { examineOutbox } from './queue.ts'
import { deviceSteps } from './reach.ts'
import type { DoctorReport, Examination, Finding, Step } from './report.ts'
import { examineSite, siteSteps } from './site.ts'
import type { Patient, Ward } from './ward.ts'

/** No group of steps holds up the round for longer: a receipt may be open, a name server may be silent. */
const groupLimitMs = 90_000

/** Told of every finding as it comes. */
export type TellAll = (register: string, finding: Finding) => void

/** Throws `Failure` for a register that is not in the config. */
export async function makeRound(
  ward: Ward,
  only: string | undefined,
  tell: TellAll,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const registers = registersNamed(ward.config.registers, only)
  const examinations: Examination[] = []
  for (const register of registers)
    examinations.push(
      await examineRegister(ward, register, (finding) => tell(register.name, finding), signal),
    )
  return { at: new Date(ward.clock()).toISOString(), version: version(), examinations }
}

async function examineRegister(
  ward: Ward,
  config: RegisterConfig,
  tell: (finding: Finding) => void,
  signal: AbortSignal,
): Promise<Examination> {
  const findings: Finding[] = []
  const note = (...found: readonly Finding[]) => {
    for (const one of found) {
      findings.push(one)
      tell(one)
    }
  }
  const patient: Patient = { ward, config }
  const limited = <Result>(step: Step, work: (limit: AbortSignal) => Promise<Result>) =>
    withDeadline(groupLimitMs, signal, work).catch((error: unknown) => {
      if (!(error instanceof DeadlinePassed) || signal.aborted) throw error
      for (const late of lateSteps(step).filter((one) => !findings.some((found) => found.step === one)))
        note(unknown(late, text('проверка не кончилась за 90 с', 'the check did not end within 90 s')))
      return null
    })
  const device = await limited('line', (limit) => examineDevice(patient, (one) => note(one), limit))
  note(await examineOutbox(patient, signal))
  note(await examineDisk(patient))
  // The clock is judged by the site's too, which is asked first and told of after.
  const site = await limited('dns', (limit) => examineSite(patient, limit))
  note(await examineClock(patient, { register: device, siteOffsetMs: site?.offsetMs ?? null }, signal))
  if (site !== null) note(...site.findings)
  return { register: config.name, findings }
}

/** The whole group that begins with this step. */
function lateSteps(step: Step): readonly Step[] {
  return step === 'line' ? deviceSteps : siteSteps
}
