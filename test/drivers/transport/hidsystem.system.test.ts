import { expect, test } from 'vitest'
import { loadHid } from '../../../drivers/transport/hidsystem.ts'

test('node-hid as installed here loads its hidraw binary and lists devices (needs libusb-1.0-0)', async () => {
  const system = await loadHid()
  expect(await system.devices(0x1209, 0xfffe)).toEqual([])
})
