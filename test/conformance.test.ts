/**
 * The same promises asked of every driver in the registry, on a bare line and over HID reports, which no driver can
 * tell apart. A driver brings `test/fixtures/<name>/`: a talk that
 * connects and reads one document (`receipt.transcript`), a talk with a receipt open (`open-receipt.transcript`),
 * and `conformance.json` with short time limits and what the document must be. A driver with several ways to talk
 * brings one more folder for each, `<name>-<way>`, whose `defaults` choose it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../drivers/bytes.ts'
import {
  type Driver,
  drivers,
  type Line,
  parseAddress,
  parseTranscript,
  RegisterError,
  type TalkPiece,
} from '../drivers/index.ts'
import { type Disorder, overReports, type Packing } from './fakes/hid.ts'
import { playback, QuietLine } from './fakes/playback.ts'

interface Conformance {
  readonly defaults?: Readonly<Record<string, unknown>>
  readonly settings: Readonly<Record<string, unknown>>
  /** What differs from `settings` where no promise is about silence. */
  readonly unhurried: Readonly<Record<string, unknown>>
  readonly number: number
  readonly storage: string
  readonly type: number
  readonly bytes: string
}

const never = new AbortController().signal

function fixture(way: string, file: string): string {
  return readFileSync(new URL(`fixtures/${way}/${file}`, import.meta.url), 'utf8')
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'no failure',
    (reason: unknown) => reason,
  )
}

/** Answers every write with the next of `answers`, and then with silence. */
function babbling(answers: readonly Uint8Array[]): QuietLine {
  const left = [...answers]
  const line = new QuietLine()
  const { write } = line
  line.write = async (bytes, signal) => {
    await write.call(line, bytes, signal)
    line.hear(left.shift() ?? new Uint8Array())
  }
  return line
}

/** What stands between the driver and the line that a test plays. */
type Wrap = (line: Line) => Promise<Line>

const reports =
  (packing: Packing, disorder?: Disorder): Wrap =>
  (line) =>
    overReports(line, packing, disorder)

const wraps: Readonly<Record<string, Wrap>> = {
  'a bare line': (line) => Promise.resolve(line),
  'HID reports whose id is their length': reports({ kind: 'id-len' }),
  'small HID reports that count, among foreign and empty ones': reports(
    { kind: 'len', report: 8, id: 5 },
    { pads: true, mixes: true },
  ),
}

describe.each(Object.values<Driver>(drivers))('$name is found', ({ search, explain, asks, settings }) => {
  it('at rates and addresses that exist', () => {
    expect(search.speeds.length).toBeGreaterThan(0)
    for (const baud of search.speeds)
      expect(parseAddress(`serial:/dev/ttyS0?baud=${baud}`).kind).toBe('serial')
    for (const address of search.addresses) expect(parseAddress(address).kind).not.toBe('wrong')
  })

  it.each([false, true])('with a few bytes that only ask, whoever is there (bold: %s)', async (bold) => {
    const said: TalkPiece[] = []
    const line = babbling([])
    const { write } = line
    line.write = async (bytes, signal) => {
      said.push({ way: '>', bytes })
      await write.call(line, bytes, signal)
    }
    expect(await search.greet(line, bold, never)).toEqual({ kind: 'silent' })
    expect(said.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(bold ? 32 : 16)
    for (const { command } of explain(said)) if (command !== null) expect(asks).toContain(command)
  })

  it('never by a chatter that means nothing', async () => {
    const chatter = Array.from({ length: 50 }, () => new TextEncoder().encode('AT+CGMI\r\n'))
    const greeting = await search.greet(babbling(chatter), true, never)
    expect(['silent', 'foreign']).toContain(greeting.kind)
    expect(settings.safeParse({}).success).toBe(true)
  })
})

const folders = readdirSync(new URL('fixtures', import.meta.url))
const ways = Object.entries<Driver>(drivers).flatMap(([name, driver]) =>
  [name, ...folders.filter((folder) => folder.startsWith(`${name}-`))].flatMap((way) =>
    Object.entries(wraps).map(([over, wrap]) => ({ way, name, driver, over, wrap })),
  ),
)

describe.each(ways)('$way over $over', ({ way, name, driver, over, wrap }) => {
  const told: Conformance = JSON.parse(fixture(way, 'conformance.json'))
  const patient = driver.settings.parse(told.defaults ?? {})
  const settings = driver.settings.parse(told.settings)
  // Where nobody is silent, a busy machine has all the time it wants.
  const unhurried = driver.settings.parse({ ...told.settings, ...told.unhurried })
  const talk = fixture(way, 'receipt.transcript')
  const opened: Line[] = []
  const connectWith = async (line: Line, chosen: unknown, signal: AbortSignal) => {
    const over = await wrap(line)
    opened.push(over)
    return driver.connect(over, chosen, signal)
  }
  const connect = (line: Line, signal = never) => connectWith(line, settings, signal)

  afterEach(async () => {
    // A talk that was broken off on purpose complains when it is closed.
    await Promise.allSettled(opened.splice(0).map((line) => line[Symbol.asyncDispose]()))
  })

  async function readThrough(chop?: (bytes: Uint8Array) => Uint8Array[]) {
    await using line = playback(talk, chop)
    const register = await connectWith(line, unhurried, never)
    expect(await register.state(never)).toEqual({ kind: 'idle' })
    expect(await register.newest(never)).toEqual({ storage: told.storage, number: told.number })
    expect(register.identity.storage).toBe(told.storage)
    const document = await register.readDocument(told.number, never)
    expect(toHex(document.bytes ?? new Uint8Array())).toBe(told.bytes)
    expect(document).toMatchObject({
      storage: told.storage,
      number: told.number,
      type: told.type,
      remarks: [],
    })
  }

  const onlyQuestions = (pieces: readonly TalkPiece[]) => {
    for (const { command, problem } of driver.explain(pieces)) {
      if (command !== null) expect(driver.asks).toContain(command)
      expect(problem).toBeNull()
    }
  }

  it('bears its own name in the registry and has defaults for every setting', () => {
    expect(driver.name).toBe(name)
    expect(driver.settings.safeParse({}).success).toBe(true)
    expect(driver.settings.safeParse({ notASetting: 1 }).success).toBe(false)
  })

  it('reads a document byte for byte', () => readThrough())

  it('reads it when every byte comes alone', () =>
    readThrough((bytes) => [...bytes].map((byte) => Uint8Array.of(byte))))

  it('reads it when answers are cut in two at any byte', async () => {
    for (let cut = 1; cut < 40; cut++) await readThrough((bytes) => [bytes.slice(0, cut), bytes.slice(cut)])
  })

  it('leaves a register with an open receipt in peace', async () => {
    await using line = playback(fixture(way, 'open-receipt.transcript'))
    expect(await failure(connect(line))).toMatchObject({ fault: 'busy' })
  })

  it('ends with `silent` when nothing answers', async () => {
    const line = new QuietLine()
    const error = await failure(connect(line))
    expect(error).toBeInstanceOf(RegisterError)
    expect(error).toMatchObject({ fault: 'silent', hint: { ru: expect.any(String), en: expect.any(String) } })
  })

  it('ends with the reason of an abort while it waits', async () => {
    const caller = new AbortController()
    const reason = new Error('told to stop')
    const connecting = failure(connectWith(new QuietLine(), patient, caller.signal))
    caller.abort(reason)
    expect(await connecting).toBe(reason)
    expect(await failure(connectWith(new QuietLine(), patient, caller.signal))).toBe(reason)
  })

  it('ends with `lost` when the line goes', async () => {
    const line = new QuietLine()
    const connecting = failure(connectWith(line, patient, never))
    line.lose()
    expect(await connecting).toMatchObject({ fault: 'lost' })
  })

  it('answers any rubbish with a fault of the contract, and writes questions only', async () => {
    const answers = parseTranscript(talk)
      .filter(({ way }) => way === '<')
      .map(({ bytes }) => bytes)
    const rubbish = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...answers) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(rubbish, { maxLength: 30 }), async (pieces) => {
        const line = babbling(pieces)
        const result = await failure(connect(line))
        if (result !== 'no failure') expect(result).toBeInstanceOf(RegisterError)
        onlyQuestions(line.written.map((bytes) => ({ way: '>', bytes })))
      }),
      // The rubbish that the reports themselves add is proved where they are taken apart.
      { numRuns: over === 'a bare line' ? 40 : 10 },
    )
  })

  it('finds an answer damaged anywhere out, never a wrong document', async () => {
    const steps = parseTranscript(talk)
    const answered = steps.filter(({ way }) => way === '<').length
    for (let at = 0; at < answered; at += 3) {
      const line = damaging(steps, at)
      const result = await readAll(line).catch((reason: unknown) => reason)
      if (result instanceof Uint8Array) expect(toHex(result)).toBe(told.bytes)
      else expect(result).toBeInstanceOf(RegisterError)
    }

    async function readAll(line: Line): Promise<Uint8Array> {
      const register = await connect(line)
      await register.state(never)
      await register.newest(never)
      const document = await register.readDocument(told.number, never)
      return document.bytes ?? new Uint8Array()
    }
  })

  it('explains every frame of its own talks without a problem', () => {
    for (const file of ['receipt.transcript', 'open-receipt.transcript']) {
      const pieces = parseTranscript(fixture(way, file))
      const explained = driver.explain(pieces)
      expect(explained.map(({ frame }) => frame).join('')).toBe(
        pieces.map(({ bytes }) => toHex(bytes)).join(''),
      )
      expect(explained.filter(({ ok, problem }) => !ok || problem !== null)).toEqual([])
      onlyQuestions(pieces.filter(({ way }) => way === '>'))
    }
  })

  it('can ask what its talks ask', () => {
    const asked = driver.explain(parseTranscript(talk).filter(({ way }) => way === '>'))
    expect(asked.some(({ command }) => command !== null)).toBe(true)
    expect(fromHex(told.bytes)).not.toBeNull()
  })
})

/** Plays a talk without looking at what is written; one bit of the answer number `at` is turned round. */
function damaging(steps: readonly TalkPiece[], at: number): QuietLine {
  const answers: Uint8Array[][] = []
  for (const { way, bytes } of steps) {
    if (way === '<') answers.at(-1)?.push(bytes)
    else answers.push([])
  }
  let said = 0
  return babbling(
    answers.map((pieces) => {
      const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]))
      if (bytes.length === 0 || said++ !== at) return bytes
      return bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 0x04 : byte))
    }),
  )
}
