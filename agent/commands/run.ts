/** `chekpost run`: the daemon. */
import { Command } from 'commander'
import { openLog } from '../log.ts'
import { type Context, loadConfig } from './context.ts'
import { example, words } from './words.ts'

export function runCommand(context: Context): Command {
  return new Command('run')
    .description(
      words(
        context,
        'служба: читает кассы и отправляет чеки',
        'the daemon: reads the registers, sends the receipts',
      ),
    )
    .option(
      '--allow-debug-drive',
      words(context, 'отправлять и с отладочного ФН (для проб)', 'send from a debug drive too (for trials)'),
    )
    .addHelpText('after', example(context, 'chekpost run', 'chekpost run --config ./chekpost.yaml'))
    .action(async (options: { allowDebugDrive?: boolean }) => {
      const config = loadConfig(context)
      const { runAgent } = await import('../main.ts')
      await runAgent(
        {
          config,
          configPath: context.configPath,
          environment: context.environment,
          allowDebugDrive: options.allowDebugDrive ?? false,
          log: openLog(config.logLevel, context.out),
          clock: Date.now,
          random: Math.random,
        },
        context.signal,
      )
    })
}
