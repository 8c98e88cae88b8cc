/** The steps of `chekpost init`, loaded when it runs: most commands need none of it. */
import { type Draft, draftOf } from '../init/draft.ts'
import { type Combined, combine, type Former, none } from '../init/former.ts'
import { type KeptSecret, keepSecret, missingGroup, writeConfig } from '../init/writing.ts'
import type { Written } from '../init/yaml.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { interviewAt } from './asking.ts'
import { type Context, print, say } from './context.ts'
import { asksPerson, demandSome, type InitDone, type InitOptions } from './init.ts'
import { ask, demandAnswers } from './initquestions.ts'
import { choose, seek } from './initseek.ts'
import { lineForSite, meetSite, tellSite } from './initsite.ts'
import { runDry } from './inittrial.ts'

/** Carries everything out and tells it on the way, unless `--json` wants one value at the end. */
export async function conduct(context: Context, options: InitOptions, former: Former): Promise<InitDone> {
  const teller = options.json === true ? quiet(context) : context
  const { input, out, language, signal } = context
  const interviewer = asksPerson(options) ? interviewAt(input, out, language, unanswered, signal) : null
  demandAnswers(options, former, interviewer !== null)
  const sought = await seek(context, teller, options, interviewer)
  demandSome(sought.found)
  const registers = await choose(teller, sought.found, interviewer)
  const combined = combine(sought.found, registers, former.registers)
  // Before anything is written: what is wrong with an answer is said here.
  const draft = drafted(
    teller,
    await ask(options, combined.registers, former, interviewer),
    context.configPath,
  )
  const { written, config } = draft
  const kept = keepSecret(written.secretFile, context.configPath)
  const before = writeConfig(context.configPath, draft.content)
  tellWritten(teller, kept, before, combined, former)
  const onSite = config.registers.map(({ id }) => lineForSite(id, kept.secret))
  tellSite(teller, config, onSite)
  const welcomes = await meetSite(context, teller, draft, interviewer)
  const dryRun = options.trial === false ? null : await runDry(context, teller, registers, written.timezone)
  tellNext(teller)
  return {
    ...{ config: context.configPath, secretFile: kept.path, onSite, dryRun },
    registers: config.registers.map(({ id, address, serial }) => ({ id, address, serial })),
    tests: welcomes.map(({ register, finding }) => ({
      ...{ register, ok: finding.verdict !== 'bad', said: finding.text[context.language] },
    })),
  }
}

const unanswered = text(
  'Вопросы остались без ответа. Без вопросов: chekpost init --yes --store … --url …',
  'Questions were left without an answer. Without questions: chekpost init --yes --store … --url …',
)

/** With all that the earlier config said, unless that has faults of its own: then with the registers' names alone. */
function drafted(context: Context, written: Written, configPath: string): Draft {
  try {
    return draftOf(written, configPath)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const registers = written.registers.map((register) => ({ ...register, kept: {} }))
    const bare = draftOf({ ...written, registers, bitrix: null, kept: {} }, configPath)
    const { ru, en } = error.text
    say(
      context,
      text(
        `Из прежних настроек взяты только кассы: ${ru}`,
        `Of the config before, only the registers were kept: ${en}`,
      ),
    )
    return bare
  }
}

function tellWritten(
  context: Context,
  secret: KeptSecret,
  before: string | null,
  { unmet, lost }: Combined,
  former: Former,
): void {
  const { configPath } = context
  say(
    context,
    secret.made
      ? text(
          `\nЗаписано: ${configPath} и секрет ${secret.path}`,
          `\nWritten: ${configPath} and the secret ${secret.path}`,
        )
      : text(
          `\nЗаписано: ${configPath}; секрет прежний: ${secret.path}`,
          `\nWritten: ${configPath}; the secret is the one before: ${secret.path}`,
        ),
  )
  if (before !== null) say(context, text(`Прежние настройки: ${before}`, `The config before: ${before}`))
  if (before !== null && former === none)
    say(
      context,
      text(
        'Разобрать их не удалось, имена касс новые. Если касса звалась иначе, верните её имя до запуска службы.',
        "They could not be read, so the registers' names are new. Give a register its name back before the daemon starts.",
      ),
    )
  for (const name of unmet)
    say(
      context,
      text(
        `Касса ${name} не найдена и оставлена как была. Если её больше нет, удалите её из настроек.`,
        `The register ${name} was not found and is left as it was. If it is no more, remove it from the config.`,
      ),
    )
  for (const name of lost)
    say(
      context,
      text(
        `Касса ${name} не найдена и не записана: по её адресу в прежних настройках кассы нет или теперь другая.`,
        `The register ${name} was not found and is not written: at its address in the config before there is none, or another one now.`,
      ),
    )
  const missing = missingGroup()
  if (missing !== null) say(context, missing)
}

/** The same context that prints nothing. */
function quiet(context: Context): Context {
  const out = Object.assign(Object.create(context.out), { write: () => true })
  return { ...context, out }
}

function tellNext(context: Context): void {
  say(context, text('\nДальше:', '\nNext:'))
  for (const command of [
    'chekpost config check',
    'systemctl enable --now chekpost',
    'chekpost doctor',
    'chekpost token',
  ])
    print(context, `  ${command}`)
}
