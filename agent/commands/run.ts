/** `chekpost run`: the daemon. */
import { existsSync, statSync } from 'node:fs'
import { Command } from 'commander'
import { keepHeapSmall } from '../heap.ts'
import { LogTail, openLog } from '../log.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { type Context, loadConfig } from './context.ts'
import { example, words } from './words.ts'

/** Root's files in the daemon's directory would keep the daemon out. */
function refuseRoot(stateDir: string): void {
  if (process.getuid?.() !== 0 || !existsSync(stateDir) || statSync(stateDir).uid === 0) return
  throw new UsageError(
    text(
      `Каталог ${stateDir} принадлежит службе. Запустите её: systemctl start chekpost, или от её имени: sudo -u chekpost chekpost run`,
      `${stateDir} belongs to the daemon. Start it: systemctl start chekpost, or as its user: sudo -u chekpost chekpost run`,
    ),
  )
}

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
      refuseRoot(config.stateDir)
      keepHeapSmall()
      const { runAgent } = await import('../main.ts')
      const logTail = new LogTail()
      await runAgent(
        {
          config,
          configPath: context.configPath,
          environment: context.environment,
          allowDebugDrive: options.allowDebugDrive ?? false,
          log: openLog(config.logLevel, context.out, logTail),
          logTail,
          clock: Date.now,
          random: Math.random,
        },
        context.signal,
      )
    })
}
