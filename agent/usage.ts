/** An error that the person at the terminal can mend: wrong use or wrong config; the process ends with code 2. */
import type { Text } from './text.ts'

export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly text: Text

  constructor(said: Text, options?: ErrorOptions) {
    super(said.en, options)
    this.text = said
  }
}

/** An error that ends a command with code 1 and is told in the person's language. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly text: Text

  constructor(said: Text, options?: ErrorOptions) {
    super(said.en, options)
    this.text = said
  }
}
