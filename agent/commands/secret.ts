/**
 * `chekpost secret rotate`: a new secret beside the old one, and later without it. While there are two, everything is
 * signed with both, so that the site may know either; the old one goes only when the site has believed the new.
 */
import { Command } from 'commander'
import type { Config, RegisterConfig } from '../config.ts'
import { destinationsOf, type Receiver, type ReceiverWay } from '../destinations.ts'
import { findSecrets, newSecret, writeSecrets } from '../secrets.ts'
import { type Text, text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import { version } from '../version.ts'
import { type Context, loadConfig, print, printJson, say } from './context.ts'
import { example, words } from './words.ts'

interface RotateOptions {
  register?: string
  finish?: boolean
  json?: boolean
}

export function secretCommand(context: Context): Command {
  const rotate = new Command('rotate')
    .description(
      words(context, 'сменить секрет кассы без остановки', "change a register's secret on the fly"),
    )
    .option(
      '--register <name>',
      words(context, 'касса (если их несколько)', 'the register, when there are several'),
    )
    .option('--finish', words(context, 'убрать старый секрет', 'drop the old secret'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost secret rotate', 'chekpost secret rotate --finish'))
    .action((options: RotateOptions) => carryOut(context, options))
  return new Command('secret')
    .description(words(context, 'секреты вебхука', 'the secrets of the webhook'))
    .addCommand(rotate)
}

async function carryOut(context: Context, options: RotateOptions): Promise<void> {
  const config = loadConfig(context)
  const register = meant(config, options.register)
  const { path, secrets } = findSecrets(register.bitrix.secretFile, context.configPath)
  if (options.finish) await finish(context, config, register, path, secrets, options)
  else begin(context, config, register, path, secrets, options)
}

function meant({ registers }: Config, name: string | undefined): RegisterConfig {
  const found = name === undefined ? registers[0] : registers.find((register) => register.name === name)
  if (found !== undefined && (name !== undefined || registers.length === 1)) return found
  const names = registers.map((register) => register.name).join(' | ')
  throw new UsageError(text(`Укажите кассу: --register ${names}`, `Name the register: --register ${names}`))
}

/** Every register whose secret stands in the same file. */
function sharing({ registers }: Config, { bitrix }: RegisterConfig): RegisterConfig[] {
  return registers.filter((register) => register.bitrix.secretFile === bitrix.secretFile)
}

function begin(
  context: Context,
  config: Config,
  register: RegisterConfig,
  path: string,
  secrets: readonly string[],
  { json }: RotateOptions,
): void {
  if (secrets.length > 1)
    throw new Failure(
      text(
        `В ${path} уже ${secrets.length} секрета: смена начата. Закончить её: chekpost secret rotate --finish`,
        `${path} holds ${secrets.length} secrets already: the change has begun. To end it: chekpost secret rotate --finish`,
      ),
    )
  const made = newSecret()
  writeSecrets(path, [made, ...secrets])
  const ids = sharing(config, register).map(({ id }) => id)
  if (json) printJson(context, { secret: made, registers: ids, file: path })
  else {
    say(context, nextSteps(ids.join(', ')))
    print(context, made)
  }
}

function nextSteps(registers: string): Text {
  return text(
    `Новый секрет записан рядом со старым. Теперь: 1) systemctl restart chekpost; 2) добавьте его на сайте кассам ${registers}, старый там оставьте; 3) chekpost secret rotate --finish`,
    `The new secret stands beside the old one. Now: 1) systemctl restart chekpost; 2) add it on the site to ${registers} and leave the old one there; 3) chekpost secret rotate --finish`,
  )
}

async function finish(
  context: Context,
  config: Config,
  register: RegisterConfig,
  path: string,
  secrets: readonly string[],
  { json }: RotateOptions,
): Promise<void> {
  const [newest, ...old] = secrets
  if (newest === undefined || old.length === 0)
    throw new Failure(
      text(
        `В ${path} один секрет: менять нечего. Начать смену: chekpost secret rotate`,
        `${path} holds one secret: there is nothing to end. To begin: chekpost secret rotate`,
      ),
    )
  for (const { name } of sharing(config, register)) await demandBelief(context, config, name, newest)
  writeSecrets(path, [newest])
  if (json) return printJson(context, { dropped: old.length, file: path })
  say(
    context,
    text(
      'Сайт признаёт новый секрет, старый убран. Осталось: systemctl restart chekpost и убрать старый секрет на сайте',
      'The site believes the new secret, the old one is gone. Left to do: systemctl restart chekpost, and remove the old secret on the site',
    ),
  )
}

/** Throws `Failure` unless the site acknowledges a test that is signed with the new secret alone. */
async function demandBelief(context: Context, config: Config, name: string, secret: string): Promise<void> {
  const { newTest, Webhook } = await import('../bitrix/webhook.ts')
  const { parseSecret } = await import('../bitrix/sign.ts')
  const { receiver, way } = wayOf(destinationsOf(config, context.environment, context.configPath), name)
  const body = newTest(way.id, way.store)
  using webhook = new Webhook({ ...receiver, lanes: 1 }, Date.now)
  const circumstances = {
    version: version(),
    instance: '',
    attempt: 1,
    replay: false,
    waiting: 0,
    oldestSeconds: 0,
  }
  const keys = [parseSecret(secret)]
  const message = { eventId: body.eventId, register: way.id, body: JSON.stringify(body), keys, circumstances }
  const { outcome, words: said } = await webhook.deliver(message, context.signal)
  if (outcome.kind === 'ignored' || outcome.kind === 'accepted') return
  throw new Failure(
    text(
      `${way.id}: новый секрет ещё не проверен (${said.ru}). Старый не убран: добавьте новый на сайте и повторите`,
      `${way.id}: the new secret is not proved yet (${said.en}). The old one stays: add the new one on the site and try again`,
    ),
  )
}

function wayOf(receivers: readonly Receiver[], name: string): { receiver: Receiver; way: ReceiverWay } {
  for (const receiver of receivers)
    for (const way of receiver.ways) if (way.register === name) return { receiver, way }
  throw new Error(`no receiver for the register ${name}`)
}
