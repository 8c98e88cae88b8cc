/**
 * Why a document is not where it should be. The outbox keeps reasons in fixed English phrases; here each becomes a
 * pair again. What was made by reading an answer is found by reading such an answer anew, so the words cannot part
 * from those of `bitrix/`. What a site said in its own words stays as it is in both languages.
 */
import { readOutcome } from '../bitrix/answer.ts'
import { readTrouble, UnpinnedKey } from '../bitrix/trouble.ts'
import { type Text, text } from '../text.ts'
import { faultInWords } from './faults.ts'

/** A reason of the outbox's row in words. */
export function whyInWords(why: string): Text {
  const exact = fixed.get(why)
  if (exact !== undefined) return exact
  for (const [pattern, words] of shapes) {
    const found = pattern.exec(why)
    const said = found === null ? null : words(found[1] ?? '', found[2] ?? '')
    if (said !== null) return said
  }
  return text(why, why)
}

const fixed: ReadonlyMap<string, Text> = new Map(
  Object.entries({
    'a debug drive': text('отладочный ФН, не отправляется', 'a debug drive, nothing is sent'),
    'masked in the export: its bytes cannot be checked': text(
      'принят из выгрузки со скрытыми данными, сверить его содержимое нельзя; отправьте сами, если нужно',
      'imported with its data masked, so its content cannot be checked; send it by hand if need be',
    ),
    'nothing moves': text('товар не движется, отправлять нечего', 'no goods move, nothing to send'),
    'the site has it already': text('на сайте он уже есть', 'the site has it already'),
  }),
)

type Words = (first: string, second: string) => Text | null

/** The first that fits counts. */
const shapes: readonly (readonly [pattern: RegExp, words: Words])[] = [
  [/^(.+); a test passed, so it is about this document$/s, (stop) => blamed(whyInWords(stop))],
  [
    /^not in Bitrix after a loss, and older than (\d+) h/,
    (hours) =>
      text(
        `после потери базы на сайте его нет, и он старше ${hours} ч или неизвестно какой давности`,
        `not on the site after a loss of the outbox, and older than ${hours} h or of unknown age`,
      ),
  ],
  [
    /^not in Bitrix after a loss, as are over (\d+) others/,
    (others) =>
      text(
        `после потери базы на сайте нет его и ещё больше ${others} других`,
        `not on the site after a loss of the outbox, as are over ${others} others`,
      ),
  ],
  [
    /^rejected: only the short record was read/,
    () =>
      text(
        'касса отдала только краткую запись, состав чека неизвестен',
        'only the short record was read, the lines are not known',
      ),
  ],
  [/^rejected: (.*)$/s, (fault) => unreadable(faultInWords(fault))],
  [/^earlier receipts wait until the site says which it has: (.*)$/s, (fault) => unasked(whyInWords(fault))],
  [/^(\d{3}) without acknowledgement: (.*)$/s, (status, missing) => unacknowledged(Number(status), missing)],
  [/^(\d{3}): (.*)$/s, (status, said) => answered(Number(status), said)],
  [/^The site did not answer in time(?: \(([\d.]+) s\))?$/, (seconds) => late(seconds)],
  [
    /^The site showed a key that is not among the pinned ones: (\S+)$/,
    (key) => wordsOf(new UnpinnedKey(key)),
  ],
  [/\((\w+)\)$/, (code) => (/^[A-Z][A-Z\d_]+$/.test(code) ? wordsOf(withCode(code)) : null)],
]

function unreadable({ ru, en }: Text): Text {
  return text(`документ не разобрать: ${ru}`, `the document cannot be read: ${en}`)
}

function blamed({ ru, en }: Text): Text {
  return text(
    `не проходит именно этот чек, остальные проходят: ${ru}`,
    `this very receipt does not get through, others do: ${en}`,
  )
}

function unasked({ ru, en }: Text): Text {
  return text(
    `после потери базы ждёт, пока сайт не скажет, какие чеки у него есть: ${ru}`,
    `after a loss of the outbox it waits until the site says which receipts it has: ${en}`,
  )
}

/** The words of an answer are those that reading one of this status gives; the rest the site said itself. */
function answered(status: number, said: string): Text | null {
  const { words, outcome } = readOutcome(status, {}, '', '', 0)
  if (!('why' in outcome)) return null
  const isOurs = outcome.why === `${status}: ${said}`
  return isOurs ? words : text(`${words.ru}: ${said}`, `${words.en}: ${said}`)
}

const json = { 'content-type': 'application/json' } as const

/** Success that is no acknowledgement, by each way in which it can be none. */
function unacknowledged(status: number, missing: string): Text | null {
  const type = /^the answer is (.+), not application\/json$/s.exec(missing)?.[1] ?? ''
  const answers = [
    readOutcome(status, {}, '', '', 0),
    readOutcome(status, { 'content-type': type }, '', '', 0),
    readOutcome(status, json, '', '', 0),
    readOutcome(status, json, '{}', '', 0),
    readOutcome(status, json, '{"eventId":"another","state":"booked"}', '', 0),
  ]
  const same = answers.find(
    ({ outcome }) => 'why' in outcome && outcome.why === `${status} without acknowledgement: ${missing}`,
  )
  return same?.words ?? null
}

function late(seconds: string): Text {
  const limit = seconds === '' ? ['', ''] : [` (${seconds} с)`, ` (${seconds} s)`]
  return text(`Сайт не ответил вовремя${limit[0]}`, `The site did not answer in time${limit[1]}`)
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function wordsOf(error: Error): Text | null {
  return readTrouble(error)?.words ?? null
}
