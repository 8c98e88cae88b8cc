/** `chekpost support`: a ZIP to send to whoever helps. */
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { StoreError } from '../store/faults.ts'
import { whyOf } from '../systemwords.ts'
import { type Text, text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import { version } from '../version.ts'
import { type Context, loadConfig, printJson, say, withDesk } from './context.ts'
import { example, words } from './words.ts'

export function supportCommand(context: Context): Command {
  return new Command('support')
    .description(
      words(
        context,
        'собрать данные для поддержки, без секретов и чужих данных',
        'gather what support needs, without secrets or personal data',
      ),
    )
    .option('-o, --output <file.zip>', words(context, 'куда записать', 'where to write it'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost support', 'chekpost support -o /tmp/shop-12.zip'))
    .action(async (options: { output?: string; json?: boolean }) => {
      const { bundleName } = await import('../support.ts')
      const path = options.output ?? bundleName(Date.now())
      // Opened first: a command of root's goes on as the daemon's user, who may not write here.
      const file = create(path)
      try {
        fill(file, await gathered(context))
      } catch (error) {
        remove(path)
        throw error
      } finally {
        closeSync(file)
      }
      if (options.json) printJson(context, { file: path })
      else say(context, written(path))
    })
}

function written(path: string): Text {
  return text(
    `Готово: ${path}. Секретов, паролей и данных покупателей в нём нет; посмотрите и отправьте в поддержку.`,
    `Done: ${path}. There are no secrets, passwords or buyers' data in it; look into it and send it to support.`,
  )
}

/** Never over a file that is there, nor through a link. */
function create(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    throw unwritable(cause)
  }
}

/** All of it, or it is said: half a ZIP opens nowhere. */
function fill(file: number, zip: Uint8Array): void {
  try {
    writeFileSync(file, zip)
  } catch (cause) {
    throw unwritable(cause)
  }
}

function unwritable(cause: unknown): UsageError {
  const why = whyOf(cause)
  return new UsageError(
    text(
      `Файл не записать (${why.ru}). Укажите другой: -o файл.zip`,
      `The file cannot be written (${why.en}). Name another: -o file.zip`,
    ),
    { cause },
  )
}

function remove(path: string): void {
  try {
    rmSync(path)
  } catch {
    // As the daemon's user it may not: an empty file stays.
  }
}

/** A config or an outbox that cannot be opened is what help is wanted for: then the bundle says why. */
async function gathered(context: Context): Promise<Uint8Array> {
  const { signal } = context
  // Asked first: a command of root's goes on as the daemon's user, who may not read it.
  const log = await journalOf(context)
  try {
    const { zip } = await withDesk(context, (desk) =>
      desk.support({ ...(log !== null && { unitLog: log }) }, signal),
    )
    return Buffer.from(zip, 'base64')
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof Failure || error instanceof StoreError)) throw error
    return await bare(context, error.text, log)
  }
}

async function journalOf({ environment: { journalctl }, signal }: Context): Promise<string | null> {
  if (journalctl === undefined) return null
  const { unitLog } = await import('./unitlog.ts')
  return await unitLog(journalctl, signal)
}

async function bare(context: Context, problem: Text, log: string | null): Promise<Uint8Array> {
  const { logText, maskKeys, pack, readmeOf, scrubber, versions } = await import('../support.ts')
  const files = {
    'problem.txt': `${problem.ru}\n\n${problem.en}\n`,
    'versions.json': `${JSON.stringify(maskKeys(versions({ chekpost: version() })), null, 2)}\n`,
    ...(log !== null && { 'journal.jsonl': logText(log.split('\n')) }),
  }
  const at = Date.now()
  const scrub = scrubber(await secretsOf(context))
  return await pack({ 'README.txt': readmeOf(Object.keys(files), at), ...files }, scrub, at)
}

/** As far as they can be read now; of a config that was broken since, what looks like a secret is masked all the same. */
async function secretsOf(context: Context): Promise<string[]> {
  const [{ knownSecrets }, { destinationsOf }] = await Promise.all([
    import('../support.ts'),
    import('../destinations.ts'),
  ])
  const known: string[] = []
  try {
    const config = loadConfig(context)
    known.push(...knownSecrets(config))
    for (const { ways } of destinationsOf(config, context.environment, context.configPath))
      for (const { secrets } of ways) known.push(...secrets)
  } catch {
    // That is what the bundle tells of.
  }
  return known
}
