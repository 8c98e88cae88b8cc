/** A pseudo-terminal behind which a register hears only what is sent at its own rate, as on a real serial line. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SimulatedRegister } from '../fakes/register.ts'
import { never } from './daemon.ts'

/**
 * Node has no ioctl. At another rate neither side hears more than broken bytes; the register drops them. Whoever holds
 * the other end of a pseudo-terminal sees its rate without opening the port, which somebody else might then find taken.
 */
const program = `
import os, sys, termios, threading, time, tty
rates = {getattr(termios, name): name[1:] for name in dir(termios) if name[0] == 'B' and name[1:].isdigit()}
path, wanted = sys.argv[1:]
ours, port = os.openpty()
tty.setraw(port)
os.symlink(os.ttyname(port), path)
os.close(port)
print('ready', file=sys.stderr, flush=True)
def answer():
    while said := os.read(0, 4096): os.write(ours, said)
    os._exit(0)
threading.Thread(target=answer).start()
while True:
    try: heard = os.read(ours, 4096)
    except OSError: time.sleep(0.002) # Nobody has the port open.
    else:
        if rates.get(termios.tcgetattr(ours)[4]) == wanted: os.write(1, heard)
`

/** The path of the port; it is gone with the test. */
export async function pickyPort(register: SimulatedRegister, baud: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'picky-'))
  const path = join(folder, 'port')
  const child = spawn('python3', ['-c', program, path, String(baud)])
  const ended = once(child, 'close')
  const line = register.openLine()
  onTestFinished(async () => {
    child.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  await once(child.stderr, 'data')
  child.stdin.on('error', () => undefined)
  const carry = async () => {
    for await (const bytes of child.stdout) await line.write(bytes, never)
  }
  carry().catch(() => undefined) // Ends with the port.
  const listen = async () => {
    for (;;) child.stdin.write(await line.read(never))
  }
  listen().catch(() => undefined) // Ends with the register.
  return path
}
