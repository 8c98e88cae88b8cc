/** A pseudo-terminal behind which a register hears only what is sent at its own rate, as on a real serial line. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SimulatedRegister } from '../fakes/register.ts'
import { never } from './daemon.ts'

/** The path of the port; it is gone with the test. */
export async function pickyPort(register: SimulatedRegister, baud: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'picky-'))
  const path = join(folder, 'port')
  const child = spawn('socat', ['-d', '-d', `PTY,link=${path},rawer,mode=660`, 'STDIO'])
  const line = register.openLine()
  onTestFinished(() => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  await once(child.stderr, 'data')
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (bytes: Buffer) => {
    const rate = Number(execFileSync('stty', ['-F', path, 'speed'], { encoding: 'utf8' }))
    // At another rate neither side hears more than broken bytes; the register drops them.
    if (rate === baud) void line.write(bytes, never)
  })
  const listen = async () => {
    for (;;) child.stdin.write(await line.read(never))
  }
  listen().catch(() => undefined) // Ends with the register.
  return path
}
