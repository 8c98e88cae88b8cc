/** The steps of `chekpost init`, loaded when it runs: most commands need none of it. */
import { type Driver, drivers } from '../../drivers/index.ts'
import { type Config, parseConfig } from '../config.ts'
import {
  checkFrom,
  checkStore,
  checkUrl,
  checkZone,
  chosen,
  fromOf,
  type Interviewer,
  interviewAt,
  receiverUrl,
} from '../init/answers.ts'
import { type DryRun, readDry, readyShare, shareOf } from '../init/dryrun.ts'
import { combine, type Former } from '../init/former.ts'
import { placesOf } from '../init/places.ts'
import { type Sighting, type Sought, seekRegisters } from '../init/seek.ts'
import { greetSite, type Welcome } from '../init/welcome.ts'
import { keepSecret, missingGroup, writeConfig } from '../init/writing.ts'
import { composeConfig, type Written, type WrittenRegister } from '../init/yaml.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { type Context, print, say } from './context.ts'
import { settingPairs, settingsFor } from './driversettings.ts'
import { demandSome, type InitDone, type InitOptions, tellWelcome, usualStateDir } from './init.ts'

const usualSecretFile = 'webhook-secret'

/** Carries everything out and tells it on the way, unless `--json` wants one value at the end. */
export async function conduct(context: Context, options: InitOptions, former: Former): Promise<InitDone> {
  const teller = options.json === true ? quiet(context) : context
  using interviewer =
    options.yes === true ? null : interviewAt(context.input, context.out, context.language, context.signal)
  const sought = await seek(context, teller, options, interviewer)
  demandSome(sought.found)
  const registers = await choose(teller, sought.found, interviewer)
  const { registers: both, unmet } = combine(sought.found, registers, former.registers)
  const written = await ask(options, both, former, interviewer)
  // Before anything is written: what is wrong with an answer is said here.
  const { content, config } = compose(teller, written, context.configPath)
  const { path, secret } = keepSecret(written.secretFile, context.configPath)
  const before = writeConfig(context.configPath, content)
  tellWritten(teller, [context.configPath, path], before, unmet)
  const onSite = config.registers.map(({ id }) => lineForSite(id, secret))
  tellSite(teller, config, onSite)
  const welcomes = await tryTest(context, teller, config, interviewer)
  const dryRun = options.trial === false ? null : await runDry(context, teller, registers, written.timezone)
  tellNext(teller)
  return {
    ...{ config: context.configPath, secretFile: path, onSite, dryRun },
    registers: config.registers.map(({ id, address, serial }) => ({ id, address, serial })),
    tests: welcomes.map(({ register, finding }) => ({
      ...{ register, ok: finding.verdict !== 'bad', said: finding.text[context.language] },
    })),
  }
}

/** With all that the earlier config said, unless that has faults of its own: then with the registers' names alone. */
function compose(
  context: Context,
  written: Written,
  configPath: string,
): { readonly content: string; readonly config: Config } {
  const composed = (one: Written) => {
    const content = composeConfig(one)
    return { content, config: parseConfig(content, configPath) }
  }
  try {
    return composed(written)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const registers = written.registers.map((register) => ({ ...register, kept: {} }))
    const bare = composed({ ...written, registers, bitrix: null, kept: {} })
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
  [config, secret]: readonly [config: string, secret: string],
  before: string | null,
  unmet: readonly string[],
): void {
  say(
    context,
    text(`\nЗаписано: ${config} и секрет ${secret}`, `\nWritten: ${config} and the secret ${secret}`),
  )
  if (before !== null) say(context, text(`Прежние настройки: ${before}`, `The config before: ${before}`))
  for (const name of unmet)
    say(
      context,
      text(
        `Касса ${name} не найдена и оставлена как была. Если её больше нет, удалите её из настроек.`,
        `The register ${name} was not found and is left as it was. If it is no more, remove it from the config.`,
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

async function seek(
  context: Context,
  teller: Context,
  options: InitOptions,
  interviewer: Interviewer | null,
): Promise<Sought> {
  const settings = settingPairs(options.set ?? [])
  // A setting that no driver knows is told before anything is asked.
  for (const driver of Object.values<Driver>(drivers)) settingsFor(driver, options.set ?? [])
  const named = { ...options, settings, bold: options.v2 === true }
  const look = async (more: typeof named) => {
    const places = await placesOf(more)
    const sought = await seekRegisters(places, progress(teller), context.signal)
    clear(teller)
    for (const { where, text: said, hint } of sought.blanks) {
      print(teller, `  · ${where}: ${said[teller.language]}`)
      if (hint !== null) print(teller, `      → ${hint[teller.language]}`)
    }
    return sought
  }
  say(teller, text('Ищу кассы (только вопросы)…', 'Looking for registers (questions only)…'))
  const first = await look(named)
  if (first.found.length > 0 || interviewer === null) return first
  const question = text(
    'Касса не найдена. Адрес кассы в сети (Enter — закончить)',
    'No register was found. Its address in the network (Enter to end)',
  )
  const answer = await interviewer.ask(question, '-')
  return answer === '-' ? first : await look({ ...named, tcp: [answer] })
}

/** One line that is written over on a terminal; on anything else, nothing until there is a result. */
function progress(context: Context): (place: string, done: number, of: number) => void {
  return (place, done, of) => {
    if (context.interactive) context.out.write(`\r\u001b[K  ${done + 1}/${of} ${place}`)
  }
}

function clear(context: Context): void {
  if (context.interactive) context.out.write('\r\u001b[K')
}

async function choose(
  context: Context,
  found: readonly Sighting[],
  interviewer: Interviewer | null,
): Promise<readonly Sighting[]> {
  for (const [index, one] of found.entries()) {
    print(context, `  ${index + 1}. ${described(one)[context.language]}`)
    if (one.hint !== null) print(context, `      → ${one.hint[context.language]}`)
  }
  if (interviewer === null || found.length === 1) return found
  const all = found.map((_, index) => index + 1).join(',')
  const answer = await interviewer.ask(
    text('Какие кассы записать', 'Which registers to write down'),
    all,
    (given) =>
      chosen(given, found) === null ? text('номера через запятую', 'numbers with commas between') : null,
  )
  return chosen(answer, found) ?? found
}

function described({ address, identity, lastDocument, state, problem }: Sighting): Text {
  if (identity === null) return text(`${address}: ${problem?.ru ?? '?'}`, `${address}: ${problem?.en ?? '?'}`)
  const { model, serial, storage, debugStorage } = identity
  const busy = state?.kind === 'busy' || state?.kind === 'stopped' ? state.text : text('', '')
  const end = (said: string) => (said === '' ? '' : `, ${said}`)
  return text(
    `${model}, зав. № ${serial ?? '?'}, ФН ${storage}${debugStorage ? ' (отладочный)' : ''}, последний ФД ${lastDocument ?? '?'}, ${address}${end(busy.ru)}`,
    `${model}, serial ${serial ?? '?'}, drive ${storage}${debugStorage ? ' (debug)' : ''}, last document ${lastDocument ?? '?'}, ${address}${end(busy.en)}`,
  )
}

async function ask(
  options: InitOptions,
  registers: readonly WrittenRegister[],
  former: Former,
  interviewer: Interviewer | null,
): Promise<Written> {
  const answer = async (
    option: string,
    given: string | undefined,
    usual: string | null,
    question: Text,
    check: (answer: string) => Text | null,
  ) => {
    const said = given ?? (interviewer === null ? usual : await interviewer.ask(question, usual, check))
    if (said === null)
      throw new UsageError(text(`С --yes нужен и ключ ${option}`, `With --yes, ${option} is wanted too`))
    const wrong = check(said)
    if (wrong !== null) throw new UsageError(text(`${option}: ${wrong.ru}`, `${option}: ${wrong.en}`))
    return said
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const usualZone = zone === 'UTC' ? 'Europe/Moscow' : zone
  const store = await answer(
    '--store',
    options.store,
    former.store,
    text('Имя магазина, как на сайте (например shop-12)', 'The shop, as the site calls it (e.g. shop-12)'),
    checkStore,
  )
  const site = await answer(
    '--url',
    options.url,
    typeof former.bitrix?.['url'] === 'string' ? former.bitrix['url'] : null,
    text('Адрес сайта', "The site's address"),
    checkUrl,
  )
  const timezone = await answer(
    '--timezone',
    options.timezone,
    former.timezone ?? usualZone,
    text('Часовой пояс кассы', "The register's time zone"),
    checkZone,
  )
  const from = await answer(
    '--from',
    options.from,
    'now',
    text(
      'С какого чека начать: now (с этого момента), first (с первого в ФН) или номер',
      'Where to begin: now, first (the first in the drive) or a number',
    ),
    checkFrom,
  )
  const url = receiverUrl(site) ?? site
  return {
    ...{ store, timezone, registers, url, ...sameSite(former, url) },
    stateDir: options.stateDir ?? former.stateDir ?? usualStateDir,
    from: fromOf(from) ?? 'now',
    kept: former.kept,
  }
}

/** To the same site goes what went there before: through the same proxy, with the same secret. */
function sameSite({ bitrix }: Former, url: string): Pick<Written, 'bitrix' | 'secretFile'> {
  if (bitrix?.['url'] !== url || typeof bitrix['secretFile'] !== 'string')
    return { bitrix: null, secretFile: usualSecretFile }
  return { bitrix, secretFile: bitrix['secretFile'] }
}

/** For the console of the site's server; the page «Кассы» of the receiver takes the same name and secret. */
function lineForSite(id: string, secret: string): string {
  return `echo '${secret}' | php local/chekpost/install.php register add ${id} --secret -`
}

function tellSite(context: Context, { registers }: Config, lines: readonly string[]): void {
  say(
    context,
    text(
      '\nНа сервере сайта, из корня сайта (склад укажите ключом --store-id или потом на вкладке «Кассы»):',
      "\nOn the site's server, in its root folder (the store with --store-id, or later on the tab of registers):",
    ),
  )
  for (const line of lines) print(context, `  ${line}`)
  const names = registers.map(({ id }) => id).join(', ')
  say(
    context,
    text(
      `То же в браузере: /local/chekpost/admin.php, вкладка «Кассы»: ${names} и секрет whsec_… отсюда.`,
      `The same in a browser: /local/chekpost/admin.php, the tab of registers: ${names} and the secret whsec_… from here.`,
    ),
  )
}

/** A mistyped address looks like a site in trouble. */
function tellAddresses(teller: Context, { registers }: Config, configPath: string): void {
  const urls = [...new Set(registers.map(({ bitrix }) => bitrix.url))].join(', ')
  say(
    teller,
    text(
      `  Адрес сайта: ${urls}. Если он неверен, исправьте bitrix.url в ${configPath}`,
      `  The site's address: ${urls}. If that is wrong, correct bitrix.url in ${configPath}`,
    ),
  )
}

async function tryTest(
  context: Context,
  teller: Context,
  config: Config,
  interviewer: Interviewer | null,
): Promise<Welcome[]> {
  for (;;) {
    if (interviewer !== null)
      await interviewer.ask(
        text(
          'Когда касса добавлена на сайте, нажмите Enter',
          'Press Enter when the register was added on the site',
        ),
        'ok',
      )
    say(teller, text('Проба на сайт (не проводится):', 'A test to the site (never booked):'))
    const welcomes = await greetSite(config, context.environment, context.configPath, context.signal)
    for (const welcome of welcomes) tellWelcome(teller, welcome)
    if (welcomes.some(({ finding }) => finding.verdict === 'bad'))
      tellAddresses(teller, config, context.configPath)
    if (interviewer === null || welcomes.every(({ finding }) => finding.verdict !== 'bad')) return welcomes
    const again = await interviewer.ask(
      text('Повторить пробу? (да/нет)', 'Try again? (yes/no)'),
      text('да', 'yes')[context.language],
    )
    if (!/^(д|да|y|yes)$/i.test(again)) return welcomes
  }
}

/** Of the registers that can be read right now, all together; null when none can. */
async function runDry(
  context: Context,
  teller: Context,
  registers: readonly Sighting[],
  zone: string,
): Promise<InitDone['dryRun']> {
  const now = new Date().toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')
  let sum: DryRun | null = null
  for (const { address, driver: name, settings, state } of registers) {
    const driver = (drivers as Record<string, Driver>)[name]
    if (driver === undefined || state?.kind !== 'idle') continue
    const told = (done: number, of: number) => {
      if (teller.interactive) teller.out.write(`\r\u001b[K  ${done}/${of}`)
    }
    const one = await readDry(driver, address, driver.settings.parse(settings), { now }, told, context.signal)
    if (one !== null) sum = sum === null ? one : added(sum, one)
  }
  clear(teller)
  if (sum === null || sum.receipts === 0) {
    say(
      teller,
      text(
        '\nПробного чтения чеков не было: касса занята, отказала, или чеков за месяц нет.',
        '\nNo receipts were read for trial: the register is busy, refused, or has none of this month.',
      ),
    )
    return null
  }
  tellDry(teller, sum)
  return { ...sum, share: shareOf(sum) }
}

function added(one: DryRun, other: DryRun): DryRun {
  return {
    receipts: one.receipts + other.receipts,
    coded: one.coded + other.coded,
    named: one.named + other.named,
    review: one.review + other.review,
    cut: one.cut ?? other.cut,
  }
}

function tellDry(context: Context, run: DryRun): void {
  const percent = Math.floor(shareOf(run) * 100)
  const { receipts, coded, named, review } = run
  say(
    context,
    text(
      `\nЧеков за месяц прочитано ${receipts}. Строк с кодом товара ${coded}, только с названием ${named}, решает человек ${review}: сайт узнает сам ${percent} %.`,
      `\n${receipts} receipts of this month were read. Lines with a code: ${coded}, with a name only: ${named}, for a person: ${review}. The site can find ${percent} % by itself.`,
    ),
  )
  if (run.cut !== null)
    say(context, text(`(прочитаны не все: ${run.cut.ru})`, `(not all were read: ${run.cut.en})`))
  if (shareOf(run) >= readyShare) return
  say(
    context,
    text(
      'Меньше 95 %: не включайте приём сразу. Оставьте приёмник в пробном режиме, свяжите товары на вкладке «Незнакомые коды» (или таблицей CSV), затем включите: docs/bitrix.ru.md, шаги 8–10.',
      'Below 95 %: do not go live yet. Leave the receiver in its trial mode, match the products on its page (or by CSV), then go live: docs/bitrix.md, steps 8 to 10.',
    ),
  )
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
