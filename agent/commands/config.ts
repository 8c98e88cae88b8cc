/** `chekpost config check`: is the config right, and can all files that it names be read. */
import { Command } from 'commander'
import { describeConfig } from '../config.ts'
import { destinationsOf } from '../destinations.ts'
import { type Context, loadConfig, print, printJson } from './context.ts'
import { example, words } from './words.ts'

export function configCommand(context: Context): Command {
  const check = new Command('check')
    .description(words(context, 'проверить файл настроек', 'check the config file'))
    .argument('[file]', words(context, 'файл настроек', 'the config file'), context.configPath)
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost config check', 'chekpost config check ./chekpost.yaml'))
    .action((file: string, options: { json?: boolean }) => {
      const config = loadConfig({ ...context, configPath: file })
      destinationsOf(config, context.environment, file)
      if (options.json) printJson(context, { ok: true, registers: config.registers.map(({ id }) => id) })
      else print(context, describeConfig(config, context.language))
    })
  return new Command('config')
    .description(words(context, 'файл настроек', 'the config file'))
    .addCommand(check)
}
