/** What `init` is about to write, proved to be a right config. */
import { type Config, parseConfig } from '../config.ts'
import { composeConfig, type Written } from './yaml.ts'

/** The answers, the file made of them, and what the daemon will read in it. */
export interface Draft {
  readonly written: Written
  readonly content: string
  readonly config: Config
}

/** Throws `UsageError` for answers that make no right config; `path` stands in its words. */
export function draftOf(written: Written, path: string): Draft {
  const content = composeConfig(written)
  return { written, content, config: parseConfig(content, path) }
}
