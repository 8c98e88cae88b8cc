/** What the kernel is really told about our sockets: options given in the wrong place are passed over in silence. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const built = fileURLToPath(new URL('../../../dist/drivers/index.js', import.meta.url))

/** Connects by the built product to a listener of its own and ends. */
const program = `
  import { createServer } from 'node:net'
  import { openLine } from ${JSON.stringify(built)}
  const server = createServer().listen(0, '127.0.0.1', async () => {
    const line = await openLine('tcp:127.0.0.1:' + server.address().port, new AbortController().signal)
    await line[Symbol.asyncDispose]()
    server.close()
  })
`

test('a TCP line sends every byte at once and notices a vanished peer by keep-alive', () => {
  const traced = spawnSync(
    'strace',
    ['-f', '-e', 'trace=setsockopt', process.execPath, '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
  expect(traced.status, 'strace is needed: apt-get install strace').toBe(0)
  expect(traced.stderr).toMatch(/TCP_NODELAY, \[1\]/)
  expect(traced.stderr).toMatch(/SO_KEEPALIVE, \[1\]/)
})
