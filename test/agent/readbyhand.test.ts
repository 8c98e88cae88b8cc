import { expect, test } from 'vitest'
import { readOne } from '../../agent/desk/reading.ts'
import type { RawDocument } from '../../drivers/index.ts'
import { body } from '../drivers/shtrih/benchdocument.ts'
import { document, drive, Scripted } from './scripted.ts'
import { config } from './smallshop.ts'
import { opened } from './store/workshop.ts'

/** A person reads document 1 and would keep it. */
function hand(read: (number: number) => RawDocument) {
  const outbox = opened()
  outbox.beginStorage(drive)
  const register = new Scripted()
  register.read = read
  const signal = new AbortController().signal
  const premises: Parameters<typeof readOne>[0] = {
    config,
    outbox,
    allowDebugDrive: false,
    clock: () => 1_000,
    withRegister: (_name, work) => work(register, signal),
    nudge: () => undefined,
  }
  const readKeeping = (keep: boolean) => readOne(premises, 'till-1', 1, keep, signal)
  return { outbox, register, readKeeping }
}

const whole = (number: number) => ({ ...document(number), bytes: body })
const doubtful = (number: number) => ({ ...whole(number), doubt: 'shorter than promised' })

test('a document that may be incomplete is shown with its doubt and not kept by hand', async () => {
  const { outbox, readKeeping } = hand(doubtful)
  for (const keep of [false, true]) {
    expect(await readKeeping(keep)).toMatchObject({ outbox: 'not kept', problem: 'shorter than promised' })
  }
  expect(outbox.counts().documents).toBe(0)
})

test('a document that is kept already is known, whatever the doubt about this reading', async () => {
  const { register, readKeeping } = hand(whole)
  expect((await readKeeping(true)).outbox).toBe('kept')
  register.read = doubtful
  expect((await readKeeping(true)).outbox).toBe('known')
})
