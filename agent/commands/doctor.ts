/** `chekpost doctor`: the whole way of a receipt, step by step; the first bad one is what to mend. */
import { Command } from 'commander'
import { isAlive, remoteDesk } from '../desk/remote.ts'
import { firstBad, stepNames } from '../doctor/finding.ts'
import type { DoctorReport, Finding } from '../doctor/report.ts'
import { socketToAsk } from '../environment.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { type Context, loadConfig, print, printJson, say } from './context.ts'
import { example, forPrograms, words } from './words.ts'

export function doctorCommand(context: Context): Command {
  return new Command('doctor')
    .description(
      words(
        context,
        'проверить всё от кассы до сайта и назвать первое, что не так (только вопросы)',
        'check everything from the register to the site and name the first thing that is wrong (questions only)',
      ),
    )
    .option('--register <name>', words(context, 'только эта касса', 'this register only'))
    .option(
      '--v2',
      words(
        context,
        'программа кассы работает по протоколу v2: спросить молчащую кассу и по нему (служба остановлена)',
        "the till's program speaks protocol v2: ask a silent register in it too (the daemon is stopped)",
      ),
    )
    .option('--json', forPrograms(context))
    .addHelpText('after', example(context, 'chekpost doctor', 'chekpost doctor --register till-1 --json'))
    .action(async (options: Options) => {
      const report = await examine(context, options)
      if (options.json) printJson(context, report)
      else for (const { register, findings } of report.examinations) conclude(context, register, findings)
      const isIll = report.examinations.some(({ findings }) => firstBad(findings) !== null)
      if (isIll) process.exitCode = 1
    })
}

interface Options {
  readonly register?: string
  readonly v2?: boolean
  readonly json?: boolean
}

/** Through the daemon when it runs, for it holds the lines; else step by step as they are found. */
async function examine(context: Context, { register, v2, json }: Options): Promise<DoctorReport> {
  const config = loadConfig(context)
  const socket = socketToAsk(context.environment, config.stateDir)
  const seen = new Set<string>()
  const tell = (name: string, finding: Finding) => {
    if (json === true) return
    if (!seen.has(name)) print(context, `${name}:`)
    seen.add(name)
    for (const line of linesOf(context, finding)) print(context, line)
  }
  if (await isAlive(socket, context.signal)) {
    // It holds the lines, and speaks on them as its config says.
    if (v2 === true) throw new UsageError(stopFirst)
    const input = register === undefined ? {} : { register }
    const report = await remoteDesk(socket).doctor(input, context.signal)
    for (const one of report.examinations) for (const finding of one.findings) tell(one.register, finding)
    return report
  }
  const { makeRound } = await import('../doctor/walk.ts')
  const { openOwnWard } = await import('../doctor/own.ts')
  using ward = openOwnWard(config, context.environment, context.configPath, v2 === true)
  return await makeRound(ward, register, tell, context.signal)
}

const stopFirst = text(
  'С ключом --v2 линия нужна самому doctor: systemctl stop chekpost, повторите, затем systemctl start chekpost',
  'With --v2 the doctor needs the line for itself: systemctl stop chekpost, try again, then systemctl start chekpost',
)

const marks = { good: '✓', warning: '!', bad: '✗', unknown: '·' } as const

function linesOf({ language }: Context, { step, verdict, text: said, hint, hex }: Finding): string[] {
  return [
    `  ${marks[verdict]} ${stepNames[step][language]}: ${said[language]}`,
    ...(hint === null || verdict === 'good' ? [] : [`      → ${hint[language]}`]),
    ...(hex === null ? [] : hex.split('\n').map((line) => `      ${line}`)),
  ]
}

/** The one thing to do next, once more at the end. */
function conclude(context: Context, register: string, findings: readonly Finding[]): void {
  const first = firstBad(findings)
  const warnings = findings.filter(({ verdict }) => verdict === 'warning').length
  if (first === null) {
    say(
      context,
      warnings === 0
        ? text(`${register}: всё в порядке`, `${register}: all is well`)
        : text(`${register}: работает, замечаний ${warnings}`, `${register}: works, ${warnings} to look at`),
    )
    return
  }
  const { step, text: said, hint } = first
  const { ru, en } = stepNames[step]
  say(
    context,
    text(`${register}: сначала исправьте — ${ru}: ${said.ru}`, `${register}: mend first — ${en}: ${said.en}`),
  )
  if (hint !== null) print(context, `  → ${hint[context.language]}`)
}
