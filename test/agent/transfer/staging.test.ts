import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { largestFile, Staging } from '../../../agent/transfer/staging.ts'
import { imported, plain, shop } from '../importworkshop.ts'
import { folder } from '../store/workshop.ts'

/** A folder for files, at a time that can be moved. */
function staged() {
  const stateDir = folder()
  const clock = { now: Date.now() }
  return {
    stateDir,
    clock,
    staging: new Staging(stateDir, () => clock.now),
    files: join(stateDir, 'imports'),
  }
}

test('a file comes in pieces, is read as often as wanted, and is for nobody else to read', async () => {
  const { staging, files } = staged()
  const half = Math.floor(plain.length / 2)
  const { upload } = await staging.add(null, 0, Buffer.from(plain.slice(0, half)))
  await staging.add(upload, half, Buffer.from(plain.slice(half)))
  for (let time = 0; time < 2; time++)
    expect(await imported(shop(), [await staging.source(upload)])).toMatchObject({ kept: 1 })
  expect(statSync(join(files, upload)).mode & 0o777).toBe(0o600)
  await staging.forget([upload])
  const source = await staging.source(upload)
  await expect(imported(shop(), [source])).rejects.toThrow('waits here no longer')
})

test('a piece twice, a piece out of order, and a file too large are refused', async () => {
  const { staging } = staged()
  const { upload } = await staging.add(null, 0, Buffer.from('abc'))
  for (const at of [0, 2, 4])
    await expect(staging.add(upload, at, Buffer.from('d'))).rejects.toThrow('Choose it again')
  await expect(staging.add(null, 5, Buffer.from('d'))).rejects.toThrow('Choose it again')
  await expect(staging.add(upload, largestFile, Buffer.from('d'))).rejects.toThrow('larger than 64 MB')
})

test('files that were never imported go: the old ones, and the oldest of too many', async () => {
  const { staging, files, clock } = staged()
  const { upload } = await staging.add(null, 0, Buffer.from('old'))
  utimesSync(join(files, upload), 0, clock.now / 1000 - 3_700)
  for (let n = 0; n < 30; n++) writeFileSync(join(files, `left-${n}`), '')
  const { upload: newest } = await staging.add(null, 0, Buffer.from('new'))
  const left = readdirSync(files)
  expect(left).toHaveLength(16)
  expect(left).toContain(newest)
  expect(left).not.toContain(upload)
})

test('a file that was put away before its turn is told as such, and one in use is not put away', async () => {
  const { staging, files } = staged()
  const { upload } = await staging.add(null, 0, Buffer.from(plain))
  const source = await staging.source(upload)
  utimesSync(join(files, upload), 0, 1)
  await staging.source(upload)
  await staging.add(null, 0, Buffer.from('new'))
  expect(await imported(shop(), [source], { dryRun: true })).toMatchObject({ kept: 1 })
  await staging.forget([upload])
  await expect(imported(shop(), [source])).rejects.toThrow('waits here no longer')
})
