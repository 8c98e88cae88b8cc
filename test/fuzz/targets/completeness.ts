/** The proof that a document is whole: what this reader finds missing or foreign is never called right. */
import { concat } from '../../../drivers/bytes.ts'
import { judgeDocument } from '../../../drivers/completeness.ts'
import { realDocuments } from '../../fakes/register/archive.ts'
import { ownElements, ownNumber } from '../own.ts'
import { must, type Target } from '../target.ts'

/** Byte 0: whether it is a receipt; bytes 1 to 3: the number that was asked for; the rest: the body. */
export const completeness: Target = {
  name: 'completeness',
  main: 'drivers/completeness.js',
  longest: 2_500,
  shape: { tlvFrom: 4 },
  *seeds() {
    for (const { type, bodyHex } of realDocuments()) {
      const number = ownElements(bodyHex, false)?.find(({ tag }) => tag === 1040)?.value ?? new Uint8Array()
      const asked = concat(number, new Uint8Array(3)).subarray(0, 3)
      yield concat(Uint8Array.of([3, 4, 31, 41].includes(type) ? 1 : 0), asked, bodyHex)
    }
  },
  run(input) {
    const receipt = (input[0] ?? 0) % 2 === 1
    const number = Number(ownNumber(input.subarray(1, 4)))
    const body = input.subarray(4)
    const verdict = judgeDocument(body, {
      number,
      receipt,
      type: 3,
      storage: null,
      sign: null,
      minute: null,
      total: null,
    })
    const all = ownElements(body, false)
    if (verdict.wrong === null) {
      must(all !== null, 'a damaged body is called whole')
      const told = all.find(({ tag }) => tag === 1040)
      must(
        told !== undefined && ownNumber(told.value) === BigInt(number),
        'another document is taken for this one',
      )
      for (const tag of [1012, 1077, ...(receipt ? [1020] : [])])
        must(
          all.some((element) => element.tag === tag),
          `tag ${tag} is missing`,
        )
      if (receipt && verdict.addsUp) addsUp(all)
    }
    must(
      verdict.odd.every((words) => words.length < 200),
      'a remark without end',
    )
  },
}

/** Lines that are said to add up do, but for the roubles that tills round down to. */
function addsUp(all: readonly { tag: number; value: Uint8Array }[]): void {
  let sum = 0n
  let lines = 0
  for (const { tag, value } of all) {
    if (tag !== 1059 && tag !== 1071) continue
    lines++
    const part = ownElements(value, false)?.find((element) => element.tag === 1043)
    const kopecks = part === undefined ? 0n : ownNumber(part.value)
    sum += tag === 1059 ? kopecks : -kopecks
  }
  const total = ownNumber(all.find(({ tag }) => tag === 1020)?.value ?? new Uint8Array())
  const isRounded = total % 100n === 0n && sum > total && sum - total < 100n
  must(lines === 0 || sum === total || isRounded, `lines of ${sum} are said to add up to ${total}`)
}
