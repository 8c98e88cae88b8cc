/**
 * Runs inside the agent: counts how often each point is met and dies, at once and by SIGKILL, at the chosen meeting.
 * Pauses of jitter are shortened, so that a run is not spent waiting for them.
 */
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const meetings: number[] = []
let armed = -1
let left = 0

/** `<point>:<meeting>`: from the first step on; also what a parent may send later. */
function arm(target: string): void {
  const [point, meeting] = target.split(':')
  armed = Number(point)
  left = Number(meeting)
}

/** Called at every point. */
export function met(point: number): void {
  meetings[point] = (meetings[point] ?? 0) + 1
  if (point !== armed) return
  left--
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}

/** The same behind an expression. */
export function passed<Value>(point: number, value: Value): Value {
  met(point)
  return value
}

if (isMainThread) {
  const { KILL_AT: target, KILL_COUNTS: counts } = process.env
  if (target !== undefined) arm(target)
  if (counts !== undefined) process.on('exit', () => writeFileSync(counts, JSON.stringify(meetings)))
  process.on('message', (message) => {
    if (message === 'count') process.send?.([...meetings])
    else arm(String(message))
  })
  process.channel?.unref()
  const random = Math.random
  Math.random = () => random() / 50
}
