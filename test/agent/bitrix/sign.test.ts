import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSecret, SecretError, sign, verify } from '../../../agent/bitrix/sign.ts'
import cases from '../../fixtures/webhook-signature.json' with { type: 'json' }

for (const { why, secrets, id, timestamp, body, now, signatureHeader, expect: expected } of cases.cases) {
  test(`judges the known signature: ${why}`, () => {
    const headers = { id, timestamp: String(timestamp), signature: signatureHeader }
    const verdict = verify(secrets.map(parseSecret), headers, body, now)
    expect(verdict === null ? 'ok' : 'reject').toBe(expected)
  })
}

const key = parseSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
const other = parseSecret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)

test('makes the published signature', () => {
  const [published] = cases.cases
  expect(published).toBeDefined()
  if (published === undefined) return
  expect(sign([key], published.id, published.timestamp, published.body)).toBe(published.signatureHeader)
})

test('signs with every secret while they rotate, and either one is enough to be believed', () => {
  const signature = sign([key, other], 'FN1-FD2', 1000, '{}')
  expect(signature.split(' ')).toHaveLength(2)
  const headers = { id: 'FN1-FD2', timestamp: '1000', signature }
  expect(verify([other], headers, '{}', 1000)).toBeNull()
  expect(verify([key], headers, '{}', 1000)).toBeNull()
})

test('believes no request more than 300 seconds from now, in either direction', () => {
  const headers = { id: 'a', timestamp: '1000', signature: sign([key], 'a', 1000, '') }
  expect(verify([key], headers, '', 1300)).toBeNull()
  expect(verify([key], headers, '', 700)).toBeNull()
  expect(verify([key], headers, '', 1301)).toMatch(/301 s old/)
  expect(verify([key], headers, '', 699)).toMatch(/301 s ahead/)
})

test('believes no other id, timestamp, body or secret', () => {
  const headers = { id: 'a', timestamp: '1000', signature: sign([key], 'a', 1000, 'body') }
  expect(verify([key], { ...headers, id: 'b' }, 'body', 1000)).not.toBeNull()
  expect(verify([key], { ...headers, timestamp: '1001' }, 'body', 1000)).not.toBeNull()
  expect(verify([key], { ...headers, timestamp: '1e3' }, 'body', 1000)).not.toBeNull()
  expect(verify([key], headers, 'Body', 1000)).not.toBeNull()
  expect(verify([other], headers, 'body', 1000)).not.toBeNull()
  expect(verify([], headers, 'body', 1000)).not.toBeNull()
})

test('passes over signatures of versions it does not know', () => {
  const good = sign([key], 'a', 1000, '')
  expect(verify([key], { id: 'a', timestamp: '1000', signature: `v1a,AAAA ${good}` }, '', 1000)).toBeNull()
  expect(verify([key], { id: 'a', timestamp: '1000', signature: good.slice(3) }, '', 1000)).not.toBeNull()
})

test('survives any text as a signature', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (signature, timestamp) => {
      expect(verify([key], { id: 'a', timestamp, signature }, '', 1000)).not.toBeNull()
    }),
  )
})

for (const [wrong, why] of [
  ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', /whsec_/],
  ['whsec_', /0 bytes/],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n', /base64/],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS', /base64/],
  ['whsec_MfKQ9r8GKYqr-wjUPD8ILPZIo2LaLaSw', /base64/],
  [`whsec_${Buffer.alloc(23).toString('base64')}`, /23 bytes/],
  [`whsec_${Buffer.alloc(65).toString('base64')}`, /65 bytes/],
] as const)
  test(`refuses ${JSON.stringify(wrong.slice(0, 20))} of ${wrong.length} characters as a secret and says why`, () => {
    expect(() => parseSecret(wrong)).toThrow(why)
    expect(() => parseSecret(wrong)).toThrow(SecretError)
  })

test('shows no part of a wrong secret in its message', () => {
  const message = (() => {
    try {
      parseSecret('whsec_MfKQ9r8GKYqrTwjU PD8ILPZIo2LaLaSw')
      return ''
    } catch (error) {
      return String(error)
    }
  })()
  expect(message).not.toContain('MfKQ')
  expect(message).toContain('base64')
})
