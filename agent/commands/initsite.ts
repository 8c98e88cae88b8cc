/** `chekpost init`, third part: what to do on the site, and the first signed word to it. */
import type { Config, RegisterConfig } from '../config.ts'
import { checkUrl, receiverUrl } from '../init/answers.ts'
import { type Draft, draftOf } from '../init/draft.ts'
import { greetSite, type Welcome } from '../init/welcome.ts'
import { replaceConfig } from '../init/writing.ts'
import { text } from '../text.ts'
import type { Interviewer } from './asking.ts'
import { type Context, print, say } from './context.ts'
import { tellWelcome } from './init.ts'

/** For the console of the site's server; the page «Кассы» of the receiver takes the same name and secret. */
export function lineForSite(id: string, secret: string): string {
  return `echo '${secret}' | php local/chekpost/install.php register add ${id} --secret -`
}

export function tellSite(context: Context, { registers }: Config, lines: readonly string[]): void {
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
function tellAddresses(teller: Context, registers: readonly RegisterConfig[], configPath: string): void {
  const urls = [...new Set(registers.map(({ bitrix }) => bitrix.url))].join(', ')
  if (urls === '') return
  say(
    teller,
    text(
      `  Адрес сайта: ${urls}. Если он неверен, исправьте bitrix.url в ${configPath}`,
      `  The site's address: ${urls}. If that is wrong, correct bitrix.url in ${configPath}`,
    ),
  )
}

/** The first word to the site, for every register. Where somebody answers, a wrong address is put right and tried again. */
export async function meetSite(
  context: Context,
  teller: Context,
  first: Draft,
  interviewer: Interviewer | null,
): Promise<Welcome[]> {
  await interviewer?.ask(
    text(
      'Когда касса добавлена на сайте, нажмите Enter',
      'Press Enter when the register was added on the site',
    ),
    '',
  )
  for (let draft = first; ; ) {
    const welcomes = await tryTest(context, teller, draft.config)
    const ill = welcomes.filter(({ finding }) => finding.verdict === 'bad').map(({ register }) => register)
    if (ill.length === 0) return welcomes
    const unwelcome = draft.config.registers.filter(({ id }) => ill.includes(id))
    // Asked again is the one address that was asked before.
    const others = unwelcome.filter(({ bitrix }) => interviewer === null || bitrix.url !== draft.written.url)
    tellAddresses(teller, others, context.configPath)
    const url = interviewer === null ? null : await askAgain(context, interviewer, draft)
    if (url === null) return welcomes
    if (url !== draft.written.url) draft = moved(context, teller, draft, url)
  }
}

async function tryTest(context: Context, teller: Context, config: Config): Promise<Welcome[]> {
  say(teller, text('Проба на сайт (не проводится):', 'A test to the site (never booked):'))
  const welcomes = await greetSite(config, context.environment, context.configPath, context.signal)
  for (const welcome of welcomes) tellWelcome(teller, welcome)
  return welcomes
}

const enough = '-'

/** Null: a person goes on without the site. */
async function askAgain(
  context: Context,
  interviewer: Interviewer,
  { written: { url, bitrix } }: Draft,
): Promise<string | null> {
  say(
    context,
    text(
      'Enter: проба ещё раз. Адрес неверен: впишите верный. Дальше без сайта: -',
      'Enter: test again. A wrong address: type the right one. On without the site: -',
    ),
  )
  const answer = await interviewer.ask(text('Адрес сайта', "The site's address"), url, (given) =>
    given === enough ? null : checkUrl(given, bitrix?.['plainHttp'] === true),
  )
  return answer === enough ? null : receiverUrl(answer)
}

/** The same config with another address of the site. */
function moved(context: Context, teller: Context, { written }: Draft, url: string): Draft {
  const bitrix = written.bitrix == null ? null : { ...written.bitrix, url }
  const draft = draftOf({ ...written, url, bitrix }, context.configPath)
  replaceConfig(context.configPath, draft.content)
  say(teller, text(`Записано: ${url}`, `Written: ${url}`))
  return draft
}
