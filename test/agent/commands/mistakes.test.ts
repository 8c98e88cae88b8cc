/** What is said of wrong use, for every command that there is. */
import { PassThrough } from 'node:stream'
import { type Command, InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { program } from '../../../agent/cli.ts'
import type { Context } from '../../../agent/commands/context.ts'
import { replayCommand } from '../../../agent/commands/replay.ts'
import type { Language } from '../../../agent/text.ts'
import { environment, never } from '../daemon.ts'

const contextIn = (language: Language): Context => ({
  ...{ environment, language, configPath: '/nowhere.yaml', out: new PassThrough(), input: process.stdin },
  ...{ interactive: false, signal: never },
})

/** What is said of a command line that commander refuses. */
async function saidOf(language: Language, line: string): Promise<string> {
  const top = await program(contextIn(language), [])
  let said = ''
  const hear = (command: Command) => {
    command.configureOutput({
      writeErr: (words) => {
        said += words
      },
    })
    for (const inner of command.commands) hear(inner)
  }
  hear(top)
  const words = line.split(' ').map((word) => word.replaceAll('_', ' '))
  await top.parseAsync(words, { from: 'user' }).catch(() => undefined)
  return said
}

async function everyCommand(language: Language): Promise<Command[]> {
  const withInner = (command: Command): Command[] => [command, ...command.commands.flatMap(withInner)]
  return withInner(await program(contextIn(language), []))
}

test('whatever a person writes behind any option, a fault is told in both languages with what is allowed', async () => {
  const nonsense = ['x y', '-1', '0', '', '5-1', '2026-02-31', '99999999999', '1e9', '9'.repeat(2000)]
  const told: string[] = []
  for (const { options } of await everyCommand('ru'))
    for (const { flags, parseArg } of options)
      for (const value of nonsense)
        try {
          parseArg?.(value, undefined)
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error
          // Of a choice commander itself tells what there is to choose from.
          if (error.message.startsWith('Allowed choices')) continue
          expect(error.message, flags).toMatch(/^[\x20-\x7e]*\d?[\x20-\x7e]*\ue000.*[а-я]/)
          told.push(flags)
        }
  for (const flags of ['--limit <n>', '--minutes <n>', '--fd <range>', '--since <time>', '--sum <range>'])
    expect(told).toContain(flags)
  for (const flags of ['--at <n>', '--type <n>', '--documents <n>', '--for <time>', '--fn <number>'])
    expect(told).toContain(flags)
})

test.each([
  ['outbox ls --limit 0', /--limit <n>: неверно «0», нужно целое число от 1\./, /a whole number from 1 on/],
  ['outbox audits --limit 2000', /нужно целое число от 1 до 1000/, /from 1 to 1000 is wanted/],
  ['pause till-1 --reason x --minutes 0', /нужно целое число от 1 до 240/, /from 1 to 240 is wanted/],
  ['pause till-1 --reason _', /нужны слова/, /words are wanted/],
  ['outbox ls --since 1', /нужна дата, .*2026-08-01T12:30/, /a day is wanted/],
  ['read --fd 9-8', /номера по возрастанию: 120 или 120-150/, /two in their order/],
  ['statu', /нет такой команды: statu\. \(Может быть, status\?\)/, /\(Did you mean status\?\)/],
])('%s', async (line, russian, english) => {
  expect(await saidOf('ru', line)).toMatch(russian)
  expect(await saidOf('ru', line)).toMatch(/→ Справка: chekpost/)
  expect(await saidOf('en', line)).toMatch(english)
  for (const language of ['ru', 'en'] as const) expect(await saidOf(language, line)).not.toContain('\ue000')
})

test.each([
  ['status other.yaml', 'chekpost status --config other.yaml'],
  ['config check a.yaml b.yaml', 'chekpost config check --config b.yaml'],
  ['config other.yaml', 'chekpost config check other.yaml'],
  ['doctor till-1', 'chekpost doctor --register till-1'],
  ['replay 120-130', 'chekpost replay --fd 120-130'],
])('a word that is meant for an option is led there: %s', async (line, hint) => {
  expect(await saidOf('ru', line)).toContain(`→ Может быть, так: ${hint}\n`)
  expect(await saidOf('en', line)).toContain(`→ Perhaps so: ${hint}\n`)
})

test('words too many are named', async () => {
  expect(await saidOf('ru', 'token a b')).toContain('лишние слова: a b.')
  expect(await saidOf('en', 'token a b')).toContain('words too many: a b\n')
})

test('what help says of a command, an option or an argument is in the language of the person', async () => {
  const texts = async (language: Language) =>
    (await everyCommand(language)).flatMap((command) => [
      command.description(),
      ...command.options.map(({ description }) => description),
      ...command.registeredArguments.map(({ description }) => description),
    ])
  const [russian, english] = [await texts('ru'), await texts('en')]
  expect(russian).toHaveLength(english.length)
  const names = /^FN<16>-FD<n>, <n>$/
  expect(russian.filter((said) => !/[а-яё]/i.test(said) && !names.test(said))).toEqual([])
  expect(english.filter((said) => /[а-яё]/i.test(said) || said === '')).toEqual([])
})

test('help says which options are wanted', async () => {
  const helpOf = async (language: Language) => {
    const top = await program(contextIn(language), [])
    return top.commands.find((command) => command.name() === 'pause')?.helpInformation() ?? ''
  }
  expect(await helpOf('ru')).toMatch(/--reason <text>.*зачем \(сохраняется\) \(обязательно\)/)
  expect(await helpOf('en')).toMatch(/--reason <text>.*why \(it is kept\) \(required\)/)
  expect(await helpOf('en')).not.toMatch(/--minutes.*required/)
})

test('a range of times whose ends are exchanged is told, and nothing is looked up', async () => {
  const words = ['--from', '2026-08-02', '--to', '2026-08-01', '--dry-run']
  const asked = replayCommand(contextIn('en')).parseAsync(words, { from: 'user' })
  await expect(asked).rejects.toThrow('exchange them')
})
