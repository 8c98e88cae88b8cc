/** The bundle for support: gathers what the desk knows; whatever cannot be had is left out and said. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withDeadline } from '../../drivers/index.ts'
import { eventId, type Outbox } from '../outbox.ts'
import { sqliteVersion } from '../store/sqliteversion.ts'
import {
  bundleName,
  configText,
  knownSecrets,
  logText,
  maskKeys,
  pack,
  parsedLine,
  readmeOf,
  scrubber,
  versions,
} from '../support.ts'
import { version } from '../version.ts'
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

/** The doctor asks the register and the site; the bundle is wanted even if neither answers. */
const doctorLimitMs = 45_000
const auditRows = 300
/** How many parked documents are looked at for their reasons, and how many reasons are told. */
const parkedBounds = { rows: 5_000, groups: 100, newest: 3, onSite: 1 } as const

type Examine = (
  premises: Premises,
  input: InputOf<'doctor'>,
  signal: AbortSignal,
) => Promise<Answers['doctor']>

const lateExamine: Examine = async (...asked) => await (await import('./examining.ts')).examine(...asked)

export async function bundleForSupport(
  premises: Premises,
  { unitLog }: InputOf<'support'>,
  signal: AbortSignal,
  examine: Examine = lateExamine,
): Promise<Answers['support']> {
  const { clock } = premises
  const at = clock()
  const scrub = scrubber([...knownSecrets(premises.config), ...secretsOf(premises)])
  const files: Record<string, string> = {
    ...gathered('status.json', () => json(premises.snapshot())),
    ...gathered('config.yaml', () => configText(premises.config)),
    ...gathered('versions.json', () => json(versions({ chekpost: version(), ...parts() }))),
    ...gathered('parked.json', () => json(parkedReasons(premises.outbox))),
    ...gathered('audit.json', () => json(premises.outbox.audits(auditRows).map(auditRow))),
    ...gathered('log.jsonl', () => logText(recentLog(premises))),
    ...(unitLog === undefined ? {} : gathered('journal.jsonl', () => logText(unitLog.split('\n')))),
    ...gathered('wire.jsonl', () => wireText(premises)),
    ...gathered('start.json', () => fileOf(premises, 'start.json')),
    ...gathered('instance.json', () => fileOf(premises, 'instance.json')),
    'doctor.json': await examined(premises, examine, signal),
  }
  const whole = { 'README.txt': readmeOf(Object.keys(files), at), ...files }
  const zip = Buffer.from(await pack(whole, scrub, at)).toString('base64')
  return { name: bundleName(at), zip }
}

/** A part that fails says why in its own place: a damaged outbox is the very time to ask for help. */
function gathered(name: string, make: () => string): Record<string, string> {
  try {
    return { [name]: make() }
  } catch (error) {
    return { [name]: json({ problem: String(error) }) }
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(maskKeys(value), null, 2)}\n`
}

/** What the outbox, the site and the driver are made of. */
function parts(): Record<string, unknown> {
  return { sqlite: sqliteVersion(), distribution: distribution(), packages: packages() }
}

function distribution(): string | null {
  const path = '/etc/os-release'
  if (!existsSync(path)) return null
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? null
}

function packages(): unknown {
  for (const place of ['../../package.json', '../../../package.json']) {
    const url = new URL(place, import.meta.url)
    if (!existsSync(url)) continue
    const read: unknown = JSON.parse(readFileSync(url, 'utf8'))
    if (typeof read !== 'object' || read === null || !('dependencies' in read)) return null
    return Object.entries(read.dependencies as Record<string, string>).map((one) => one.join(' '))
  }
  return null
}

function secretsOf({ receivers }: Premises): string[] {
  try {
    return receivers().flatMap(({ ways }) => ways.flatMap(({ secrets }) => secrets))
  } catch {
    return [] // The file cannot be read: then no secret is known here either.
  }
}

function parkedReasons(outbox: Outbox): unknown {
  const { groups, looked, otherGroups, otherDocuments } = outbox.parked(parkedBounds)
  return {
    counts: outbox.counts(),
    ...{ looked, otherGroups, otherDocuments },
    reasons: groups.map(({ why, count, registers, newest, oldestReadAt }) => ({
      ...{ why, count, registers, newest: newest.map(eventId) },
      oldestReadAt: new Date(oldestReadAt).toISOString(),
    })),
  }
}

function auditRow(row: ReturnType<Outbox['audits']>[number]): unknown {
  return { ...row, at: new Date(row.at).toISOString(), detail: maskKeys(parsedLine(row.detail)) }
}

function recentLog({ recentLog }: Premises): readonly string[] {
  return recentLog?.() ?? [JSON.stringify({ problem: 'no daemon: journalctl -u chekpost -n 500' })]
}

/** Passwords and documents are masked in the rows already. */
function wireText({ config, lastTalk }: Premises): string {
  return config.registers
    .flatMap(({ name }) => lastTalk(name).map((row) => `${JSON.stringify({ register: name, ...row })}\n`))
    .join('')
}

function fileOf({ config }: Premises, name: string): string {
  return json(JSON.parse(readFileSync(join(config.stateDir, name), 'utf8')))
}

async function examined(premises: Premises, examine: Examine, signal: AbortSignal): Promise<string> {
  try {
    return json(await withDeadline(doctorLimitMs, signal, (limited) => examine(premises, {}, limited)))
  } catch (error) {
    signal.throwIfAborted()
    return json({ problem: String(error) })
  }
}
