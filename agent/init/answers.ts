/** What a person answers to `init`: given on the command line, else asked at the terminal. */
import type { z } from 'zod'
import { inBoth } from '../configfaults.ts'
import { Bitrix, inLanguage, StoreName, Timezone } from '../configschema.ts'
import { type Text, text } from '../text.ts'
import type { Sighting } from './seek.ts'

/** What a part of the config's own schema says to an answer; null when it fits. */
function faultOf(schema: z.ZodType, answer: unknown): Text | null {
  const message = schema.safeParse(answer, { error: inBoth }).error?.issues[0]?.message
  return message === undefined ? null : text(inLanguage(message, 'ru'), inLanguage(message, 'en'))
}

export function checkStore(answer: string): Text | null {
  return faultOf(StoreName, answer)
}

export function checkZone(answer: string): Text | null {
  return faultOf(Timezone, answer)
}

/** `plainHttp`: the config before allows http:// to another machine. */
export function checkUrl(answer: string, plainHttp = false): Text | null {
  const url = receiverUrl(answer)
  if (url === null)
    return text(
      `«${answer}» не адрес сайта; пример: shop.example`,
      `"${answer}" is not a site's address; an example: shop.example`,
    )
  return faultOf(Bitrix, { url, plainHttp, secretFile: 'any' })
}

/** The receiver's address of what a person writes: a bare name or the site's front page will do. Null = no address. */
export function receiverUrl(answer: string): string | null {
  const whole = /^[a-z]+:\/\//i.test(answer) ? answer : `https://${answer}`
  if (!URL.canParse(whole)) return null
  const url = new URL(whole)
  if (!/^https?:$/.test(url.protocol) || url.hostname === '') return null
  if (url.pathname === '/') url.pathname = '/local/chekpost/sale.php'
  return url.href
}

export function checkFrom(answer: string): Text | null {
  return fromOf(answer) === null
    ? text('now, first, ledger или номер документа', 'now, first, ledger or the number of a document')
    : null
}

/** Where reading begins, as the config has it; null for anything else. */
export function fromOf(answer: string): 'now' | 'first' | 'ledger' | number | null {
  if (answer === 'now' || answer === 'first' || answer === 'ledger') return answer
  return /^[1-9]\d{0,9}$/.test(answer) ? Number(answer) : null
}

/** `1,3`: which of the registers shown are meant; null for a number that none of them has. */
export function chosen(answer: string, found: readonly Sighting[]): Sighting[] | null {
  const numbers = answer.split(/[\s,]+/).filter((word) => word !== '')
  const picked = numbers.flatMap((word) => found[Number(word) - 1] ?? [])
  return picked.length === numbers.length && picked.length > 0 ? [...new Set(picked)] : null
}
