/** The daemon as a whole: what it tells the site of itself beside the receipts. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pause } from '../../drivers/index.ts'
import { Daemon, never } from './daemon.ts'

const heartbeats = ({ bitrix }: Daemon) => bitrix.asides.filter(({ type }) => type === 'pos.heartbeat')

test('a site that hangs at heartbeats gets every receipt all the same', async () => {
  const daemon = await Daemon.open()
  daemon.bitrix.behaveAside = () => 'hang'
  await daemon.start()
  await daemon.until(() => heartbeats(daemon).length === 1)
  daemon.sell(3)
  await daemon.delivered(3)
  expect(heartbeats(daemon)).toHaveLength(1)
  expect(daemon.bitrix.counts().booked).toBe(3)
})

test('nothing is told before the register was looked at, and then what was seen there', async () => {
  const daemon = await Daemon.open()
  daemon.sell(1)
  daemon.register.silence(true)
  await daemon.start()
  await pause(700, never)
  expect(heartbeats(daemon)).toEqual([])
  daemon.register.silence(false)
  await daemon.until(() => heartbeats(daemon).length === 1)
  const { device } = JSON.parse(heartbeats(daemon)[0]?.body ?? '{}')
  expect(device).toMatchObject({ fn: daemon.register.storage, serial: daemon.register.serial })
})

test('with heartbeatMinutes: 0 none is sent', async () => {
  const daemon = await Daemon.open({}, { bitrix: 'heartbeatMinutes: 0' })
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(1)
  await pause(400, never)
  expect(heartbeats(daemon)).toEqual([])
})

test('the ledger that took the first receipt is on the disk before the receipt counts as delivered', async () => {
  const daemon = await Daemon.open({}, { bitrix: 'heartbeatMinutes: 0' })
  const path = join(daemon.stateDir, 'site.json')
  await daemon.start()
  await pause(200, never)
  expect(existsSync(path)).toBe(false)
  daemon.sell(1)
  await daemon.delivered(1)
  const { registers } = JSON.parse(readFileSync(path, 'utf8'))
  expect(registers).toMatchObject({ 'till-1': { ledgerId: daemon.bitrix.ledger.id, host: 'shop.example' } })
  const { registers: shown } = await daemon.desk.status({}, never)
  expect(shown[0]?.site).toMatchObject({ ledgerId: daemon.bitrix.ledger.id, changed: null })
})

test('another host is red in the status, and the receipts go on', async () => {
  const daemon = await Daemon.open()
  daemon.sell(1)
  await daemon.start()
  await daemon.delivered(1)
  daemon.bitrix.host = 'new.example'
  daemon.sell(1)
  await daemon.delivered(2)
  const { health } = await daemon.desk.status({}, never)
  expect(health).toMatchObject({ colour: 'red', text: { en: expect.stringContaining('is new.example') } })
  expect(daemon.log.filter((line) => line.includes('the receiver has changed'))).toHaveLength(1)
})
