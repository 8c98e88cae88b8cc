/** `chekpost init` at a terminal: what is asked, and what is asked again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfig } from '../../agent/config.ts'
import { answers, type Bench, bench, interview, type Reply } from './initbench.ts'

/** Made by `npm run build`. */
const program = fileURLToPath(new URL('../../dist/agent/cli.js', import.meta.url))

const named: Reply = [/site calls it[^\n]*: $/, 'shop-12']
const zoned: Reply = [/time zone[^\n]*: $/, 'Europe/Moscow']
const begun: Reply = [/Where to begin[^\n]*: $/, '']
const added: Reply = [/Press Enter[^\n]*: $/, '']
const at = (url: string): Reply => [/site's address[^\n]*: $/, url]

test('asks what it has to know, and asks again what makes no sense', async () => {
  const shop = await bench()
  const { left } = await interview(shop, [
    [/site calls it[^\n]*: $/, 'магазин'],
    [/letters, digits[\s\S]*site calls it[^\n]*: $/, 'shop-12'],
    at('no site'),
    [/"no site" is not a site's address[\s\S]*address[^\n]*: $/, 'http://shop.example'],
    [/shows the sales to everybody[\s\S]*address[^\n]*: $/, shop.bitrix.url],
    ...[zoned, begun, added],
  ])
  expect(left).toEqual([])
  expect(readConfig(shop.configPath)).toMatchObject({
    timezone: 'Europe/Moscow',
    registers: [{ id: 'shop-12/till-1' }],
  })
})

test.each([
  ['a host without a name', 'https://nobody.invalid', /DNS/],
  ['a port where nobody listens', 'https://127.0.0.1:1', /refused/],
])('%s is named, offered again, and put right in the config', async (_what, wrong, said) => {
  const shop = await bench()
  const offered = new RegExp(`${said.source}[\\s\\S]*address[^\\n]*\\[${wrong}[^\\n]*\\]: $`)
  const { left } = await interview(shop, [
    ...[named, at(wrong), zoned, begun, added],
    [offered, 'no site'],
    [/is not a site's address[\s\S]*address[^\n]*: $/, shop.bitrix.url],
  ])
  expect(left).toEqual([])
  expect(readConfig(shop.configPath).registers).toMatchObject([{ bitrix: { url: shop.bitrix.url } }])
  expect(shop.bitrix.received.map(({ type }) => type)).toEqual(['pos.test'])
  // What was written a minute ago is no config before.
  expect(readdirSync(dirname(shop.configPath)).filter((name) => name.endsWith('.bak'))).toEqual([])
})

test.each([
  ['another program', { status: 404, body: 'not here' }, /404/],
  ['a page for people', 'html', /no acknowledgement/],
  ['a site that does not know the register', { status: 401, body: '{}' }, /401/],
] as const)('%s is tried again for as long as the person wants', async (_what, behaviour, says) => {
  const shop = await bench()
  shop.bitrix.behave = () => behaviour
  const again = new RegExp(`(?:${says.source})[\\s\\S]*address[^\\n]*: $`)
  const { left } = await interview(shop, [
    ...[named, at(shop.bitrix.url), zoned, begun, added],
    [again, ''],
    [
      again,
      '',
      () => {
        shop.bitrix.behave = () => 'accept'
      },
    ],
  ])
  expect(left).toEqual([])
  expect(shop.bitrix.received).toHaveLength(3)
})

test('a person may go on without the site', async () => {
  const shop = await bench()
  shop.bitrix.behave = () => ({ status: 503 })
  const { said, left } = await interview(shop, [
    ...[named, at(shop.bitrix.url), zoned, begun, added],
    at('-'),
  ])
  expect(left).toEqual([])
  expect(said).toContain('systemctl enable --now chekpost')
  expect(shop.unfinished).toEqual([expect.stringMatching(/Not finished.*receipts will wait/)])
})

test('a program knows by the exit code that the site does not accept the register yet; all is written', async () => {
  const shop = await bench()
  shop.bitrix.behave = () => ({ status: 401 })
  const words = ['init', '--config', shop.configPath, '--tcp', shop.address, '--lang', 'en', ...answers(shop)]
  const ran = spawn(process.execPath, [program, ...words])
  const [said, failed] = await Promise.all([readAll(ran.stdout), readAll(ran.stderr), once(ran, 'close')])
  expect(ran.exitCode).toBe(1)
  expect(said).toMatch(/✗ shop-12\/till-1[\s\S]*chekpost token\n$/)
  expect(failed).toMatch(/^\nNot finished: .*\n→ .*chekpost doctor\n$/)
  expect(readConfig(shop.configPath).registers).toMatchObject([{ serial: '0012340000567890' }])
})

test('the address of a register is asked until there is one, or none is named', async () => {
  const shop = await bench()
  const network = /Its address in the network[^\n]*: $/
  const { left } = await interview(
    shop,
    [
      [network, 'no address'],
      [/Not the address of a register[\s\S]*network[^\n]*: $/, '127.0.0.1:1'],
      [network, shop.address],
      ...[named, at(shop.bitrix.url), zoned, begun, added],
    ],
    ['--tcp', '127.0.0.1:1'],
  )
  expect(left).toEqual([])
  const other = await bench()
  await expect(interview(other, [[network, '']], ['--tcp', '127.0.0.1:1'])).rejects.toThrow(/No register/)
  expect(existsSync(other.configPath)).toBe(false)
})

const again = /ask the register again[^\n]*: $/

test('a register with an open receipt is asked again when the person says so; until then for its state alone', async () => {
  const shop = await bench()
  shop.register.openReceipt()
  const asked: string[][] = []
  const { left } = await interview(shop, [
    [again, '', () => asked.push(Object.keys(shop.register.counters.commands))],
    [again, '', () => shop.register.abandonReceipt()],
    ...[named, at(shop.bitrix.url), zoned, begun, added],
  ])
  expect(left).toEqual([])
  expect(asked).toEqual([['10']])
  expect(readConfig(shop.configPath).registers).toMatchObject([{ serial: '0012340000567890' }])
  expect(shop.register.counters).toMatchObject({ forbidden: 0, disturbing: 0 })
})

test('a password that the register refuses is asked for at once', async () => {
  const shop = await bench({ systemPassword: 31 })
  const { left } = await interview(shop, [
    [/wrong password[\s\S]*again[^\n]*: $/, 'the cashier knows'],
    [/password=30[\s\S]*again[^\n]*: $/, 'password=many'],
    [/a number is wanted[\s\S]*again[^\n]*: $/, 'password=31'],
    ...[named, at(shop.bitrix.url), zoned, begun, added],
  ])
  expect(left).toEqual([])
  expect(readConfig(shop.configPath).registers).toMatchObject([
    { serial: '0012340000567890', settings: { password: 31 } },
  ])
})

test('a register that nobody can ask now is written down as it is', async () => {
  const shop = await bench()
  shop.register.openReceipt()
  const { left } = await interview(shop, [[again, '-'], named, at(shop.bitrix.url), zoned, begun, added])
  expect(left).toEqual([])
  expect(readConfig(shop.configPath).registers).toMatchObject([{ serial: null }])
})

test('an option that makes no sense is told before anything is asked or looked at', async () => {
  const shop = await bench()
  await expect(interview(shop, [], ['--tcp', shop.address, '--timezone', 'Moscow'])).rejects.toThrow(
    /--timezone/,
  )
  expect(shop.register.counters.connections).toBe(0)
})

/** The real program at a pty of `script`: Ctrl-C is typed once `at` was shown. Its code, and all that was said. */
async function interruptedAt(shop: Bench, at: RegExp, replies: readonly Reply[]) {
  const words = `init --lang en --config '${shop.configPath}' --tcp ${shop.address} --no-trial`
  const line = `'${process.execPath}' '${program}' ${words}`
  const terminal = spawn('script', ['-qefc', line, '/dev/null'])
  const left = [...replies]
  let said = ''
  let heard = ''
  let typed = false
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    heard += text
    const [next] = left
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal moves its cursor behind a question
    const shown = heard.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    if (typed || !(next?.[0] ?? at).test(shown)) return
    // What was waited for may be drawn again while it ends, and a second Ctrl-C kills.
    typed = next === undefined
    left.shift()
    heard = ''
    terminal.stdin.write(next === undefined ? '\u0003' : `${next[1]}\r`)
  })
  const [code] = (await once(terminal, 'close')) as [number]
  return { code, said }
}

test('Ctrl-C while it looks for registers ends it there, and nothing was written', async () => {
  const shop = await bench()
  shop.register.silence(true)
  const { code, said } = await interruptedAt(shop, /1\/1 tcp/, [])
  expect(said).toMatch(/Interrupted\.\s*$/)
  expect(said).not.toMatch(/nobody answers|cli\.js/)
  expect(code).toBe(130)
  expect(existsSync(shop.configPath)).toBe(false)
})

test('Ctrl-C at a question writes nothing; once all is written it leaves all of it', async () => {
  const shop = await bench()
  const first = await interruptedAt(shop, /Where to begin[^\n]*: $/, [named, at('localhost'), zoned])
  expect(first.said).toMatch(/Interrupted\.\s*$/)
  expect(first.code).toBe(130)
  expect(readdirSync(dirname(shop.configPath))).toEqual(['secrets'])
  const replies = [named, at(shop.bitrix.url), zoned, begun]
  const second = await interruptedAt(shop, /Press Enter[^\n]*: $/, replies)
  expect(second.said).toMatch(/Interrupted\.\s*$/)
  expect(readConfig(shop.configPath).registers).toMatchObject([{ id: 'shop-12/till-1' }])
  expect(existsSync(join(dirname(shop.configPath), 'chekpost.yaml.new'))).toBe(false)
})
