/** A pseudo-terminal behind which a register hears only what is sent at its own rate, as on a real serial line. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { SimulatedRegister } from '../fakes/register.ts'
import { never } from './daemon.ts'

/** The path of the port; it is gone with the test. */
export async function pickyPort(register: SimulatedRegister, baud: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'picky-'))
  const path = join(folder, 'port')
  const child = spawn('socat', ['-d', '-d', `PTY,link=${path},rawer,mode=660`, 'STDIO'])
  // A small process of its own: to fork this one for every byte takes longer than a register may be silent.
  const rates = spawn('bash', ['-c', 'while read -r _; do stty -F "$0" speed || echo; done', path])
  const said = createInterface(rates.stdout)[Symbol.asyncIterator]()
  const line = register.openLine()
  onTestFinished(() => {
    child.kill()
    rates.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  await once(child.stderr, 'data')
  child.stdin.on('error', () => undefined)
  rates.stdin.on('error', () => undefined)
  const carry = async () => {
    for await (const bytes of child.stdout) {
      rates.stdin.write('\n')
      // At another rate neither side hears more than broken bytes; the register drops them.
      if (Number((await said.next()).value) === baud) await line.write(bytes, never)
    }
  }
  carry().catch(() => undefined) // Ends with the port.
  const listen = async () => {
    for (;;) child.stdin.write(await line.read(never))
  }
  listen().catch(() => undefined) // Ends with the register.
  return path
}
