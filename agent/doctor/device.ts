/** From the line to the drive's documents: over a line of our own, or through the daemon that holds it. */
import { RegisterError } from '../../drivers/index.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { throughDaemon } from './daemonline.ts'
import { type DocumentFacts, examineDocuments } from './documents.ts'
import { examineDrive } from './drive.ts'
import { bad, good, gravest, notReached, warning } from './finding.ts'
import { overOwnLine } from './ownline.ts'
import { type DeviceFacts, deviceSteps, laterHint, type Reached, unwillingHint } from './reach.ts'
import type { Step } from './report.ts'
import type { Patient, Tell } from './ward.ts'

/** Null when the register could not be asked. Every step is told of. */
export async function examineDevice(
  patient: Patient,
  tell: Tell,
  signal: AbortSignal,
): Promise<DeviceFacts | null> {
  const work = (reached: Reached) => examineReached(patient, reached, tell)
  return patient.ward.daemon === null
    ? await overOwnLine(patient, tell, work, signal)
    : await throughDaemon(patient, patient.ward.daemon, tell, work, signal)
}

async function examineReached(patient: Patient, reached: Reached, tell: Tell): Promise<DeviceFacts | null> {
  const told = new Set<Step>(['line', 'frames'])
  const note: Tell = (finding) => {
    told.add(finding.step)
    tell(finding)
  }
  try {
    if (!(await isFree(patient, reached, note))) return null
    const drive = await examineDrive(patient, reached, note)
    const documents: DocumentFacts = await examineDocuments(patient, reached, drive.newest, note)
    return { clock: drive.clock, newestTime: documents.newestTime }
  } catch (error) {
    const step = deviceSteps.find((one) => !told.has(one)) ?? 'documents'
    note(failed(step, error, reached))
    return null
  } finally {
    const last = deviceSteps.findLast((step) => told.has(step)) ?? 'line'
    for (const finding of notReached(last, deviceSteps)) tell(finding)
  }
}

/** The register says who it is and what it does; false when it has no time for more. */
async function isFree(patient: Patient, { ask, evidence }: Reached, tell: Tell): Promise<boolean> {
  const { config } = patient
  const { identity, state } = await ask(async (register, signal) => ({
    identity: register.identity,
    state: await register.state(signal),
  }))
  const { model, serial, firmware } = identity
  const said = good(
    'register',
    text(
      `${model}, зав. № ${serial ?? '?'}, прошивка ${firmware ?? '?'}`,
      `${model}, serial ${serial ?? '?'}, firmware ${firmware ?? '?'}`,
    ),
  )
  if (config.serial !== null && serial !== null && serial !== config.serial) {
    tell(
      bad(
        'register',
        text(
          `другая касса: зав. № ${serial}, а в настройках ${config.serial}`,
          `another register: serial ${serial}, the config says ${config.serial}`,
        ),
        { hint: otherRegisterHint, hex: evidence() },
      ),
    )
    return false
  }
  if (state.kind === 'idle') {
    tell(said)
    return true
  }
  const now =
    state.kind === 'busy'
      ? warning('register', state.text, { hint: laterHint })
      : bad('register', state.text, { hint: state.hint, hex: evidence() })
  tell(gravest('register', [now, said]))
  return false
}

const otherRegisterHint = text(
  'Кабели перепутаны? Верните. Если касса заменена: исправьте serial в настройках и перезапустите chekpost.',
  'Swapped cables? Put them back. If the register was replaced: correct serial in the config and restart chekpost.',
)

/** What a question that failed says of the step that asked it. */
export function failed(step: Step, error: unknown, { evidence }: Pick<Reached, 'evidence'>) {
  if (error instanceof Failure) return warning(step, error.text, { hint: laterHint })
  if (!(error instanceof RegisterError)) throw error
  const { fault, text: said, hint = null, code } = error
  if (fault === 'busy' && code === undefined) return warning(step, said, { hint: hint ?? laterHint })
  const beside = { hint: hint ?? (fault === 'busy' ? unwillingHint : null), hex: evidence() }
  // It has just answered other questions: the till came between, and neither drive nor documents are to blame.
  return fault === 'busy' && step !== 'register' ? warning(step, said, beside) : bad(step, said, beside)
}
