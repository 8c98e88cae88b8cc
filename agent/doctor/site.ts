/** The way to the site: its name, its certificate, and the receiver's answer to a test that is never booked. */
import type { Receiver, ReceiverWay } from '../destinations.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { examineName } from './dns.ts'
import { bad, notReached } from './finding.ts'
import { askReceiver } from './receiver.ts'
import type { Finding, Step } from './report.ts'
import { examineTls } from './tls.ts'
import type { Patient } from './ward.ts'

/** In their order; each needs the one before. */
export const siteSteps: readonly Step[] = ['dns', 'tls', 'receiver']

export interface SiteFacts {
  readonly findings: readonly Finding[]
  /** How far the site's clock is ahead of ours, milliseconds; null when it did not tell. */
  readonly offsetMs: number | null
}

/** What stands between this PC and the site. */
export interface WayThere {
  readonly url: URL
  readonly proxy: URL | null
}

export async function examineSite({ ward, config }: Patient, signal: AbortSignal): Promise<SiteFacts> {
  const { bitrix } = config
  const there: WayThere = {
    url: new URL(bitrix.url),
    proxy: bitrix.proxy === undefined ? null : new URL(bitrix.proxy),
  }
  const found: Finding[] = []
  const stop = (finding: Finding): SiteFacts => ({
    findings: [...found, finding, ...notReached(finding.step, siteSteps)],
    offsetMs: null,
  })
  const name = await examineName(there, signal)
  if (name.verdict === 'bad') return stop(name)
  found.push(name)
  const way = readWay(ward.receivers, config.name)
  // Without its secret the certificate can still be looked at.
  const trust = { ca: 'receiver' in way ? way.receiver.ca : null, pinnedKeys: bitrix.pinnedKeys }
  const tls = await examineTls(
    there,
    trust,
    { now: ward.clock(), limitMs: bitrix.connectSeconds * 1000 },
    signal,
  )
  if (tls.verdict === 'bad') return stop(tls)
  found.push(tls)
  if (!('receiver' in way)) return stop(way)
  const asked = await askReceiver(ward, way.receiver, way.way, signal)
  return { findings: [...found, asked.finding], offsetMs: asked.offsetMs }
}

/** The receiver and this register's part of it, or what is wrong with the secret. */
function readWay(
  receivers: () => readonly Receiver[],
  name: string,
): { receiver: Receiver; way: ReceiverWay } | Finding {
  try {
    for (const receiver of receivers())
      for (const way of receiver.ways) if (way.register === name) return { receiver, way }
    return bad('receiver', text('у кассы нет приёмника', 'the register has no receiver'))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return bad('receiver', error.text, {
      hint: text('Сделать секрет: chekpost init', 'To make a secret: chekpost init'),
    })
  }
}
