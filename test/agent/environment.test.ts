import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { controlSocket, linkedSocket, readEnvironment, socketToAsk } from '../../agent/environment.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-environment-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the daemon listens where systemd says, else in its state directory', () => {
  const shell = readEnvironment({})
  expect(controlSocket(shell, folder)).toBe(join(folder, 'control.sock'))
  const unit = readEnvironment({ RUNTIME_DIRECTORY: '/run/chekpost:/run/other' })
  expect(controlSocket(unit, folder)).toBe('/run/chekpost/control.sock')
})

test('a command finds the daemon of its own state directory through the link there', () => {
  mkdirSync(join(folder, 'run'))
  writeFileSync(join(folder, 'run', 'control.sock'), '')
  symlinkSync(join(folder, 'run', 'control.sock'), linkedSocket(folder))
  expect(socketToAsk(readEnvironment({}), folder)).toBe(linkedSocket(folder))
})

test('a state directory without a daemon never leads to the daemon of another', () => {
  expect(socketToAsk(readEnvironment({}), folder)).toBe(linkedSocket(folder))
})

test('the watchdog counts only when it is meant for this very process', () => {
  expect(readEnvironment({ WATCHDOG_USEC: '60000000' }).watchdogMs).toBe(60_000)
  expect(readEnvironment({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' }).watchdogMs).toBeNull()
  expect(readEnvironment({}).watchdogMs).toBeNull()
})
