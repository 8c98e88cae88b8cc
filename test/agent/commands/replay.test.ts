import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../../../agent/commands/context.ts'
import { outboxCommand } from '../../../agent/commands/outbox.ts'
import { replayCommand } from '../../../agent/commands/replay.ts'

const context = { language: 'en', configPath: '/nowhere.yaml', out: new PassThrough() } as unknown as Context
const run = (...args: readonly string[]) => replayCommand(context).parseAsync(args, { from: 'user' })

test.each([
  ['nothing', [], 'Say what to send'],
  ['a QR and all that is parked', ['--qr', 't=1', '--parked'], '--qr names one receipt'],
  ['a QR and numbers', ['--qr', 't=1', '--fd', '1-5'], '--qr names one receipt'],
] as const)('a replay of %s is refused before anything is looked up', async (_, args, said) => {
  await expect(run(...args)).rejects.toThrow(said)
})

test('a list that is longer than one list may be is led to the export', async () => {
  const asked = outboxCommand(context).parseAsync(['ls', '--limit', '10001'], { from: 'user' })
  await expect(asked).rejects.toThrow('chekpost outbox export')
})
