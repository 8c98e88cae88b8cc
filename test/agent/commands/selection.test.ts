import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Context } from '../../../agent/commands/context.ts'
import { selectionOf } from '../../../agent/commands/selection.ts'
import { folder } from '../store/workshop.ts'

test('a day or a time since when something was read is that of the shop', () => {
  const configPath = join(folder(), 'chekpost.yaml')
  writeFileSync(
    configPath,
    `store: shop
timezone: Asia/Vladivostok
registers: [{ name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }]
bitrix: { url: 'https://shop.example/', secretFile: webhook }
`,
  )
  const chosen = selectionOf({ configPath } as Context, { since: '2026-08-01T00:00:00', register: 'till-1' })
  expect(chosen).toEqual({ since: Date.parse('2026-07-31T14:00:00Z'), register: 'till-1' })
})

test('a choice without a time needs no config', () => {
  const chosen = selectionOf({ configPath: '/nowhere.yaml' } as Context, { fd: { from: 1, to: 5 } })
  expect(chosen).toEqual({ fromNumber: 1, toNumber: 5 })
})
