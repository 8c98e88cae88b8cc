import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { tell } from './tell.ts'

// Hundreds of commits and of answers over a socket, hence some time.
test.each(cases)('the outbox and the delivery keep their promises: $found', async (story) => {
  expect((await tell(story)).size).toBeGreaterThan(0)
})
