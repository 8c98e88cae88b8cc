/** What another process has used of the processor. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** User and system time of a process so far, seconds. */
export function processorSeconds(pid: number): number {
  return ticksOf(pid) / ticksASecond()
}

/** User and system time; the name in parentheses may hold blanks (proc(5)). */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function ticksASecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}
