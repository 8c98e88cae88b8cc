/** The signature check of the sample receiver, written from the Standard Webhooks text and not from the agent. */
import { createHmac } from 'node:crypto'

/** True when one of the `v1` signatures is HMAC-SHA256 of `id.timestamp.body` by one of the secrets, and fresh. */
export function isGenuine(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
  nowMs: number,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return false
  if (Math.abs(Math.floor(nowMs / 1000) - Number.parseInt(timestamp, 10)) > 300) return false
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
  const good = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  })
  return signature.split(' ').some((part) => good.includes(part))
}
