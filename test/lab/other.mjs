/** Another program that wants the register's port: opens it and asks whether anybody is there. node other.mjs ADDRESS */
import { openLine } from '/opt/chekpost/dist/drivers/index.js'

const enquiry = 0x05
const limit = AbortSignal.timeout(240_000)
try {
  const line = await openLine(process.argv[2], limit)
  try {
    await line.write(Uint8Array.of(enquiry), limit)
    console.log(`answered ${Buffer.from(await line.read(limit)).toString('hex')}`)
  } finally {
    await line[Symbol.asyncDispose]()
  }
} catch (error) {
  console.log(error.message)
  process.exitCode = 1
}
