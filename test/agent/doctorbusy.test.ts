/** The till goes first: between any two questions of the doctor it may have come back. */
import { expect, test } from 'vitest'
import { failed } from '../../agent/doctor/device.ts'
import { examineDocuments } from '../../agent/doctor/documents.ts'
import { examineDrive } from '../../agent/doctor/drive.ts'
import { bad } from '../../agent/doctor/finding.ts'
import type { Reached } from '../../agent/doctor/reach.ts'
import { inTurn } from '../../agent/doctor/turn.ts'
import type { Patient } from '../../agent/doctor/ward.ts'
import { text } from '../../agent/text.ts'
import { type RawDocument, type Register, RegisterError, type RegisterState } from '../../drivers/index.ts'

const never = new AbortController().signal
const open = text('Открыт чек', 'A receipt is open')
const storage = '9252440300123456'

/** A register at which a receipt is opened after so many looks at its state. */
function comingBack(looks: number, stopped = false) {
  const asked: string[] = []
  let seen = 0
  const working: RegisterState = stopped
    ? { kind: 'stopped', text: open, hint: open }
    : { kind: 'busy', text: open }
  const register = {
    identity: { storage, storageExpires: null, debugStorage: false },
    state: () => Promise.resolve(++seen > looks ? working : { kind: 'idle' }),
    checkup: () => {
      asked.push('checkup')
      return Promise.resolve(null)
    },
    newest: () => {
      asked.push('newest')
      return Promise.resolve({ storage, number: 9 })
    },
    readDocument: (number: number) => {
      asked.push(`document ${number}`)
      return Promise.resolve({
        number,
        type: 2,
        storage,
        bytes: null,
        summary: null,
      } as unknown as RawDocument)
    },
  } as unknown as Register
  const reached: Reached = { ask: (work) => work(register, never), evidence: () => null }
  return { reached, asked }
}

const patient = { ward: { clock: () => 0 }, config: { name: 'till-1' } } as unknown as Patient

test.each([
  [0, []],
  [1, ['checkup']],
  [2, ['checkup', 'newest']],
])('a receipt opened after %i looks: the drive is asked %j and no more', async (looks, questions) => {
  const { reached, asked } = comingBack(looks)
  const asking = examineDrive(patient, reached, () => undefined)
  if (looks < 2) await expect(asking).rejects.toMatchObject({ fault: 'busy', text: open })
  else await asking
  expect(asked).toEqual(questions)
})

test('of several documents in a row, none is read behind the back of a till that came back', async () => {
  const { reached, asked } = comingBack(2)
  const reading = examineDocuments(patient, reached, { storage, number: 9 }, () => undefined)
  await expect(reading).rejects.toMatchObject({ fault: 'busy' })
  expect(asked).toEqual(['document 9', 'document 8'])
})

test('a till that came back is no fault of the drive nor of its documents; a register that stopped is one', async () => {
  const reached = { evidence: () => '> 05' }
  const inMode = new RegisterError('busy', open, { code: '73' })
  expect(failed('documents', new RegisterError('busy', open), reached).verdict).toBe('warning')
  expect(failed('documents', inMode, reached).verdict).toBe('warning')
  expect(failed('drive', inMode, reached).verdict).toBe('warning')
  expect(failed('register', inMode, reached).verdict).toBe('bad')
  const stopped = await examineDrive(patient, comingBack(0, true).reached, () => undefined).catch(
    (error: unknown) => failed('drive', error, reached),
  )
  expect(stopped).toEqual(bad('drive', open, { hint: open, hex: '> 05' }))
})

test('rounds come one after the other; who gives up waiting holds up nobody', async () => {
  const owner = {}
  const log: string[] = []
  const ends: (() => void)[] = []
  const round = (name: string) => () => {
    log.push(name)
    return new Promise<void>((resolve) => ends.push(resolve))
  }
  const first = inTurn(owner, never, round('first'))
  const leaving = new AbortController()
  const second = inTurn(owner, leaving.signal, round('second'))
  const third = inTurn(owner, never, () => {
    log.push('third')
    return Promise.reject(new Error('third'))
  })
  const fourth = inTurn(owner, never, () => Promise.resolve('fourth'))
  leaving.abort()
  await expect(second).rejects.toThrow()
  expect(log).toEqual(['first'])
  ends[0]?.()
  await first
  await expect(third).rejects.toThrow('third')
  expect(await fourth).toBe('fourth')
  expect(log).toEqual(['first', 'third'])
})
