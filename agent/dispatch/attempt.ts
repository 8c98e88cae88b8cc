/** What the history keeps of one attempt to deliver a document. */
import { hash } from 'node:crypto'
import type { Attempted } from '../bitrix/webhook.ts'
import type { Attempt } from '../journal.ts'

/** `began` and `ended` in milliseconds; `body` as it was sent. */
export function attemptOf(
  { outcome, status, answer }: Attempted,
  { body, replay }: { readonly body: string; readonly replay: boolean },
  began: number,
  ended: number,
): Attempt {
  return {
    at: began,
    tookMs: Math.max(0, ended - began),
    status,
    outcome: outcome.kind,
    why: 'why' in outcome ? outcome.why : outcome.reasons.join('; ') || null,
    answer,
    replay,
    bodyDigest: hash('sha256', body, 'hex'),
    bodyBytes: Buffer.byteLength(body),
  }
}
