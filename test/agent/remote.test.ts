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

test('what a disk or a register says to the daemon reaches the person in both languages', async () => {
  const at = join(folder(), 'control.sock')
  const said = { ru: 'Диск заполнен', en: 'The disk is full' }
  const errors = [new StoreError('full', said), new RegisterError('silent', said)]
  const failing = { list: () => Promise.reject(errors.pop()) } as unknown as Desk
  const stop = new AbortController()
  let isListening = (): void => undefined
  const listening = new Promise<void>((resolve) => {
    isListening = resolve
  })
  const serving = serveDesk(
    failing,
    { socket: at, link: at },
    pino({ level: 'silent' }),
    isListening,
    stop.signal,
  )
  await listening
  for (const _ of [1, 2])
    await expect(remoteDesk(at).list({}, never)).rejects.toMatchObject({ name: 'Failure', text: said })
  stop.abort()
  await serving
})

test('a command that is interrupted while it asks ends with the interruption', async () => {
  await expect(isAlive('/nowhere/control.sock', AbortSignal.abort(new Error('SIGINT')))).rejects.toThrow(
    'SIGINT',
  )
})
