/** `chekpost status`: in a few lines, is all well, and if not, what to do. */
import { Command } from 'commander'
import { pause } from '../../drivers/index.ts'
import type { Desk } from '../desk/desk.ts'
import { leavingText, releasedText } from '../respite.ts'
import { shopTime } from '../shoptime.ts'
import type { Snapshot } from '../status/snapshot.ts'
import { type Text, text } from '../text.ts'
import { type Context, loadConfig, print, printJson, withDesk } from './context.ts'
import { drawnBar, openProgress, progressLine } from './progress.ts'
import { example, forPrograms, words } from './words.ts'

export function statusCommand(context: Context): Command {
  return new Command('status')
    .description(words(context, 'что с кассами и доставкой', 'how the registers and the delivery are'))
    .option(
      '--follow',
      words(context, 'показывать идущую работу, пока она не кончится', 'show long work until it is over'),
    )
    .option('--json', forPrograms(context))
    .addHelpText(
      'after',
      example(context, 'chekpost status', 'chekpost status --follow', 'chekpost status --json'),
    )
    .action(async (options: { follow?: boolean; json?: boolean }) => {
      const { timezone } = loadConfig(context)
      const snapshot = await withDesk(context, async (desk) => {
        const now = await desk.status({}, context.signal)
        if (options.json) printJson(context, now)
        else for (const line of describe(context, now, timezone)) print(context, line)
        return options.follow && !options.json ? await followWork(context, desk, now) : now
      })
      if (snapshot.health.colour === 'red') process.exitCode = 1
    })
}

const lookEveryMs = 1_000

/** Ends with the last piece of work; gives back what is true then. */
async function followWork(context: Context, desk: Desk, begun: Snapshot): Promise<Snapshot> {
  using shown = await openProgress(context, false)
  let now = begun
  for (let [first] = now.work; first !== undefined; [first] = now.work) {
    shown.show(first)
    await pause(lookEveryMs, context.signal)
    now = await desk.status({}, context.signal)
  }
  return now
}

const marks = { green: '●', amber: '▲', red: '■' } as const

function describe(context: Context, snapshot: Snapshot, zone: string): string[] {
  const { language } = context
  const { health, also, outbox } = snapshot
  const lines = [health, ...also].flatMap(({ colour, text: said, hint }) => [
    `${marks[colour]} ${said[language]}`,
    ...(hint === null ? [] : [`  → ${hint[language]}`]),
  ])
  if (snapshot.unopened) return lines
  for (const register of snapshot.registers)
    lines.push(registerLine(context, register, zone), ...siteLine(context, register, zone))
  lines.push(queueLine(context, outbox))
  for (const work of snapshot.work) lines.push(progressLine(language, work, drawnBar(work)))
  if (outbox.withoutBytes > 0)
    lines.push(
      words(
        context,
        `без строк (только итог или нет в ФН): ${outbox.withoutBytes}`,
        `without lines (totals only, or not in the drive): ${outbox.withoutBytes}`,
      ),
    )
  for (const way of snapshot.delivery.ways)
    if (way.words !== null)
      lines.push(`${way.register}: ${way.words[language]}${way.hint ? `\n  → ${way.hint[language]}` : ''}`)
  return lines
}

function queueLine(
  context: Context,
  { waiting, parked, accepted, oldestWaitingSeconds }: Snapshot['outbox'],
): string {
  const oldest = words(
    context,
    `старейший ждёт ${oldestWaitingSeconds} с`,
    `the oldest waits ${oldestWaitingSeconds} s`,
  )
  const counts = words(
    context,
    `очередь: ждут ${waiting}, отложено ${parked}, готово ${accepted}`,
    `queue: ${waiting} waiting, ${parked} parked, ${accepted} done`,
  )
  return oldestWaitingSeconds === null ? counts : `${counts}, ${oldest}`
}

/** Where its receipts go, and the last comparison with that ledger. */
function siteLine(context: Context, { name, site }: Snapshot['registers'][number], zone: string): string[] {
  if (site === null) return []
  const { host, ledgerId, audit } = site
  const where = `${name}: ${words(context, 'сайт', 'site')} ${host ?? ledgerId}`
  if (audit === null) return [where]
  const gaps = Object.values(audit.gaps).reduce((sum, count) => sum + count, 0)
  const [at, documents] = [shopTime(audit.at, zone), audit.documents]
  const compared = words(
    context,
    `сверка ${at}: в Битрикс ${documents}, расхождений ${gaps}`,
    `compared ${at}: ${documents} in Bitrix, ${gaps} gaps`,
  )
  return [`${where}, ${compared}`]
}

const lineWords = {
  connecting: text('подключение', 'connecting'),
  connected: text('на связи', 'connected'),
  lost: text('нет связи', 'not connected'),
} as const

function lineOf({ line, pausedUntil, leaving }: Snapshot['registers'][number], zone: string): Text {
  if (leaving) return leavingText
  return pausedUntil === null ? lineWords[line] : releasedText(pausedUntil, zone)
}

function registerLine(context: Context, register: Snapshot['registers'][number], zone: string): string {
  const { language } = context
  const { identity, newest, outbox } = register
  const line = lineOf(register, zone)[language]
  const device = identity === null ? register.address : `${identity.model} № ${identity.serial ?? '?'}`
  const last = newest === null ? '' : `, ${documentName(context, newest)}`
  const lastRead = outbox.lastReadAt === null ? '' : `, ${shopTime(outbox.lastReadAt, zone)}`
  return `${register.name}: ${line}, ${device}${last}${lastRead}`
}

function documentName(context: Context, { storage, number }: { storage: string; number: number }): string {
  return words(context, `ФН ${storage}, ФД ${number}`, `drive ${storage}, document ${number}`)
}
