/** The last bytes of a talk as evidence; what is private in them was left out by whoever listened. */
import type { Driver, Tap } from '../../drivers/index.ts'
import { type WireRow, Wiretap } from '../wiretap.ts'

/** The last frames that say what went wrong; more would hide it. */
const shown = 6
/** A document's portion has hundreds of bytes: its beginning tells what it is. */
const longestBytes = 40

/** `> 05`, `< 15` and so on, the newest last; null when nothing was said. */
export function evidence(talk: readonly WireRow[]): string | null {
  const said = talk.filter(({ hex }) => hex !== '').slice(-shown)
  return said.length === 0 ? null : said.map(({ way, hex }) => `${way} ${cut(hex)}`).join('\n')
}

/** The same of a line that was opened for the doctor alone. */
export function evidenceOf(driver: Pick<Driver, 'explain'>, tap: Tap): string | null {
  return evidence(new Wiretap(tap, (pieces) => driver.explain(pieces)).lastTalk())
}

function cut(hex: string): string {
  const bytes = hex.split(' ')
  return bytes.length > longestBytes ? `${bytes.slice(0, longestBytes).join(' ')} …` : hex
}
