/** A driver that is connected to the bench register, and what its tests say of the two. */
import { expect } from 'vitest'
import { type RawDocument, type Register, RegisterError } from '../../../drivers/contract.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { benchDocument, body, number } from './benchdocument.ts'
import { type BenchRegister, benchRegister } from './benchregister.ts'

/** Short limits: nothing on the bench takes time. */
export const quick = {
  byteTimeoutMs: 4,
  controlTimeoutMs: 8,
  answerTimeoutMs: 20,
  stillMs: 2,
  tries: 4,
  finishMs: 500,
}
export const settings = shtrih.settings.parse(quick)
export const never = new AbortController().signal

/** A register with the receipt in it, connected; `asked` is forgotten. */
export async function connected(
  change: (bench: BenchRegister) => void = () => {},
): Promise<[Register, BenchRegister]> {
  const bench = benchRegister()
  bench.documents.set(number, benchDocument())
  const register = await shtrih.connect(bench, settings, never)
  bench.asked.length = 0
  change(bench)
  return [register, bench]
}

export async function faultOf(work: Promise<unknown>): Promise<RegisterError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof RegisterError)) throw new Error(`not a RegisterError: ${error}`)
  return error
}

export function expectWhole(document: RawDocument) {
  expect(document.bytes).toEqual(body)
  expect(document).toMatchObject({ storage: '9289000100087745', number, type: 3, remarks: [] })
}
