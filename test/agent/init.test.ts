/** The parts of `init` that ask nobody. */
import { expect, test } from 'vitest'
import { parseConfig } from '../../agent/config.ts'
import { checkFrom, checkStore, checkZone, chosen, fromOf, receiverUrl } from '../../agent/init/answers.ts'
import { countLines, type DryRun, shareOf } from '../../agent/init/dryrun.ts'
import type { Sighting } from '../../agent/init/seek.ts'
import { composeConfig } from '../../agent/init/yaml.ts'

const written = {
  ...{
    store: 'shop-12',
    timezone: 'Asia/Yekaterinburg',
    stateDir: '/var/lib/chekpost',
    from: 'now' as const,
  },
  ...{ url: 'https://shop.example/local/chekpost/sale.php', secretFile: 'webhook-secret' },
  registers: [
    {
      ...{ name: 'till-1', driver: 'shtrih', address: 'serial:/dev/serial/by-id/usb-a:b?baud=4800' },
      ...{ settings: { frames: 'v2', password: 31 }, serial: '0012340000567890', model: 'РИТЕЙЛ-01Ф\n#x: 1' },
    },
    {
      name: 'till-2',
      driver: 'shtrih',
      address: 'tcp:[fe80::1%eth0]:7778',
      settings: {},
      serial: null,
      model: null,
    },
  ],
}

test('what is written is a right config, with a comment on every line', () => {
  const yaml = composeConfig(written)
  const config = parseConfig(yaml, 'chekpost.yaml')
  expect(config).toMatchObject({
    timezone: 'Asia/Yekaterinburg',
    registers: [
      {
        name: 'till-1',
        serial: '0012340000567890',
        settings: { frames: 'v2', password: 31 },
        quietMs: 5_000,
      },
      { name: 'till-2', serial: null, address: 'tcp:[fe80::1%eth0]:7778' },
    ],
  })
  const lines = yaml.trim().split('\n')
  expect(lines.filter((line) => !line.includes('# '))).toEqual([])
})

test('a serial number of digits alone stays a text, however YAML would read it', () => {
  for (const serial of ['0012340000567890', '1e5', 'null', '12', "it's"]) {
    const [register] = written.registers
    if (register === undefined) throw new Error('there is one')
    const yaml = composeConfig({ ...written, registers: [{ ...register, serial }] })
    expect(parseConfig(yaml, 'c').registers[0]?.serial).toBe(serial)
  }
})

test('a bare name of a site becomes the usual address of the receiver, a whole address stays', () => {
  expect(receiverUrl('shop.example')).toBe('https://shop.example/local/chekpost/sale.php')
  expect(receiverUrl('https://shop.example/')).toBe('https://shop.example/local/chekpost/sale.php')
  expect(receiverUrl('https://shop.example/a/b.php')).toBe('https://shop.example/a/b.php')
  expect(receiverUrl('ftp://shop.example')).toBeNull()
  expect(receiverUrl('no site')).toBeNull()
})

test('answers that make no sense are not taken', () => {
  expect([checkStore('shop-12'), checkZone('Europe/Moscow'), checkFrom('120')]).toEqual([null, null, null])
  expect([checkStore('магазин'), checkZone('Moscow'), checkFrom('yesterday')]).not.toContain(null)
  expect([fromOf('ledger'), fromOf('7'), fromOf('0'), fromOf('-1')]).toEqual(['ledger', 7, null, null])
})

test('registers are chosen by their numbers', () => {
  const [one, two] = ['a', 'b'].map((address) => ({ address }) as Sighting)
  const found = [one, two].flatMap((it) => it ?? [])
  expect(chosen('2', found)).toEqual([two])
  expect(chosen('2, 1 2', found)).toEqual([two, one])
  expect([chosen('3', found), chosen('', found), chosen('x', found)]).toEqual([null, null, null])
})

test('lines are counted by what the site can find their product by', () => {
  const none = { gtin: null, ean: null, article: null, mark: null, raw: null }
  const start: DryRun = { receipts: 0, coded: 0, named: 0, review: 0, cut: null }
  const counted = countLines(start, [
    { move: 'out', code: { ...none, ean: '4600000000000' } },
    { move: 'in', code: { ...none, article: 'A1' } },
    { move: 'out', code: none },
    { move: 'review', code: { ...none, gtin: '04600000000000' } },
    { move: 'none', code: none },
  ])
  expect(counted).toEqual({ receipts: 1, coded: 2, named: 1, review: 1, cut: null })
  expect(shareOf(counted)).toBe(0.5)
  expect(shareOf(start)).toBe(1)
})
