/**
 * What is told to a monitoring system, as a table: name, help, and how the samples follow from what is known. Names
 * and units by https://prometheus.io/docs/practices/naming/; a thing that is not known has no sample rather than a
 * zero. `docs/monitoring.md` lists every name.
 */
import { gapKinds } from '../audit.ts'
import type { DiskFacts } from '../disk.ts'
import type { WayView } from '../dispatch.ts'
import { attemptOutcomes, type Counters, durationBuckets } from './counters.ts'
import type { RegisterStatus, Snapshot } from './snapshot.ts'

/** All that the series are reckoned from; `disk` is null before the first look at it. */
export interface Facts {
  readonly snapshot: Snapshot
  readonly counters: Counters
  readonly disk: DiskFacts | null
}

export type Labels = Readonly<Record<string, string>>

/** `name` only where it is not the series' own: the parts of a histogram. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
  readonly name?: string
}

export interface Series {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: (facts: Facts) => readonly Sample[]
}

type Amount = number | boolean | null

/** Of the whole installation. */
function whole(name: string, help: string, value: (facts: Facts) => Amount): Series {
  return { name, type: 'gauge', help, samples: (facts) => one({}, value(facts)) }
}

/** Of each register that the config names. */
function each(
  name: string,
  help: string,
  value: (register: RegisterStatus, facts: Facts) => Amount,
  type: 'gauge' | 'counter' = 'gauge',
): Series {
  const samples = (facts: Facts) =>
    facts.snapshot.registers.flatMap((register) => one(labelsOf(register), value(register, facts)))
  return { name, type, help, samples }
}

/** Of each register's way to its site. */
function eachWay(name: string, help: string, value: (way: WayView) => Amount): Series {
  const samples = ({ snapshot }: Facts) =>
    snapshot.delivery.ways.flatMap((way) => one(labelsOf({ id: way.id, name: way.register }), value(way)))
  return { name, type: 'gauge', help, samples }
}

/** One series for each state, 1 for the one that it is in: so that a graph can show them in turn. */
function states(labels: Labels, label: string, all: readonly string[], now: string): Sample[] {
  return all.map((state) => ({ labels: { ...labels, [label]: state }, value: state === now ? 1 : 0 }))
}

function one(labels: Labels, value: Amount): Sample[] {
  return value === null || Number.isNaN(value) ? [] : [{ labels, value: Number(value) }]
}

/** `<store>/<name>` is the register's identity everywhere. */
function labelsOf({ id, name }: Pick<RegisterStatus, 'id' | 'name'>): Labels {
  return { store: id.slice(0, Math.max(0, id.length - name.length - 1)), register: name }
}

function seconds(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso) / 1000
}

/** What a register is doing, in one word. */
const registerStates = [
  'idle',
  'busy',
  'stopped',
  'halted',
  'connecting',
  'lost',
  'paused',
  'unknown',
] as const

function stateOf({ line, state, trouble, pausedUntil }: RegisterStatus): (typeof registerStates)[number] {
  if (pausedUntil !== null) return 'paused'
  if (trouble?.kind === 'halted') return 'halted'
  return line === 'connected' ? (state?.kind ?? 'unknown') : line
}

const ofRegisters: readonly Series[] = [
  each(
    'chekpost_register_oldest_undelivered_age_seconds',
    'How long the longest waiting document of the register has been owed; 0 when nothing waits.',
    ({ outbox }) => outbox.oldestWaitingSeconds ?? 0,
  ),
  each(
    'chekpost_documents_waiting',
    'Documents that are due for delivery, now or later.',
    ({ outbox }) => outbox.waiting,
  ),
  each(
    'chekpost_documents_parked',
    'Documents set aside until a person decides.',
    ({ outbox }) => outbox.parked,
  ),
  each(
    'chekpost_documents_kept_total',
    'Documents in the outbox, read from the register or imported. Begins anew only with a lost outbox.',
    ({ outbox }) => outbox.documents,
    'counter',
  ),
  each(
    'chekpost_documents_without_bytes',
    'Documents whose lines are not known: only their totals, or nothing at all.',
    ({ outbox }) => outbox.withoutBytes,
  ),
  each(
    'chekpost_documents_behind',
    'Gaps: document numbers that the register has and the outbox still lacks.',
    ({ behind }) => behind,
  ),
  each(
    'chekpost_documents_unreadable',
    'Document numbers that could not be read so far and are tried again.',
    ({ unreadable }) => unreadable.length,
  ),
  each(
    'chekpost_last_read_timestamp_seconds',
    'When a document of the register was last read.',
    ({ outbox }) => seconds(outbox.lastReadAt),
  ),
  each(
    'chekpost_last_accepted_timestamp_seconds',
    'When the site last accepted a document of the register.',
    ({ outbox }) => seconds(outbox.lastAcceptedAt),
  ),
  each(
    'chekpost_register_connected',
    'Whether the register answers on its line.',
    ({ line }) => line === 'connected',
  ),
  each(
    'chekpost_register_line_since_timestamp_seconds',
    'Since when the line has been as it is, connected or lost.',
    ({ lineSince }) => seconds(lineSince),
  ),
  {
    name: 'chekpost_register_state',
    type: 'gauge',
    help: 'What the register is doing: 1 for its state, 0 for all others.',
    samples: ({ snapshot }) =>
      snapshot.registers.flatMap((one) => states(labelsOf(one), 'state', registerStates, stateOf(one))),
  },
  each(
    'chekpost_register_state_since_timestamp_seconds',
    'Since when the register has been idle, busy or stopped.',
    ({ stateSince }) => seconds(stateSince),
  ),
  each(
    'chekpost_register_last_document_number',
    'The newest document number of the fiscal drive in the register.',
    ({ newest }) => newest?.number ?? null,
  ),
  each(
    'chekpost_drive_expiry_timestamp_seconds',
    'When the fiscal drive in the register expires (00:00 UTC of that day).',
    ({ identity }) => seconds(identity?.storageExpires ?? null),
  ),
  {
    name: 'chekpost_register_info',
    type: 'gauge',
    help: 'Which register and fiscal drive it is; always 1.',
    samples: ({ snapshot }) =>
      snapshot.registers.map((register) => {
        const { driver, identity } = register
        const { model = '', firmware, serial, storage = '' } = identity ?? {}
        const known = { model, firmware: firmware ?? '', serial: serial ?? '', drive: storage }
        return { labels: { ...labelsOf(register), driver, ...known }, value: 1 }
      }),
  },
]

const ofDelivery: readonly Series[] = [
  {
    name: 'chekpost_delivery_attempts_total',
    type: 'counter',
    help: 'Attempts to deliver a document since the start, by how they ended.',
    samples: ({ snapshot, counters }) =>
      snapshot.registers.flatMap((register) =>
        attemptOutcomes.map((outcome) => ({
          labels: { ...labelsOf(register), outcome },
          value: counters.attempts(register.name).outcomes[outcome],
        })),
      ),
  },
  {
    name: 'chekpost_delivery_duration_seconds',
    type: 'histogram',
    help: 'How long an attempt to deliver a document took, from sending to the answer or its absence.',
    samples: (facts) => facts.snapshot.registers.flatMap((register) => durations(register, facts)),
  },
  {
    name: 'chekpost_way_state',
    type: 'gauge',
    help: "The register's way to the site: 1 for its state (waiting heals by itself, stopped needs a person).",
    samples: ({ snapshot }) =>
      snapshot.delivery.ways.flatMap(({ id, register, state }) =>
        states(labelsOf({ id, name: register }), 'state', ['ready', 'waiting', 'stopped'], state),
      ),
  },
  eachWay('chekpost_way_state_since_timestamp_seconds', 'Since when the way has been so.', ({ since }) =>
    seconds(since),
  ),
  eachWay(
    'chekpost_way_last_answer_timestamp_seconds',
    'When the site last answered, whatever it said.',
    ({ lastAnswerAt }) => seconds(lastAnswerAt),
  ),
  {
    name: 'chekpost_breaker_state',
    type: 'gauge',
    help: 'The circuit breaker of the way: 1 for its state (open sends nothing for a while).',
    samples: ({ snapshot }) =>
      snapshot.delivery.ways.flatMap(({ id, register, breaker }) =>
        states(labelsOf({ id, name: register }), 'state', ['closed', 'open', 'half-open'], breaker),
      ),
  },
  eachWay(
    'chekpost_clock_offset_seconds',
    "How far the site's clock is ahead of this computer's; 0 within two minutes.",
    ({ clockOffsetSeconds }) => clockOffsetSeconds ?? 0,
  ),
  each(
    'chekpost_receiver_changed',
    'Whether another receiver answers than the one that was accepted.',
    ({ site }) => (site === null ? null : site.changed !== null),
  ),
  each(
    'chekpost_documents_held',
    'Whether earlier documents are held back after a loss of the outbox.',
    ({ held }) => held !== null,
  ),
  {
    name: 'chekpost_audit_gaps',
    type: 'gauge',
    help: 'Documents on which the register, the outbox and the site did not agree at the last comparison, by kind.',
    samples: ({ snapshot }) =>
      snapshot.registers.flatMap((register) => {
        const gaps = register.site?.audit?.gaps
        if (gaps === undefined) return []
        return gapKinds.map((kind) => ({ labels: { ...labelsOf(register), kind }, value: gaps[kind] ?? 0 }))
      }),
  },
  each(
    'chekpost_audit_timestamp_seconds',
    'When the register, the outbox and the site were last compared.',
    ({ site }) => seconds(site?.audit?.at ?? null),
  ),
]

/** Cumulative, as the format wants it. */
function durations(register: RegisterStatus, { counters }: Facts): Sample[] {
  const labels = labelsOf(register)
  const name = 'chekpost_delivery_duration_seconds'
  const { durations, seconds } = counters.attempts(register.name)
  const bounds = [...durationBuckets.map(String), '+Inf']
  let count = 0
  const buckets = bounds.map((le, i) => {
    count += durations[i] ?? 0
    return { name: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: seconds },
    { name: `${name}_count`, labels, value: count },
  ]
}

const ofTheWhole: readonly Series[] = [
  {
    name: 'chekpost_build_info',
    type: 'gauge',
    help: 'The version of chekpost; always 1.',
    samples: ({ snapshot }) => [{ labels: { version: snapshot.version, node: process.version }, value: 1 }],
  },
  {
    name: 'chekpost_health_state',
    type: 'gauge',
    help: 'The sentence of truth of the status page: 1 for its colour.',
    samples: ({ snapshot }) => states({}, 'colour', ['green', 'amber', 'red'], snapshot.health.colour),
  },
  whole(
    'chekpost_oldest_undelivered_age_seconds',
    'How long the longest waiting document of all has been owed; 0 when nothing waits. The main alert.',
    ({ snapshot }) => (snapshot.unopened ? null : (snapshot.outbox.oldestWaitingSeconds ?? 0)),
  ),
  whole(
    'chekpost_documents_homeless',
    'Documents that wait and whose register is not in the config: nobody sends them.',
    ({ snapshot: { outbox, registers, unopened } }) =>
      unopened
        ? null
        : Math.max(0, outbox.waiting - registers.reduce((sum, one) => sum + one.outbox.waiting, 0)),
  ),
  whole(
    'chekpost_deliveries_under_way',
    'Documents that are being sent at this moment.',
    ({ snapshot }) => snapshot.delivery.underWay,
  ),
  whole(
    'chekpost_storage_trouble',
    'Whether the outbox was set aside or lost and is read again.',
    ({ snapshot }) => snapshot.storageTrouble !== null,
  ),
  whole(
    'chekpost_disk_free_bytes',
    'Free space on the disk of the outbox.',
    ({ disk }) => disk?.freeBytes ?? null,
  ),
  whole('chekpost_disk_size_bytes', 'Size of the disk of the outbox.', ({ disk }) => disk?.sizeBytes ?? null),
  whole(
    'chekpost_disk_writable',
    'Whether the state directory can be written to.',
    ({ disk }) => disk?.writable ?? null,
  ),
  whole(
    'chekpost_disk_checked_timestamp_seconds',
    'When the disk was last looked at; one that hangs makes it old.',
    ({ disk }) => (disk === null ? null : disk.at / 1000),
  ),
  whole('chekpost_outbox_size_bytes', 'The files of the outbox.', ({ disk }) => disk?.outboxBytes ?? null),
]

export const allSeries: readonly Series[] = [...ofTheWhole, ...ofRegisters, ...ofDelivery]
