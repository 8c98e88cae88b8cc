/** Of many inputs the few, and small, that still take every way: what is worth keeping in the repository. */
import type { Edges } from './edges.ts'
import type { Loop } from './loop.ts'

/** Bytes of all kept inputs of one target. */
const budget = 18_000
/** How many cuts are tried on one input. */
const mostCuts = 60

/** The smallest inputs first, each only if it adds a way, each without the parts that do not matter to that. */
export async function distil(loop: Loop, edges: Edges): Promise<Uint8Array[]> {
  const known = new Set<number>()
  const kept: Uint8Array[] = []
  let left = budget
  for (const input of [...loop.corpus].sort((a, b) => a.length - b.length)) {
    const added = (await traceOf(input, loop, edges)).filter((edge) => !known.has(edge))
    if (added.length === 0) continue
    const small = await cutDown(input, added, loop, edges)
    if (small.length > left) continue
    left -= small.length
    kept.push(small)
    for (const edge of await traceOf(small, loop, edges)) known.add(edge)
  }
  return kept
}

async function traceOf(input: Uint8Array, loop: Loop, edges: Edges): Promise<number[]> {
  edges.clear()
  await loop.attempt(input)
  return edges.trace()
}

async function cutDown(
  input: Uint8Array,
  wanted: readonly number[],
  loop: Loop,
  edges: Edges,
): Promise<Uint8Array> {
  let best = input
  let cuts = 0
  for (let size = best.length >> 1; size > 0 && cuts < mostCuts; size >>= 1)
    for (let at = 0; at < best.length && cuts < mostCuts; cuts++) {
      const shorter = new Uint8Array(Buffer.concat([best.subarray(0, at), best.subarray(at + size)]))
      const trace = new Set(await traceOf(shorter, loop, edges))
      if (wanted.every((edge) => trace.has(edge))) best = shorter
      else at += size
    }
  return best
}
