/** The config of a shop with one register, for tests that connect to nothing. */
import { parseConfig } from '../../agent/config.ts'

export const config = parseConfig(
  `store: shop
timezone: Europe/Moscow
registers: [{ name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }]
bitrix: { url: 'https://shop.example/', secretFile: webhook }
`,
  'chekpost.yaml',
)
