/** The page's own styles, script and pictures: small files beside this one, read once. */
import { readFileSync } from 'node:fs'

const types = {
  'page.css': 'text/css; charset=utf-8',
  'parts.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'icon-green.svg': 'image/svg+xml',
  'icon-amber.svg': 'image/svg+xml',
  'icon-red.svg': 'image/svg+xml',
  'icon-lost.svg': 'image/svg+xml',
} as const

export type AssetName = keyof typeof types

export const assetNames = Object.keys(types) as AssetName[]

export function asset(name: AssetName): { type: string; bytes: Buffer } {
  return { type: types[name], bytes: readFileSync(new URL(`./assets/${name}`, import.meta.url)) }
}
