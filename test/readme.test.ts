/** What the README leads to is there. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

/** Files of ours that are linked or shown. */
function linked(): string[] {
  const found = readme.matchAll(/\]\(([^)\s]+)[^)]*\)|\b(?:src|href|srcset)="([^"]+)"/g)
  const targets = [...found].map(([, link, source]) => link ?? source ?? '')
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/i.test(target))
    .map((target) => target.replace(/#.*$/, ''))
}

test('every file that the README links or shows exists', () => {
  const files = linked()
  expect(files).toContain('docs/proof.md')
  expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([])
})
