/** Product codes: no code that is none, no digit that does not stand there. */

import { defaultCodeRules } from '../../../agent/fiscal/coderules.ts'
import { productCode } from '../../../agent/fiscal/codes.ts'
import { readCodeBytes, readCodeText } from '../../../agent/fiscal/marking.ts'
import { concat, fromHex } from '../../../drivers/bytes.ts'
import { bytesOf, textsIn } from '../fixtures.ts'
import { ownCheckDigit, ownElements } from '../own.ts'
import { must, type Target } from '../target.ts'

const weighed = { ...defaultCodeRules, inStore: { prefix: ['21', '22'], plu: 5, weight: 5 } }

/** Byte 0: 0 for tag 1162, a text child of 1163 by its number from 1 on, 200 and more for a name; then the value. */
export const codes: Target = {
  name: 'codes',
  main: 'agent/fiscal/marking.js',
  longest: 200,
  shape: 'bytes',
  *seeds() {
    for (const text of textsIn('archive', '.json'))
      for (const hex of text.match(/"bodyHex"\s*:\s*"([0-9a-f]+)"/)?.slice(1) ?? [])
        for (const value of marks(fromHex(hex) ?? new Uint8Array())) yield concat(Uint8Array.of(0), value)
    yield concat(Uint8Array.of(3), bytesOf('4601234567893'))
    yield concat(Uint8Array.of(5), bytesOf('010460123456789321abcDEF!"%&\'()'))
    yield concat(Uint8Array.of(200), bytesOf('4601234567893 Milk'))
    yield Uint8Array.of(0, 0x44, 0x4d, 0x04, 0x2f, 0x1f, 0x96, 0x81, 0x78, 0x4d, 0x67, 0x3a)
  },
  words: ['444d', '450d', '4508', '490e', '5246', 'c514', 'c51e', '0000'].flatMap(
    (hex) => fromHex(hex) ?? [],
  ),
  run(input) {
    const [kind = 0] = input
    const value = input.subarray(1)
    const text = Buffer.from(value).toString('latin1')
    if (kind === 0) {
      judge(readCodeBytes(value))
      if (value[0] === 0x44 && value[1] === 0x4d) sameDigits(readCodeBytes(value).gtin, value)
    } else if (kind < 200) judge(readCodeText(1299 + (kind % 30), text))
    const { code } = productCode(
      {
        bytes: kind === 0 ? [value, value.subarray(1)] : [],
        texts: kind > 0 && kind < 200 ? [{ tag: 1299 + (kind % 30), text }] : [],
        shown: null,
        extra: kind % 2 === 0 ? text : null,
        name: kind >= 200 ? text : null,
      },
      weighed,
    )
    judge(code)
    must(JSON.stringify(code).length < 12 * (input.length + 40), 'the output is out of all proportion')
  },
}

function marks(body: Uint8Array): Uint8Array[] {
  return (ownElements(body, true) ?? [])
    .filter(({ tag }) => tag === 1059)
    .flatMap(({ value }) => ownElements(value, false) ?? [])
    .filter(({ tag }) => tag === 1162)
    .map(({ value }) => value)
}

function judge({ gtin, ean, mark }: { gtin: string | null; ean: string | null; mark: string | null }): void {
  must(gtin === null || (/^\d{14}$/.test(gtin) && ownCheckDigit(gtin)), `no GTIN: ${gtin}`)
  const isUpcE = ean !== null && /^[01]\d{7}$/.test(ean)
  must(ean === null || isUpcE || (/^(\d{8}|\d{12,13})$/.test(ean) && ownCheckDigit(ean)), `no EAN: ${ean}`)
  must(mark === null || mark !== '', 'an empty mark')
}

/** Six bytes big-endian, as the order describes them. */
function sameDigits(gtin: string | null, value: Uint8Array): void {
  if (gtin === null) return
  let number = 0
  for (const byte of value.subarray(2, 8)) number = number * 256 + byte
  must(Number(gtin) === number, `GTIN ${gtin} is not ${number}`)
}
