/** Node's module hooks: our own compiled modules come rewritten, everything else as it is. */
import { readFileSync } from 'node:fs'
import type { LoadHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rewrite } from './rewrite.ts'

/** The compiled program, and the planted bugs of the fuzzer's own test. */
const ours = /\/dist\/((?:agent|drivers|test\/fuzz\/planted)\/.+\.js)$/

export const load: LoadHook = (url, context, nextLoad) => {
  const name = ours.exec(url)?.[1]
  if (name === undefined) return nextLoad(url, context)
  const source = rewrite(readFileSync(fileURLToPath(url), 'utf8'), name)
  return { format: 'module', source, shortCircuit: true }
}
