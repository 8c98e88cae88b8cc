/** Who is behind a control socket: a daemon, nobody, or somebody that cannot be asked. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Desk } from '../../agent/desk/desk.ts'
import { isAlive, remoteDesk } from '../../agent/desk/remote.ts'
import { serveDesk } from '../../agent/desk/server.ts'
import { StoreError } from '../../agent/store/faults.ts'
import { Failure } from '../../agent/usage.ts'
import { RegisterError } from '../../drivers/index.ts'

const never = new AbortController().signal
const nobody = 65_534

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'chekpost-remote-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('no socket, or one that a killed daemon left, is nobody', async () => {
  const at = join(folder(), 'control.sock')
  expect(await isAlive(at, never)).toBe(false)
  writeFileSync(at, '')
  expect(await isAlive(at, never)).toBe(false)
})

test('a daemon that hangs is told as such and never taken for a stopped one', async () => {
  const at = join(folder(), 'control.sock')
  const server = createServer((socket) => onTestFinished(() => void socket.destroy()))
  await new Promise<void>((resolve) => server.listen(at, resolve))
  onTestFinished(() => void server.close())
  await expect(isAlive(at, never, 20)).rejects.toThrow(/does not answer/)
})

test('a person without the right to ask is told so, not that nothing runs', async () => {
  const state = folder()
  const isRoot = process.getuid?.() === 0
  chmodSync(state, isRoot ? 0o700 : 0)
  if (isRoot) process.seteuid?.(nobody)
  const asked = isAlive(join(state, 'control.sock'), never)
  await expect(asked.finally(() => isRoot && process.seteuid?.(0))).rejects.toThrow(Failure)
  await expect(asked).rejects.toThrow(/sudo/)
  chmodSync(state, 0o700)
})

/** A daemon's desk on a socket, and the same as a command reaches it. */
async function served(desk: Partial<Desk>, work: (desk: Desk) => Promise<void>): Promise<void> {
  const at = join(folder(), 'control.sock')
  const stop = new AbortController()
  let isListening = (): void => undefined
  const listening = new Promise<void>((resolve) => {
    isListening = resolve
  })
  const log = pino({ level: 'silent' })
  const serving = serveDesk(desk as Desk, { socket: at, link: at }, log, isListening, stop.signal)
  await listening
  await work(remoteDesk(at))
  stop.abort()
  await serving
}

test('what a disk or a register says to the daemon reaches the person in both languages', async () => {
  const said = { ru: 'Диск заполнен', en: 'The disk is full' }
  const errors = [new StoreError('full', said), new RegisterError('silent', said)]
  await served({ list: () => Promise.reject(errors.pop()) }, async (desk) => {
    for (const _ of [1, 2])
      await expect(desk.list({}, never)).rejects.toMatchObject({ name: 'Failure', text: said })
  })
})

test('a bug of the daemon is told as one, in both languages, with the next step', async () => {
  await served({ list: () => Promise.reject(new TypeError('x is undefined')) }, async (desk) => {
    const told = await desk.list({}, never).catch((error: unknown) => (error as Failure).text)
    expect(told).toMatchObject({
      ru: expect.stringMatching(/^Ошибка в самой программе: x is undefined\. .*chekpost support$/),
      en: expect.stringMatching(/^A fault of the program itself/),
    })
  })
})

test('a command that is interrupted while the daemon works is told of the interruption, not of a daemon that is silent', async () => {
  const stop = new AbortController()
  const list = () => {
    stop.abort(new Error('SIGINT'))
    return new Promise<never>(() => undefined)
  }
  await served({ list }, async (desk) => {
    await expect(desk.list({}, stop.signal)).rejects.toThrow('SIGINT')
  })
})

test('a command that is interrupted while it asks ends with the interruption', async () => {
  await expect(isAlive('/nowhere/control.sock', AbortSignal.abort(new Error('SIGINT')))).rejects.toThrow(
    'SIGINT',
  )
})
