import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type WireRow, Wiretap } from '../../agent/wiretap.ts'
import { drivers, type Line, Tap } from '../../drivers/index.ts'
import { commands, encode } from '../../drivers/shtrih/commands.ts'
import { wrapFrame } from '../../drivers/shtrih/frame.ts'
import { wrapFrame2 } from '../../drivers/shtrih/frame2.ts'

/** Everything private in these talks is made of the bytes A0 to AF, and nothing else is. */
const password = 0xa4a3a2a1
const secretByte = /\ba[0-9a-f]\b/
const secretLetters = /[а-п]{3}/

const signal = new AbortController().signal

type Piece = readonly ['>' | '<', Uint8Array]
type Frames = 'v1' | 'v2'

let tap: Tap
let line: Line

beforeEach(() => {
  vi.useFakeTimers()
  begin()
})
afterEach(() => vi.useRealTimers())

/** Another register. */
function begin(): void {
  tap = new Tap(() => 1_000)
  line = tap.over({
    write: () => Promise.resolve(),
    read: () => Promise.resolve(next),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
}

let next: Uint8Array = new Uint8Array()

async function say([way, bytes]: Piece): Promise<void> {
  next = bytes
  if (way === '>') await line.write(bytes, signal)
  else await line.read(signal)
}

async function talk(pieces: readonly Piece[]): Promise<readonly WireRow[]> {
  for (const piece of pieces) await say(piece)
  return new Wiretap(tap, drivers.shtrih).lastTalk()
}

function framed(frames: Frames, payload: Uint8Array): Uint8Array {
  return frames === 'v1' ? wrapFrame(payload) : wrapFrame2({ kind: 'message', number: 7, payload })
}

const bytesOf = (...all: number[]) => Uint8Array.from(all)

/** What may be shown of this answer: all of it. */
const likeAnAnswer = bytesOf(0x6b, 0x00, 0xa5, 0xa6, 0xa7)

/** A document with names in it, with control bytes, and with what looks like a whole frame. */
const document = [
  ...[0xf0, 0x03, 0x04, 0x00, 0xa0, 0xa1, 0xa2, 0xa3],
  ...wrapFrame(likeAnAnswer),
  ...[0x05, 0x06, 0x15, 0xff, 0x02, 0x03, 0xa8, 0xa9, 0x9f, 0xaa, 0x02, 0x01, 0xab, 0xab, 0xac],
]

/** A question and its answer, as v1 or v2 says them. */
function exchange(frames: Frames, question: Uint8Array, answer: Uint8Array): Piece[] {
  const [asked, answered] = [framed(frames, question), framed(frames, answer)]
  if (frames === 'v2')
    return [
      ['>', asked],
      ['<', answered],
    ]
  return [
    ['>', bytesOf(0x05)],
    ['<', bytesOf(0x15)],
    ['>', asked],
    ['<', bytesOf(0x06)],
    ['<', answered],
    ['>', bytesOf(0x06)],
  ]
}

const portion = (frames: Frames) =>
  exchange(frames, encode(commands.documentPortion, { password }), bytesOf(0xff, 0x3b, 0x00, ...document))
const table = (frames: Frames) =>
  exchange(
    frames,
    encode(commands.tableField, { password, table: 18, row: 1, field: 7 }),
    bytesOf(0x1f, 0x00, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4),
  )
const opened = (frames: Frames) =>
  exchange(frames, encode(commands.openDocument, { password, fd: 7 }), bytesOf(0xff, 0x3a, 0x00, 3, 0, 77, 0))

function leaks(rows: readonly WireRow[]): string[] {
  const said = rows.map(({ way, hex, name, says, meaning, problem }) => ({
    hex,
    words: `${way} ${hex} ${name} ${says?.en} ${meaning?.en} ${problem}`,
    fields: `${says?.en} ${meaning?.en} ${problem?.en}`,
  }))
  return said.flatMap(({ hex, words, fields }) =>
    secretByte.test(hex) || secretLetters.test(fields) || /A[0-9A-F]A[0-9A-F]/.test(fields) ? [words] : [],
  )
}

describe.each(['v1', 'v2'] as const)('%s', (frames) => {
  test('a talk is shown with its commands, its fields and its control bytes', async () => {
    const rows = await talk(opened(frames))
    const answer = rows.find(({ way, name }) => way === '<' && name?.startsWith('FF3A'))
    expect(answer?.meaning?.ru).toMatch(/вид документа: 3, длина: 77/)
    expect(answer?.hex).toMatch(/ff 3a 00 03 00 4d 00/)
    expect(answer?.problem).toBeNull()
    if (frames === 'v1')
      expect(rows.map(({ name }) => name)).toEqual(['ENQ', 'NAK', 'FF3A', 'ACK', 'FF3A', 'ACK'])
  })

  test('each row says what it is about, in both languages', async () => {
    const rows = await talk(opened(frames))
    for (const { says } of rows) {
      expect(says?.ru).toMatch(/[а-я]{4}/)
      expect(says?.en).toMatch(/^[a-z ,;?]+$/i)
    }
  })

  test('passwords, documents, the owner and their checksums are never shown', async () => {
    const rows = await talk([...portion(frames), ...table(frames), ...opened(frames)])
    expect(leaks(rows)).toEqual([])
    const question = rows.find(({ way, name }) => way === '>' && name?.startsWith('FF3A'))
    // The checksum of a message tells one unknown byte, and of more whether a guess is right.
    const shownEnd = frames === 'v1' ? / 07 00 00 00 ··$/ : / 07 00 00 00 ·· ··$/
    expect(question?.hex).toMatch(shownEnd)
    expect(question?.hex).toMatch(/ff 3a ·· ·· ·· ·· 07/)
    expect(question?.meaning?.ru).toBe(frames === 'v1' ? 'ФД: 7' : 'ФД: 7, кадр №: 7')
    expect(rows.find(({ way, name }) => way === '<' && name?.startsWith('FF3B'))?.hex).toMatch(
      /^[0-9a-f ]+ ff 3b 00 ·· ··/,
    )
  })

  test('however the line cuts, damages, drops or delays, nothing private is shown', async () => {
    const damage = fc.record({
      at: fc.nat(400),
      how: fc.constantFrom('drop', 'flip', 'cut', 'echo', 'none'),
      by: fc.integer({ min: 1, max: 0x7f }),
    })
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })
    const waits = fc.array(fc.constantFrom(0, 100, 300, 1_200), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(damage, cuts, waits, fc.boolean(), async ({ at, how, by }, sizes, pauses, late) => {
        begin()
        const heard: WireRow[] = []
        const wiretap = new Wiretap(tap, drivers.shtrih)
        const all = [...opened(frames), ...portion(frames), ...table(frames)].flatMap(
          ([way, bytes]): Piece[] => {
            if (way === '>')
              return how === 'echo'
                ? [
                    [way, bytes],
                    ['<', bytes],
                  ]
                : [[way, bytes]]
            return chopped(hurt(bytes, at, how, by), sizes).map((piece) => ['<', piece])
          },
        )
        let listening: Disposable | null = null
        for (const [i, piece] of all.entries()) {
          if (i === (late ? 9 : 0)) listening = wiretap.listen((rows) => heard.push(...rows))
          await say(piece)
          vi.advanceTimersByTime(pauses[i % pauses.length] ?? 0)
        }
        vi.advanceTimersByTime(2_000)
        listening?.[Symbol.dispose]()
        expect(leaks(heard)).toEqual([])
        expect(leaks(wiretap.lastTalk())).toEqual([])
      }),
      { numRuns: 120 },
    )
  })
})

/** Damage that makes no private byte. */
function hurt(bytes: Uint8Array, at: number, how: string, by: number): Uint8Array {
  const place = at % bytes.length
  if (how === 'drop') return Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(place + 1)])
  if (how === 'cut') return bytes.subarray(place)
  if (how !== 'flip') return bytes
  const changed = bytes.slice()
  changed[place] = by
  return changed
}

function chopped(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    pieces.push(bytes.subarray(from, from + size))
    from += size
  }
  return pieces
}

test.each<readonly [string, readonly ('>' | '<')[], readonly number[], string]>([
  ['NAK to ENQ is readiness', ['>', '<'], [0x05, 0x15], 'ready, waits for a question'],
  ['ACK to ENQ is an answer under way', ['>', '<'], [0x05, 0x06], 'still answers an earlier question'],
  ['ENQ once more is silence', ['>', '>'], [0x05, 0x05], 'no answer; is the register ready, once more?'],
  ['NAK of ours is a damaged answer', ['<', '>'], [0x06, 0x15], 'the answer came damaged, say it again'],
  ['a stray byte does no harm', ['>', '<'], [0x05, 0xff], 'a stray byte of registers'],
])('a single byte means what was said before it: %s', async (_, ways, bytes, words) => {
  const rows = await talk(ways.flatMap((way, at): Piece[] => [[way, bytesOf(bytes[at] ?? 0)]]))
  expect(rows.at(-1)?.says?.en).toContain(words)
})

test('a question that was not answered and is asked again says so, and one that was answered does not', async () => {
  const question = wrapFrame(encode(commands.driveStatus, { password }))
  const refusal = wrapFrame(bytesOf(0xff, 0x01, 0x4f))
  const ack = bytesOf(0x06)
  const asked = await talk([
    ...[['>', question] as const, ['<', bytesOf(0x15)] as const, ['>', question] as const],
    ...[['<', ack] as const, ['<', refusal] as const, ['>', ack] as const, ['>', question] as const],
  ])
  const said = asked.map(({ says }) => says?.en)
  expect(said).toEqual([
    'state of the fiscal drive',
    'came damaged, asks to say it again',
    'once more: state of the fiscal drive',
    'the question is taken, the answer comes',
    'state of the fiscal drive',
    'the answer came whole',
    'state of the fiscal drive',
  ])
  expect(leaks(asked)).toEqual([])
})

test('what is no frame is shown by its length alone', async () => {
  const rows = await talk([
    ['>', bytesOf(0x05)],
    ['<', bytesOf(0x41, 0xa1, 0xa2, 0x05, 0xa3)],
  ])
  expect(rows[1]).toMatchObject({ hex: '·· ·· ·· ·· ··', name: null, meaning: null })
  expect(rows[1]?.problem?.en).toMatch(/^not understood, 5 bytes/)
})

test.each([
  ['heard from its middle on', false, 0],
  ['that comes in pieces', true, 0],
  ['that stays away for seconds in its middle', true, 2_000],
])('a part of a document that looks like an answer is not taken for one: %s', async (_, asked, waitMs) => {
  const wiretap = new Wiretap(tap, drivers.shtrih)
  const rows: WireRow[] = []
  using _listening = wiretap.listen((more) => rows.push(...more))
  const [question, answer] = exchange(
    'v2',
    encode(commands.documentPortion, { password }),
    bytesOf(0xff, 0x3b, 0x00, ...document),
  )
  const at = Buffer.from(answer?.[1] ?? []).indexOf(Buffer.from(wrapFrame(likeAnAnswer)))
  expect(at).toBeGreaterThan(0)
  if (question !== undefined && asked) await say(question)
  if (answer !== undefined && asked) await say(['<', answer[1].subarray(0, at)])
  vi.advanceTimersByTime(waitMs)
  if (answer !== undefined) await say(['<', answer[1].subarray(at)])
  vi.advanceTimersByTime(2_000)
  expect(rows.length).toBeGreaterThan(0)
  expect(leaks(rows)).toEqual([])
  if (waitMs === 0) expect(leaks(wiretap.lastTalk())).toEqual([])
})

test('a refusal is said in both languages', async () => {
  const refused = exchange('v1', encode(commands.driveStatus, { password }), bytesOf(0xff, 0x01, 0x4f))
  const rows = await talk(refused)
  const meaning = rows.find(({ way, name }) => way === '<' && name?.startsWith('FF01'))?.meaning
  expect(meaning?.ru).toMatch(/пароль/)
  expect(meaning?.en).toMatch(/password/)
})

test('those who listen are told in batches, a quarter of a second apart at most, and nobody else is woken', async () => {
  const wiretap = new Wiretap(tap, drivers.shtrih)
  const batches: number[] = []
  const one = wiretap.listen((rows) => batches.push(rows.length))
  using _other = wiretap.listen(() => undefined)
  expect(vi.getTimerCount()).toBe(0)
  for (let i = 0; i < 5; i++) for (const piece of opened('v1')) await say(piece)
  expect(batches).toEqual([])
  vi.advanceTimersByTime(250)
  expect(batches).toHaveLength(1)
  vi.advanceTimersByTime(2_000)
  expect(batches.reduce((sum, count) => sum + count)).toBe(30)
  expect(vi.getTimerCount()).toBe(0)
  one[Symbol.dispose]()
})

test('nothing is explained while nobody looks', async () => {
  let explained = 0
  const counting: typeof drivers.shtrih.explain = (pieces) => {
    explained++
    return drivers.shtrih.explain(pieces)
  }
  const wiretap = new Wiretap(tap, { ...drivers.shtrih, explain: counting })
  wiretap.listen(() => undefined)[Symbol.dispose]()
  for (const piece of opened('v1')) await say(piece)
  vi.advanceTimersByTime(10_000)
  expect(explained).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('somebody who fails over what he hears is told no more, and the others are', async () => {
  const wiretap = new Wiretap(tap, drivers.shtrih)
  let heard = 0
  let failed = 0
  using _broken = wiretap.listen(() => {
    failed++
    throw new Error('the browser has gone')
  })
  using _other = wiretap.listen(() => heard++)
  for (let i = 0; i < 3; i++) {
    for (const piece of opened('v1')) await say(piece)
    vi.advanceTimersByTime(2_000)
  }
  expect(failed).toBe(1)
  expect(heard).toBeGreaterThan(2)
})

test('a backlog over the network is left out, and that is said', async () => {
  const wiretap = new Wiretap(tap, drivers.shtrih)
  const rows: WireRow[] = []
  using _listening = wiretap.listen((more) => rows.push(...more))
  for (let i = 0; i < 500; i++) for (const piece of opened('v2')) await say(piece)
  vi.advanceTimersByTime(250)
  expect(rows.length).toBeLessThan(120)
  expect(rows.at(-1)?.says?.en).toMatch(/left out.*: 8\d\d/)
})

/** Of a talk that is too fast: what is shown of it, with a round after `first`. */
async function shownOf(first: readonly Piece[], then: readonly Piece[]): Promise<readonly WireRow[]> {
  const wiretap = new Wiretap(tap, drivers.shtrih)
  const rows: WireRow[] = []
  using _listening = wiretap.listen((more) => rows.push(...more))
  for (const piece of first) await say(piece)
  vi.advanceTimersByTime(250)
  expect(rows.at(-1)?.says?.en).toMatch(/left out/)
  for (const piece of then) await say(piece)
  vi.advanceTimersByTime(2_000)
  return rows
}

const times = (count: number, pieces: readonly Piece[]) => Array.from({ length: count }, () => pieces).flat()
const status = (frames: Frames) =>
  exchange(frames, encode(commands.driveStatus, { password }), bytesOf(0xff, 0x01, 0x4f))

test('an answer whose question was left out is left out as well, and no fault of the line', async () => {
  const [question, answer] = status('v2')
  if (question === undefined || answer === undefined) throw new Error('nothing is said')
  const [begin, end] = [answer[1].subarray(0, 4), answer[1].subarray(4)]
  const rows = await shownOf(
    [...times(50, opened('v2')), question, ['<', begin]],
    [['<', end], ...opened('v2')],
  )
  expect(rows.flatMap(({ problem }) => problem?.en ?? [])).toEqual([])
  expect(rows.slice(-4).map(({ name, says }) => name ?? says?.en)).toEqual([
    'left out, too fast to be shown: 1',
    'left out, too fast to be shown: 1',
    'FF3A',
    'FF3A',
  ])
})

test('a question whose answer was left out was answered all the same', async () => {
  const rows = await shownOf([['<', bytesOf(0x15)], ...times(25, status('v1'))], status('v1'))
  expect(rows.slice(-6).map(({ name }) => name)).toEqual(['ENQ', 'NAK', 'FF01', 'ACK', 'FF01', 'ACK'])
  expect(rows.filter(({ says }) => says?.en.startsWith('once more'))).toEqual([])
})

test('a fault of whoever listens or explains costs rows, never the talk of the register', async () => {
  const faulty = () => {
    throw new Error('a frame that nobody thought of')
  }
  const heard: WireRow[] = []
  const wiretap = new Wiretap(tap, { ...drivers.shtrih, explain: faulty })
  using _listening = wiretap.listen((rows) => heard.push(...rows))
  using _other = tap.listen(faulty)
  for (const piece of exchange('v1', bytesOf(0x11), bytesOf(0x11, 0x00))) await say(piece)
  vi.advanceTimersByTime(2_000)
  expect(heard.length).toBeGreaterThan(2)
  for (const { hex, name, problem } of heard)
    expect([hex.replace(/[· ]/g, ''), name, problem?.en]).toEqual([
      '',
      null,
      expect.stringMatching(/^not understood/),
    ])
  expect(wiretap.lastTalk()).toHaveLength(heard.length)
  // The line still works, and whoever threw hears nothing more.
  await say(['>', bytesOf(0x05)])
})
