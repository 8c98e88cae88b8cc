/** One signed `pos.test`, and what the answer means. It is never booked. */
import { httpDate, type Reading, readOutcome } from '../bitrix/answer.ts'
import { parseSecret } from '../bitrix/sign.ts'
import { type Exchange, SignedPost } from '../bitrix/signed.ts'
import { newTest } from '../bitrix/webhook.ts'
import type { Receiver, ReceiverWay } from '../destinations.ts'
import { isSame, type SiteMemory } from '../sites.ts'
import { type Text, text } from '../text.ts'
import { version } from '../version.ts'
import { bad, good, warning } from './finding.ts'
import type { Finding } from './report.ts'
import type { Ward } from './ward.ts'

/** Beyond this a signature is refused for its time, milliseconds. */
const clockLimitMs = 120_000
const slowMs = 3_000

/** The answer to a test. */
export interface Asked {
  readonly finding: Finding
  readonly offsetMs: number | null
}

export async function askReceiver(
  ward: Pick<Ward, 'clock' | 'instance' | 'siteOf'>,
  receiver: Receiver,
  way: ReceiverWay,
  signal: AbortSignal,
): Promise<Asked> {
  const test = newTest(way.id, way.store)
  using post = new SignedPost({ ...receiver, lanes: 1 }, ward.clock)
  const from = performance.now()
  const exchange = await post.send(
    {
      ...{ eventId: test.eventId, register: way.id, body: JSON.stringify(test) },
      keys: way.secrets.map(parseSecret),
      circumstances: {
        ...{ version: version(), instance: ward.instance, attempt: 1 },
        ...{ replay: false, waiting: 0, oldestSeconds: 0 },
      },
    },
    signal,
  )
  const ms = Math.round(performance.now() - from)
  const offsetMs = offsetOf(exchange)
  return {
    offsetMs,
    finding: judge(exchange, test.eventId, { ms, offsetMs, known: ward.siteOf(way.register) }),
  }
}

/** Over plain http, too: here it is only shown, never signed with. */
function offsetOf(exchange: Exchange): number | null {
  const date = exchange.answer?.headers['date']
  const theirs = typeof date === 'string' ? httpDate(date) : null
  return theirs === null || exchange.answer === null ? null : theirs - exchange.at
}

interface Beside {
  readonly ms: number
  readonly offsetMs: number | null
  readonly known: SiteMemory | null
}

function judge(exchange: Exchange, eventId: string, beside: Beside): Finding {
  if (exchange.answer === null)
    return bad('receiver', exchange.trouble.words, { hint: exchange.trouble.hint })
  const { status, headers, body } = exchange.answer
  const reading = readOutcome(status, headers, body, eventId, exchange.at)
  const { kind } = reading.outcome
  if (kind === 'ignored' || kind === 'accepted') return judgeWelcome(reading, beside)
  return bad('receiver', withReason(reading.words, body), { hint: hintFor(reading, status, beside) })
}

function judgeWelcome({ site }: Reading, { ms, known }: Beside): Finding {
  const where = site === undefined ? '' : ` ${site.host ?? ''} ${site.ledgerId ?? ''}`.trimEnd()
  const said = text(
    `проба принята за ${ms} мс${where && `:${where}`}`,
    `the test was taken in ${ms} ms${where && `:${where}`}`,
  )
  if (known !== null && site !== undefined && site.ledgerId !== null && !isSame(known, site))
    return warning(
      'receiver',
      text(
        `отвечает другой приёмник: был ${known.host ?? known.ledgerId}${where && `, теперь${where}`}`,
        `another receiver answers: was ${known.host ?? known.ledgerId}${where && `, is${where}`}`,
      ),
      {
        hint: text(
          'Если так и должно быть (переезд, новая установка): chekpost audit --accept-ledger',
          'If it is as it should be (moved, installed anew): chekpost audit --accept-ledger',
        ),
      },
    )
  if (ms > slowMs)
    return warning('receiver', said, {
      hint: text(
        'Сайт отвечает медленно: чеки дойдут, но не сразу.',
        'The site is slow: receipts arrive, but not at once.',
      ),
    })
  return good('receiver', said)
}

/** Our receiver says its reasons in JSON; no other text of an answer is shown. */
function withReason(words: Text, body: string): Text {
  try {
    const { reasons, error } = JSON.parse(body) as { reasons?: unknown; error?: unknown }
    const told = (Array.isArray(reasons) ? reasons : [error]).filter((one) => typeof one === 'string')
    const said = told
      .join('; ')
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, 200)
    return said === '' ? words : text(`${words.ru}: ${said}`, `${words.en}: ${said}`)
  } catch {
    return words // It is no JSON, and the sentence says so where that matters.
  }
}

function hintFor({ hint }: Reading, status: number, { offsetMs }: Beside): Text | null {
  if (status !== 401 || offsetMs === null || Math.abs(offsetMs) <= clockLimitMs) return hint
  return text(
    'Сначала поставьте верное время: timedatectl set-ntp true',
    'Set the right time first: timedatectl set-ntp true',
  )
}
