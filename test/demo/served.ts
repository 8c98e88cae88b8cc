/** Whether a status page answers. */
import { get } from 'node:http'

/**
 * Not by `fetch`: its parser is WebAssembly, and a process of Node 20 that ends while that is still being compiled may
 * turn for ever at its exit.
 */
export function isServed(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(new URL('/healthz', address), (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
  })
}
