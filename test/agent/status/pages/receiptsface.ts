/** A desk of which only some verbs answer, and one person before it. */
import { parseConfig } from '../../../../agent/config.ts'
import { checkedDesk, type Desk, type ListedRow, type Verb } from '../../../../agent/desk/desk.ts'
import type { Face, Visit } from '../../../../agent/status/visit.ts'
import type { Language, Text } from '../../../../agent/text.ts'

export const now = Date.parse('2026-08-03T12:00:00Z')
export const storage = '9999078900001234'

/** What was asked of it, in order. */
export interface Asked {
  readonly verb: Verb
  readonly input: unknown
}

export interface FakeFace extends Face {
  readonly asked: readonly Asked[]
}

/** A face whose desk knows these verbs and checks their inputs as the true one does. */
export function faceWith(
  verbs: Partial<Desk>,
  registers: readonly string[] = ['till-1', 'till-2'],
): FakeFace {
  const asked: Asked[] = []
  const desk = new Proxy(
    {},
    {
      get: (_, verb: Verb) => async (input: never, signal: AbortSignal) => {
        asked.push({ verb, input })
        const answer = verbs[verb] as Desk[Verb] | undefined
        if (answer === undefined) throw new Error(`nobody should ask ${verb}`)
        return await answer(input, signal)
      },
    },
  ) as Desk
  return {
    desk: checkedDesk(desk),
    config: configOf(registers),
    clock: () => now,
    listenWire: () => ({ [Symbol.dispose]: () => undefined }),
    lastTalk: () => [],
    asked,
  }
}

export function visitOf(language: Language, query: Readonly<Record<string, string>> = {}): Visit {
  return {
    language,
    say: (said: Text) => said[language],
    query,
    who: 'technician',
    signal: new AbortController().signal,
  }
}

export function rowOf(number: number, differs: Partial<ListedRow> = {}): ListedRow {
  return {
    key: `FN${storage}-FD${number}`,
    storage,
    number,
    register: 'till-1',
    type: 3,
    format: 'tlv',
    readAt: '2026-08-01T09:30:05.000Z',
    state: 'parked',
    attempts: 1,
    outcome: 'park',
    why: '422: The site cannot take this receipt',
    total: 68_428,
    time: '2026-08-01T12:30:00',
    operation: 1,
    ...differs,
  }
}

/** The hidden fields of the forms in a page, in their order. */
export function hiddenFields(html: string): (readonly [name: string, value: string])[] {
  const found = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
  return [...found].map(([, name = '', value = '']) => [name, unescaped(value)])
}

function unescaped(value: string): string {
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function configOf(registers: readonly string[]): Face['config'] {
  const lines = [
    'store: shop',
    'timezone: Europe/Moscow',
    'stateDir: /var/lib/chekpost',
    'bitrix: { url: "https://shop.example/local/chekpost/sale.php", secretFile: /etc/secret }',
    'registers:',
    ...registers.map(
      (name, at) => `  - { name: ${name}, driver: shtrih, address: "tcp:192.0.2.${at + 1}:7778" }`,
    ),
  ]
  return parseConfig(lines.join('\n'), 'chekpost.yaml')
}
