/**
 * Signatures by Standard Webhooks 1.0.0 (`spec/standard-webhooks.md` of standard-webhooks/standard-webhooks):
 * HMAC-SHA256 over `id.timestamp.body`, in base64 after `v1,`; one signature for each secret while they rotate.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Text } from '../../drivers/index.ts'
import { text } from '../text.ts'

/** A secret that cannot be used. `message` is English and never shows any part of the secret. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly text: Text

  constructor(wrong: Text) {
    super(wrong.en)
    this.text = wrong
  }
}

/** The three headers of a signed request as they were received. */
export interface SignedHeaders {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
}

const prefix = 'whsec_'
const keyBytes = { least: 24, most: 64 }

/** How far the sender's and the receiver's clocks may be apart, in seconds. */
export const toleranceSeconds = 300

/** The key of `whsec_<base64 of 24 to 64 bytes>`; anything else, even a stray blank, throws `SecretError`. */
export function parseSecret(secret: string): Uint8Array {
  if (!secret.startsWith(prefix))
    throw new SecretError(text('секрет начинается не с whsec_', 'the secret does not begin with whsec_'))
  const encoded = secret.slice(prefix.length)
  const key = Buffer.from(encoded, 'base64')
  if (key.toString('base64') !== encoded)
    throw new SecretError(
      text(
        'после whsec_ стоит не base64 (лишний пробел, перенос или обрезано при копировании)',
        'what follows whsec_ is not base64 (a stray blank or line break, or cut while copying)',
      ),
    )
  if (key.length < keyBytes.least || key.length > keyBytes.most)
    throw new SecretError(
      text(
        `в секрете ${key.length} байт, нужно от ${keyBytes.least} до ${keyBytes.most}`,
        `the secret holds ${key.length} bytes, ${keyBytes.least} to ${keyBytes.most} are wanted`,
      ),
    )
  return new Uint8Array(key)
}

/** The value of `webhook-signature`; `timestamp` is in Unix seconds, `body` the very bytes that are sent. */
export function sign(
  keys: readonly Uint8Array[],
  id: string,
  timestamp: number,
  body: string | Uint8Array,
): string {
  return keys.map((key) => `v1,${digest(key, id, String(timestamp), body).toString('base64')}`).join(' ')
}

/** Checks a received request as a receiver must: null when it is ours and fresh, else what is wrong. */
export function verify(
  keys: readonly Uint8Array[],
  headers: SignedHeaders,
  body: string | Uint8Array,
  nowSeconds: number,
): string | null {
  if (!/^\d{1,12}$/.test(headers.timestamp)) return 'the timestamp is not a whole number of seconds'
  const age = nowSeconds - Number(headers.timestamp)
  if (age > toleranceSeconds) return `the timestamp is ${age} s old`
  if (age < -toleranceSeconds) return `the timestamp is ${-age} s ahead`
  const given = headers.signature
    .split(' ')
    .flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3), 'base64')] : []))
  const matches = keys.some((key) => {
    const expected = digest(key, headers.id, headers.timestamp, body)
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
  return matches ? null : 'no signature fits'
}

function digest(key: Uint8Array, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
}
