/** One round at a time: two at once would ask the registers twice and see each other's traces. */

/** The last one in the queue of each owner. */
const last = new WeakMap<object, Promise<unknown>>()

/** Begins when everybody before has ended, well or not; who gives up while waiting leaves the queue as it is. */
export async function inTurn<Result>(
  owner: object,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = last.get(owner) ?? Promise.resolve()
  const mine = before.then(() => {
    signal.throwIfAborted()
    return work()
  })
  last.set(
    owner,
    mine.catch(() => undefined),
  )
  return await Promise.race([mine, aborted(signal, mine)])
}

/** Rejects when the signal aborts; never answers otherwise. */
function aborted(signal: AbortSignal, over: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const give = () => reject(signal.reason as Error)
    if (signal.aborted) return give()
    signal.addEventListener('abort', give, { once: true })
    const forget = () => signal.removeEventListener('abort', give)
    over.then(forget, forget)
  })
}
