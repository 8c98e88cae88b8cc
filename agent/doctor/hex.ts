/** The last bytes of a talk as evidence, with whatever is private in them left out. */
import type { Driver, Overheard, TalkPiece } from '../../drivers/index.ts'

/** The last frames that say what went wrong; more would hide it. */
const shown = 6
/** A document's portion has hundreds of bytes: its beginning tells what it is. */
const longestBytes = 40

/** `> 02 05 10 ·· …` and `< …`, the newest last; null when nothing was said. */
export function evidence(driver: Pick<Driver, 'explain'>, talk: readonly Overheard[]): string | null {
  const pieces = talk.flatMap(({ way, bytes }): TalkPiece[] =>
    way === '>' || way === '<' ? [{ way, bytes }] : [],
  )
  const frames = driver.explain(pieces.slice(-64)).slice(-shown)
  if (frames.length === 0) return null
  return frames
    .map(({ way, frame, private: hidden }) => `${way ?? '?'} ${masked(frame, hidden?.bytes ?? [])}`)
    .join('\n')
}

function masked(frame: string, hidden: readonly (readonly [from: number, to: number])[]): string {
  const bytes = frame.match(/../g) ?? []
  const told = bytes.map((byte, at) =>
    hidden.some(([from, to]) => at >= from && at < to) ? '··' : byte.toUpperCase(),
  )
  return told.length > longestBytes ? `${told.slice(0, longestBytes).join(' ')} …` : told.join(' ')
}
