/** Receipt JSON of the tax service: numbers keep their digits, and what is kept of a receipt is that receipt. */
import { decodeTaxJson, readTaxJson, TaxJsonError, type TaxReceipt } from '../../../agent/fiscal/taxJson.ts'
import { bytesOf, textFrom, textsIn } from '../fixtures.ts'
import { must, orDocumented, type Target } from '../target.ts'

export const taxjson: Target = {
  name: 'taxjson',
  main: 'agent/fiscal/taxJsonFacts.js',
  longest: 6_000,
  shape: 'text',
  *seeds() {
    for (const text of textsIn('documents', '.json')) {
      const parsed: unknown = JSON.parse(text)
      if (typeof parsed !== 'object' || parsed === null) continue
      for (const value of Object.values(parsed))
        if (typeof value === 'object' && value !== null && JSON.stringify(value).includes('totalSum'))
          yield bytesOf(JSON.stringify(value))
    }
    yield bytesOf('{"receipt":{"code":3,"totalSum":100,"fiscalDriveNumber":"9252440300123456","items":[]}}')
    yield bytesOf('[{"totalSum":1e2,"operationType":1,"items":[{"name":"a","sum":100,"quantity":0.356}]}]')
  },
  run(input) {
    const found = orDocumented(() => readTaxJson(input), TaxJsonError)
    if (found === null) return
    must(found.length > 0, 'no receipt and no error')
    const own = ownReceipts(JSON.parse(textFrom(input).replace(/^\ufeff/, '')), 12)
    must(own.length === found.length, 'receipts were lost or made up')
    for (const [i, receipt] of found.entries()) judge(receipt, own[i] ?? {})
  },
}

type Plain = Readonly<Record<string, unknown>>

/** Objects that look like receipts, in the order in which they stand. */
function ownReceipts(value: unknown, depth: number): Plain[] {
  if (depth === 0 || typeof value !== 'object' || value === null) return []
  const object: Plain = { ...value }
  const isReceipt =
    !Array.isArray(value) &&
    'totalSum' in object &&
    (Array.isArray(object['items']) || 'operationType' in object)
  return isReceipt ? [object] : Object.values(object).flatMap((inner) => ownReceipts(inner, depth - 1))
}

function judge({ receipt, bytes, missing }: TaxReceipt, own: Plain): void {
  sameNumber(receipt.total, own['totalSum'], 'totalSum')
  const items = Array.isArray(own['items']) ? own['items'] : []
  if (items.every((item) => isPlain(item)))
    for (const [i, item] of items.entries())
      sameNumber(receipt.lines[i]?.sum ?? null, sumOf(item), `line ${i + 1}`)
  must(
    missing.includes('fn') || /^\d{16}$/.test(receipt.fn ?? ''),
    'a receipt without the number of its drive may be sent',
  )
  // What is kept of it is read as the very same receipt, again and again.
  const again = decodeTaxJson(bytes).document
  must(JSON.stringify(again) === JSON.stringify(receipt), 'what is kept of a receipt is another receipt')
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sumOf(item: unknown): unknown {
  return isPlain(item) ? item['sum'] : undefined
}

/** A number that JSON holds exactly must be that number or null with a problem. */
function sameNumber(said: number | null, own: unknown, what: string): void {
  if (said === null || typeof own !== 'number') return
  must(said === own, `${what}: ${said} is not ${own}`)
}
