import { expect, test } from 'vitest'
import { drivers } from '../../../drivers/index.ts'
import { createRegister, type RegisterOptions } from '../../fakes/register.ts'

const { shtrih } = drivers
const never = new AbortController().signal

async function greet(options: RegisterOptions, bold: boolean, prepare?: 'silent' | 'used') {
  const register = createRegister(options)
  if (prepare === 'silent') register.silence(true)
  if (prepare === 'used') {
    await using till = register.openLine()
    await shtrih.connect(till, shtrih.settings.parse({ frames: 'v2' }), never)
  }
  const before = register.counters.bytesIn
  await using line = register.openLine()
  const greeting = await shtrih.search.greet(line, bold, never)
  return {
    greeting,
    bytes: register.counters.bytesIn - before,
    commands: prepare === 'used' ? {} : register.counters.commands,
  }
}

test('a register is known by its answer to one ENQ', async () => {
  const { greeting, bytes, commands } = await greet({}, false)
  expect(greeting).toEqual({ kind: 'answers', settings: { frames: 'v1' } })
  expect({ bytes, commands }).toEqual({ bytes: 1, commands: {} })
})

test('where nobody answers, two bytes are all that was said', async () => {
  const { greeting, bytes } = await greet({}, false, 'silent')
  expect({ greeting, bytes }).toEqual({ greeting: { kind: 'silent' }, bytes: 2 })
})

test('a v2 register that the till has spoken to is known when asked boldly, and only then', async () => {
  expect((await greet({ frames: 'v2' }, true, 'used')).greeting).toEqual({
    kind: 'answers',
    settings: { frames: 'v2' },
  })
  expect((await greet({ frames: 'v2' }, false, 'used')).greeting).toEqual({ kind: 'silent' })
})

test('a v2 register that nobody has spoken to is for a person to decide', async () => {
  expect((await greet({ frames: 'v2' }, true)).greeting).toMatchObject({ kind: 'undecided' })
})

test('a register tells its clock, what waits for the operator, and what its drive warns of', async () => {
  const register = createRegister({
    ...{ clock: () => '2026-03-02T15:04:05', operatorConfirms: false },
    drive: { registeredAt: '2026-03-01T09:30:00', receipts: 1 },
  })
  await using line = register.openLine()
  const connected = await shtrih.connect(line, shtrih.settings.parse({}), never)
  expect(await connected.checkup?.(never)).toMatchObject({
    ...{ clock: '2026-03-02T15:04:05', undelivered: 3, undeliveredSince: '2026-03-01T09:30' },
    ...{ storageClosed: false },
  })
  register.refuse('FF39', 0x73, 1)
  expect(await connected.checkup?.(never)).toMatchObject({ undelivered: null, undeliveredSince: null })
})
