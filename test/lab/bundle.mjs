/** Prints the names of what lies in a support file, and fails when the secret is in it: node bundle.mjs ZIP SECRET-FILE */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { unzipSync } = createRequire('/opt/chekpost/package.json')('fflate')
const [zip, secretFile] = process.argv.slice(2)
const secret = readFileSync(secretFile, 'utf8')
  .trim()
  .replace(/^whsec_/, '')
for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
  console.log(`${name} ${bytes.length}`)
  if (Buffer.from(bytes).includes(secret)) process.exitCode = 1
}
