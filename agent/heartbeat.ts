/**
 * Tells the site every few minutes that a register is there. Over a connection of its own and with a short limit:
 * a heartbeat must never make a receipt wait, and what becomes of it changes nothing here.
 */
import { pause } from '../drivers/index.ts'
import type { SiteMark } from './bitrix/answer.ts'
import type { PostOptions } from './bitrix/post.ts'
import type { Heartbeat } from './bitrix/schema.ts'
import { parseSecret } from './bitrix/sign.ts'
import { type Attempted, Webhook } from './bitrix/webhook.ts'
import type { Receiver, ReceiverWay } from './destinations.ts'
import type { DispatchView } from './dispatch.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'
import { StoreError } from './store/faults.ts'
import type { RegisterView } from './view.ts'

/** What beating needs of the daemon. */
export interface Beating {
  readonly receivers: readonly Receiver[]
  readonly viewOf: (register: string) => RegisterView
  readonly outbox: Pick<Outbox, 'counts'>
  readonly dispatch: () => DispatchView
  readonly sawSite: (register: string, mark: SiteMark) => void
  readonly version: string
  readonly instance: string
  readonly clock: () => number
  readonly random: () => number
  readonly log: Log
}

/** A chain whose power comes back must not beat in step: the first one comes within this, milliseconds. */
const firstWithinMs = 60_000
/** Part of the interval by which a beat may come early. */
const jitter = 0.1
/** Everything together, slow answers included. */
const limitMs = 20_000

/** The daemon's task: ends when the signal aborts, at once when no register beats. */
export async function keepBeating(beating: Beating, signal: AbortSignal): Promise<void> {
  const hearts = beating.receivers.flatMap((receiver) =>
    receiver.ways
      .filter(({ heartbeatMs }) => heartbeatMs > 0)
      .map((way) => beatFor(beating, receiver, way, signal)),
  )
  await Promise.all(hearts)
}

async function beatFor(
  beating: Beating,
  receiver: Receiver,
  way: ReceiverWay,
  signal: AbortSignal,
): Promise<void> {
  await pause(Math.min(firstWithinMs, way.heartbeatMs) * beating.random(), signal)
  using webhook = new Webhook(aside(receiver), beating.clock)
  for (let known = false; ; ) {
    const attempted = await beatOnce(beating, webhook, way, signal)
    if (attempted === null) {
      await pause(way.heartbeatMs, signal)
      continue
    }
    known ||= isAcknowledged(attempted)
    if (!known && isStranger(attempted, beating.dispatch(), way)) {
      beating.log.info(
        { register: way.register, status: attempted.status },
        'the receiver knows no heartbeats; it gets no more of them',
      )
      return
    }
    if (!isAcknowledged(attempted))
      beating.log.debug(
        { register: way.register, status: attempted.status, why: attempted.words.en },
        'heartbeat not acknowledged',
      )
    await pause(way.heartbeatMs * (1 - jitter * beating.random()), signal)
  }
}

function aside(receiver: Receiver): PostOptions {
  const least = (ms: number) => Math.min(ms, limitMs)
  const { connectMs, answerMs } = receiver
  return { ...receiver, connectMs: least(connectMs), answerMs: least(answerMs), totalMs: limitMs, lanes: 1 }
}

/** Null when the outbox does not tell how much waits: a disk in trouble is shown by those who need it. */
async function beatOnce(
  beating: Beating,
  webhook: Webhook,
  way: ReceiverWay,
  signal: AbortSignal,
): Promise<Attempted | null> {
  const body = bodyOrNone(beating, way)
  if (body === null) return null
  const { eventId, outbox } = body
  const attempted = await webhook.deliver(
    {
      eventId,
      register: way.id,
      body: JSON.stringify(body),
      keys: way.secrets.map(parseSecret),
      circumstances: {
        version: beating.version,
        instance: beating.instance,
        attempt: 1,
        replay: false,
        waiting: outbox.waiting,
        oldestSeconds: outbox.oldestSeconds,
      },
    },
    signal,
  )
  if (attempted.site !== undefined) beating.sawSite(way.register, attempted.site)
  return attempted
}

function bodyOrNone(beating: Beating, way: ReceiverWay): Heartbeat | null {
  try {
    return heartbeatOf(beating, way, beating.clock())
  } catch (error) {
    if (error instanceof StoreError) return null
    throw error
  }
}

function isAcknowledged({ site }: Attempted): boolean {
  return site !== undefined
}

/** Statuses of a receiver that was made for documents alone; on a way that is stopped they say nothing about it. */
function isStranger({ status }: Attempted, { ways }: DispatchView, { register }: ReceiverWay): boolean {
  const stopped = ways.some((way) => way.register === register && way.state === 'stopped')
  return !stopped && (status === 400 || status === 404 || status === 422)
}

/** What the register and its outbox are doing at this moment. */
export function heartbeatOf(
  { viewOf, outbox, dispatch, version, instance }: Omit<Beating, 'receivers'>,
  { register, id, store }: Pick<ReceiverWay, 'register' | 'id' | 'store'>,
  now: number,
): Heartbeat {
  const view = viewOf(register)
  const { waiting, parked, oldestWaitingAt } = outbox.counts(register)
  const offset = dispatch().ways.find((way) => way.register === register)?.clockOffsetSeconds ?? null
  return {
    specVersion: '1',
    type: 'pos.heartbeat',
    eventId: `HB-${id}-${Math.floor(now / 60_000)}`,
    register: { id },
    store,
    sentAt: iso(now),
    agent: { version, instance },
    device: deviceOf(view),
    outbox: {
      waiting,
      oldestSeconds: oldestWaitingAt === null ? 0 : Math.max(0, Math.round((now - oldestWaitingAt) / 1000)),
      parked,
      gaps: view.behind,
    },
    clockOffsetSeconds: offset,
  }
}

function deviceOf({ identity, newest, ...view }: RegisterView): Heartbeat['device'] {
  const known = { serial: identity?.serial ?? null, fn: newest?.storage ?? identity?.storage ?? null }
  const { trouble, state, line, lineSince, stateSince } = view
  const shown =
    trouble?.kind === 'halted'
      ? { state: 'halted' as const, since: trouble.since }
      : line === 'connected' && state !== null
        ? { state: state.kind, since: stateSince }
        : { state: line === 'lost' ? ('lost' as const) : ('connecting' as const), since: lineSince }
  return { state: shown.state, since: iso(shown.since), ...known, lastDocument: newest?.number ?? null }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
