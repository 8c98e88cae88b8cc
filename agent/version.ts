/** The version of this very program, from its own package.json. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const Package = z.object({ version: z.string() })

/** Found from the sources and from `dist/` alike. */
export function version(): string {
  for (const place of ['../package.json', '../../package.json']) {
    const url = new URL(place, import.meta.url)
    if (existsSync(url)) return Package.parse(JSON.parse(readFileSync(url, 'utf8'))).version
  }
  return '0.0.0'
}
