/** `chekpost outbox import` without a daemon, up to the question that it asks. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../../../agent/commands/context.ts'
import { importCommand } from '../../../agent/commands/outboximport.ts'
import { outboxPath } from '../../../agent/installation.ts'
import { openOutbox } from '../../../agent/store/open.ts'
import { environment, never } from '../daemon.ts'
import { file, taxReceipt } from '../importworkshop.ts'
import { drive, folder, storage } from '../store/workshop.ts'

const foreign = '9285000100150175'

/** An installation with one register and its drive, and how to import a file into it. */
function installed() {
  const place = folder()
  const stateDir = join(place, 'state')
  mkdirSync(stateDir)
  const configPath = join(place, 'chekpost.yaml')
  writeFileSync(
    configPath,
    `store: shop-12
timezone: Europe/Moscow
stateDir: ${stateDir}
registers: [{ name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }]
bitrix: { url: 'https://shop.example/', secretFile: webhook }
`,
  )
  using outbox = openOutbox(outboxPath(stateDir))
  outbox.beginStorage(storage())
  const kept = () => {
    using looked = openOutbox(outboxPath(stateDir))
    return looked.counts()
  }
  /** `answer`: what the person at the terminal types; null = nobody sits there. */
  const run = async (content: string, answer: string | null, ...more: readonly string[]) => {
    const path = join(place, 'receipts.json')
    writeFileSync(path, content)
    const [input, out] = [new PassThrough(), new PassThrough()]
    let said = ''
    out.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (answer !== null && /\(yes\/no\): $/.test(said)) input.write(`${answer}\n`)
    })
    const context: Context = {
      ...{ environment, language: 'en', configPath, out, input: input as unknown as NodeJS.ReadStream },
      ...{ interactive: answer !== null, signal: never },
    }
    await importCommand(context).parseAsync([path, ...more], { from: 'user' })
    return said
  }
  return { run, kept }
}

const ours = file(taxReceipt(1))
const theirs = file(taxReceipt(1, { fiscalDriveNumber: foreign }))

test('a drive that nobody knows is named in a dry run, with why and what to type', async () => {
  const { run, kept } = installed()
  const said = await run(theirs, null, '--dry-run')
  expect(said).toMatch(/^Would be kept: 1, known: 0, go to the site: 1/)
  expect(said).toContain(`drive ${foreign}, documents 1-1: not seen here`)
  expect(said).toMatch(/→ .*--register till-1/)
  expect(kept().documents).toBe(0)
})

test('what cannot be told from another receipt is only shown, and is told why', async () => {
  const said = await installed().run(file(taxReceipt(1, { fiscalSign: undefined })), null, '--dry-run')
  expect(said).toMatch(/Not imported: without that .*\n {2}2020-09-1\d\S* 1\.00: lacks the fiscal sign/)
})

test('nothing is sent to the site, and no drive taken up, before somebody has said yes', async () => {
  const { run, kept } = installed()
  for (const asked of [
    () => run(ours, null),
    () => run(theirs, null, '--register', 'till-1'),
    () => run(ours, 'yes', '--json'),
  ])
    await expect(asked()).rejects.toThrow(/^Nothing was written.*--yes/)
  await expect(run(theirs, null, '--register', 'till-1')).rejects.toThrow(foreign)
  expect(await run(ours, 'no')).toMatch(/go to the site: 1[\s\S]*Nothing was written/)
  expect(kept().documents).toBe(0)
  const said = await run(theirs, 'yes', '--register', 'till-1')
  expect(said).toContain(`drive ${foreign}, documents 1-1: not seen here; imported as of till-1`)
  expect(said).toMatch(
    /Import 1 \(the drive is new here\)\? To the site go: 1\. \(yes\/no\): [\s\S]*Kept: 1,/,
  )
  expect(await run(ours, null, '--yes')).toMatch(/^Kept: 1, known: 0, go to the site: 1/)
  expect(kept()).toMatchObject({ documents: 2, waiting: 2 })
})

test('a file that holds nothing new is imported without a question', async () => {
  const { run } = installed()
  await run(ours, null, '--yes')
  expect(await run(ours, null)).toMatch(new RegExp(`^Kept: 0, known: 1.*\n {2}drive ${drive}`))
})

test('whose a stranger is must be said first, whatever a yes says', async () => {
  const { run, kept } = installed()
  await expect(run(theirs, 'yes')).rejects.toThrow(/not seen here.*--register till-1/)
  await expect(run(theirs, null, '--yes')).rejects.toThrow(/not seen here.*--register till-1/)
  expect(kept().documents).toBe(0)
})
