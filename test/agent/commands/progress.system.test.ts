/** Long work of the real program: on a terminal (a pty of `script`), into files, and for programs. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openShop } from '../../demo/shop.ts'

const run = promisify(execFile)
/** Made by `npm run build`. */
const program = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url))

/** Work that lasts at any speed of the machine: the line takes as long as it takes. */
const baud = { catchingUp: 38_400, whileTold: 4_800, reading: 115_200 }
const receipts = 26

async function shopWithBacklog() {
  const shop = await openShop()
  const register = shop.register()
  for (let sold = 0; sold < receipts; sold++) register.closeReceipt()
  register.pace(baud.catchingUp)
  return shop
}

test('on a terminal reading by number shows a bar with rate and time left, and status shows the backlog', async () => {
  await using shop = await shopWithBacklog()
  shop.start()
  const behind = await shop.statusWhere(
    ({ work: [first] }) => (first?.secondsLeft ?? 0) > 0,
    'work with time left',
  )
  shop.register().pace(baud.whileTold)
  const [work] = behind.work
  expect(work?.what.en).toBe('till-1: catching up')
  expect(work?.of).toBeGreaterThan(20)
  expect(behind.registers[0]?.behind).toBeGreaterThan(0)
  const status = await shop.command('status', '--lang', 'en')
  expect(status.stdout).toMatch(/till-1: catching up: █*░* \d+ of \d+/)
  shop.register().pace(null)
  await shop.waitUntilDrained()

  shop.register().pace(baud.reading)
  const words = `read --fd 1-${receipts} --lang en --config ${shop.configPath}`
  const line = `'${process.execPath}' '${program}' ${words}`
  const { stdout } = await run('script', ['-qefc', line, '/dev/null'], { maxBuffer: 1 << 24 })
  expect(stdout).toMatch(/reading: █+░+ \d+ of 26, \d+ per (second|minute), \d+ s left/)
  // The data is whole beside it, each row on a line of its own.
  const rows = stdout.split('\n').map((line) => line.split('\r\x1B[K').at(-1) ?? '')
  expect(rows.filter((row) => /^\d+ {2}known {2}\{/.test(row))).toHaveLength(receipts)
})

test('into files the data stays data, and programs are told nothing else', async () => {
  await using shop = await shopWithBacklog()
  shop.register().pace(null)
  shop.start()
  await shop.waitUntilDrained()
  const read = await shop.command('read', '--fd', `1-${receipts}`, '--json')
  expect(read).toMatchObject({ code: 0, stderr: '' })
  expect(
    read.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).number),
  ).toHaveLength(receipts)
  const exported = await shop.command('outbox', 'export')
  expect(exported).toMatchObject({ code: 0, stderr: '' })
  for (const line of exported.stdout.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
})
