/** `chekpost config check`: is the config right, and can all files that it names be read. */
import { Command } from 'commander'
import { type Config, describeConfig } from '../config.ts'
import { destinationsOf } from '../destinations.ts'
import { checkPage } from '../status/pagefiles.ts'
import { UsageError } from '../usage.ts'
import { type Context, loadConfig, print, printJson } from './context.ts'
import { example, words } from './words.ts'

/** Throws `UsageError`. */
function checked(context: Context, file: string): Config {
  const config = loadConfig({ ...context, configPath: file })
  destinationsOf(config, context.environment, file)
  checkPage(config, context.environment, file)
  return config
}

/** A program gets JSON whatever the config is like; null when the faults have been told. */
function checkedOrTold(context: Context, file: string): Config | null {
  try {
    return checked(context, file)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    printJson(context, { ok: false, faults: error.text[context.language] })
    process.exitCode = 2
    return null
  }
}

export function configCommand(context: Context): Command {
  const check = new Command('check')
    .description(words(context, 'проверить файл настроек', 'check the config file'))
    .argument('[file]', words(context, 'файл настроек', 'the config file'), context.configPath)
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost config check', 'chekpost config check ./chekpost.yaml'))
    .action((file: string, options: { json?: boolean }) => {
      const config = options.json ? checkedOrTold(context, file) : checked(context, file)
      if (config === null) return
      if (options.json) printJson(context, { ok: true, registers: config.registers.map(({ id }) => id) })
      else print(context, describeConfig(config, context.language))
    })
  return new Command('config')
    .description(words(context, 'файл настроек', 'the config file'))
    .addCommand(check)
}
