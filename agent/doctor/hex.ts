/** The last bytes of a talk as evidence; what is private in them was left out by whoever listened. */
import type { Driver, Tap } from '../../drivers/index.ts'
import { type WireRow, Wiretap } from '../wiretap.ts'

/** The last frames that say what went wrong; more would hide it. */
const shown = 6
/** More than a vain search sends. */
const mostRows = 60
/** A document's portion has hundreds of bytes: its beginning tells what it is. */
const longestBytes = 40

/** `> 05`, `< 15` and so on, the newest last; what was said many times over stands once. Null: nothing was said. */
export function evidence(talk: readonly WireRow[], rows = shown): string | null {
  const said: { row: string; times: number }[] = []
  for (const { way, hex } of talk.filter((one) => one.hex !== '')) {
    const row = `${way} ${cut(hex)}`
    const last = said.at(-1)
    if (last?.row === row) last.times++
    else said.push({ row, times: 1 })
  }
  const latest = said.slice(-rows).map(({ row, times }) => (times === 1 ? row : `${row} (×${times})`))
  return latest.length === 0 ? null : latest.join('\n')
}

/** A talk in which nobody was met: all that was sent is shown, for that is what somebody will be asked about. */
export function wholeEvidence(driver: Pick<Driver, 'explain' | 'words'>, tap: Tap): string | null {
  return evidence(wiretapOf(driver, tap).lastTalk(), mostRows)
}

/** The same of a line that was opened for the doctor alone. */
export function evidenceOf(driver: Pick<Driver, 'explain' | 'words'>, tap: Tap): string | null {
  return evidence(wiretapOf(driver, tap).lastTalk())
}

function wiretapOf(driver: Pick<Driver, 'explain' | 'words'>, tap: Tap): Wiretap {
  return new Wiretap(tap, driver)
}

function cut(hex: string): string {
  const bytes = hex.split(' ')
  return bytes.length > longestBytes ? `${bytes.slice(0, longestBytes).join(' ')} …` : hex
}
