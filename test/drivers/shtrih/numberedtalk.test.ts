import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RegisterError } from '../../../drivers/contract.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { QuietLine } from '../../fakes/playback.ts'
import { expectWhole, faultOf, never } from './bench.ts'
import { benchDocument, body, number, portionsOf } from './benchdocument.ts'
import { hex } from './captures.ts'
import { connectedByNumbers, NumberedBench, numberedSettings } from './numberedbench.ts'

const sync = '8F00000F1D'
const state = '1001000000'
const openAnother = 'FF3A1E000000A3000000'
const portions = portionsOf(body).length
/** FF0A, FF3A, and an FF3B for each portion and for the end. */
const exchanges = portions + 3
/** Where a document's reading is disturbed: around its opening, in the middle, and at its end. */
const frames = [0, 1, 2, 3, 4, exchanges >> 1, exchanges - 2, exchanges - 1]

const numbersOf = (written: readonly Uint8Array[]) =>
  written.map(hex).map((frame) => (frame === sync ? 'sync' : frame.slice(6, 10)))
const asked = (bench: NumberedBench, code: string) =>
  bench.register.asked.filter((one) => one === code).length

/** Does `what` before the frame that is the `nth` from now. */
function atFrame(bench: NumberedBench, nth: number, what: () => void): () => void {
  const at = bench.written.length + nth
  return () => {
    if (bench.written.length === at) what()
  }
}

describe('the count', () => {
  it('is asked of the register until it stands still, and the first command has the next number', async () => {
    const bench = new NumberedBench(0x25)
    await shtrih.connect(bench, numberedSettings, never)
    expect(bench.written.slice(0, 3).map(hex)).toEqual([sync, sync, '8F070026001001000000E414'])
  })

  it.each([
    [0xfffe, ['FFFF', '0000', '0100']],
    [0xffff, ['0000', '0100', '0200']],
    [0x8d, ['8E00', '9F81', '9000']],
    [0x9d, ['9E00', '9F83', 'A000']],
  ])('goes on from %i', async (last, expected) => {
    const bench = new NumberedBench(last)
    await shtrih.connect(bench, numberedSettings, never)
    expect(numbersOf(bench.written).slice(2, 5)).toEqual(expected)
  })

  it('is looked at before every look at the state, and at no other time', async () => {
    const { register, bench } = await connectedByNumbers()
    await register.state(never)
    await register.newest(never)
    expectWhole(await register.readDocument(number, never))
    expect(numbersOf(bench.written).lastIndexOf('sync')).toBe(0)
  })
})

describe('an answer', () => {
  it.each(frames)('to frame %i that is lost is said again, and nothing is executed twice', async (at) => {
    const { register, bench } = await connectedByNumbers((one) => {
      let lost = false
      one.fate = (_sent, executed) => {
        const now = executed !== null && one.register.asked.length === at + 1 && !lost
        lost ||= now
        return now ? 'lost' : 'said'
      }
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.asked).toHaveLength(exchanges)
  })

  it.each(frames)('to frame %i that came damaged is asked for under the same number', async (at) => {
    const { register, bench } = await connectedByNumbers((one) => {
      let damaged = false
      one.say = (bytes) => {
        if (damaged || one.register.asked.length !== at + 1) return [bytes]
        damaged = true
        return [bytes.map((byte, i) => (i === bytes.length - 3 ? byte ^ 0x10 : byte))]
      }
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.asked).toHaveLength(exchanges)
  })

  it('that comes in no other way is taken out of the answer to an empty frame', async () => {
    const { register, bench } = await connectedByNumbers((one) => {
      one.fate = () => (hex(one.written.at(-1) ?? new Uint8Array()) === sync ? 'said' : 'lost')
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.asked).toHaveLength(exchanges)
  })

  it('said twice is taken once', async () => {
    const { register, bench } = await connectedByNumbers((one) => {
      one.say = (bytes) => [bytes, bytes]
    })
    expect(await register.state(never)).toEqual({ kind: 'idle' })
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.asked).toHaveLength(exchanges + 1)
  })

  it.each<[string, (bytes: Uint8Array) => Uint8Array[]]>([
    ['byte by byte', (bytes) => [...bytes].map((byte) => Uint8Array.of(byte))],
    ['behind noise', (bytes) => [Uint8Array.of(0x15, 0x06, 0xff), bytes]],
    ['behind a false beginning', (bytes) => [Uint8Array.of(0x8f, 0x40, 0x00, 0x9f), bytes]],
  ])('is found %s', async (_how, say) => {
    const { register } = await connectedByNumbers((one) => {
      one.say = say
    })
    expectWhole(await register.readDocument(number, never))
  })

  it('may be longer than 255 bytes', async () => {
    const { register, bench } = await connectedByNumbers()
    expect(body.length).toBeGreaterThan(255)
    bench.register.documents.set(number, benchDocument({ portions: [body] }))
    expectWhole(await register.readDocument(number, never))
  })

  it('under our number to a question that is not ours is not taken', async () => {
    const { register, bench } = await connectedByNumbers()
    bench.before = atFrame(bench, 1, () => bench.another('1E1E000000'))
    expect(await register.newest(never)).toMatchObject({ number })
    expect(bench.register.asked).toEqual(['1E', 'FF01', 'FF01'])
  })
})

describe('a frame', () => {
  it.each(frames)('number %i that is not heard is sent again under the same number', async (at) => {
    const { register, bench } = await connectedByNumbers((one) => {
      let lost = false
      one.fate = () => {
        const now = one.written.length === at + 1 && !lost
        lost ||= now
        return now ? 'unheard' : 'said'
      }
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.asked).toHaveLength(exchanges)
    expect(bench.written[at]).toEqual(bench.written[at + 1])
  })
})

describe('another client', () => {
  it.each(frames)('that takes the number of frame %i costs no line of the document', async (at) => {
    const { register, bench } = await connectedByNumbers()
    bench.before = atFrame(bench, at + 1, () => bench.another(state))
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.undrained()).toBe(0)
  })

  it.each(frames)('that takes two numbers before frame %i costs no line of the document', async (at) => {
    const { register, bench } = await connectedByNumbers()
    bench.before = atFrame(bench, at + 1, () => {
      bench.another(state)
      bench.another('FC')
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.register.undrained()).toBe(0)
  })

  it.each(frames.slice(2))('that opens a document before frame %i is left to read it', async (at) => {
    const { register, bench } = await connectedByNumbers()
    bench.register.documents.set(163, benchDocument())
    bench.before = atFrame(bench, at + 1, () => bench.another(openAnother))
    expect(await faultOf(register.readDocument(number, never))).toMatchObject({ fault: 'busy' })
    expect(bench.register.undrained()).toBe(portions)
  })

  it('that came by between two looks is waited for until the count stands still', async () => {
    const { register, bench } = await connectedByNumbers()
    await register.state(never)
    bench.another(state)
    bench.written.length = 0
    await register.state(never)
    expect(numbersOf(bench.written).slice(0, 2)).toEqual(['sync', 'sync'])
    expect(bench.register.asked).toHaveLength(3)
  })

  it('that never rests is given way to, with what to do about it', async () => {
    const bench = new NumberedBench()
    bench.before = () => bench.another(state)
    const error = await faultOf(shtrih.connect(bench, numberedSettings, never))
    expect(error).toMatchObject({ fault: 'busy', hint: { ru: expect.stringContaining('интерфейс') } })
    expect(numbersOf(bench.written).every((frame) => frame === 'sync')).toBe(true)
  })

  it('that takes every number of ours is given way to', async () => {
    const { register, bench } = await connectedByNumbers()
    bench.before = () => {
      if (hex(bench.written.at(-1) ?? new Uint8Array()) !== sync) bench.another('FC')
    }
    expect(await faultOf(register.newest(never))).toMatchObject({ fault: 'busy' })
    expect(asked(bench, 'FF01')).toBe(0)
  })
})

describe('a register', () => {
  it('switched off and on in the middle of a document is read from its beginning', async () => {
    const { register, bench } = await connectedByNumbers()
    bench.before = atFrame(bench, 6, () => bench.restart())
    expectWhole(await register.readDocument(number, never))
  })

  it('that hears v1 only is silent, and is told which setting to change', async () => {
    const line = new QuietLine()
    const error = await faultOf(shtrih.connect(line, numberedSettings, never))
    expect(error.fault).toBe('silent')
    expect(error.hint?.ru).toContain('settings.frames: v1')
    expect(new Set(line.written.map(hex))).toEqual(new Set([sync]))
  })

  it('that answers empty frames and takes no command is not understood', async () => {
    const { register, bench } = await connectedByNumbers((one) => {
      one.fate = () => (hex(one.written.at(-1) ?? new Uint8Array()) === sync ? 'said' : 'unheard')
    })
    expect((await faultOf(register.newest(never))).fault).toBe('garbled')
    expect(bench.register.asked).toEqual([])
  })
})

it('whatever is lost, damaged or taken by others, a document is whole or there is none', async () => {
  const fates = fc.constantFrom(
    'said',
    'said',
    'said',
    'lost',
    'unheard',
    'damaged',
    'state',
    'portion',
    'two',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fates, { maxLength: 60 }), async (told) => {
      const { register, bench } = await connectedByNumbers()
      const next = () => told[bench.written.length - 1] ?? 'said'
      bench.before = () => {
        if (next() === 'state') bench.another(state)
        if (next() === 'portion') bench.another('FF3B1E000000')
        if (next() === 'two') for (const command of ['FF3B1E000000', state]) bench.another(command)
      }
      bench.fate = () => (next() === 'lost' || next() === 'unheard' ? (next() as 'lost' | 'unheard') : 'said')
      bench.say = (bytes) => [
        next() === 'damaged' ? bytes.map((byte, i) => (i === 4 ? byte ^ 1 : byte)) : bytes,
      ]
      const result = await register.readDocument(number, never).catch((error: unknown) => error)
      if (result instanceof RegisterError) expect(['busy', 'garbled', 'silent']).toContain(result.fault)
      else expect(result).toMatchObject({ bytes: body, remarks: [] })
    }),
    { numRuns: 60 },
  )
})

it('writes no byte that is not an empty frame or a question', async () => {
  const { register, bench } = await connectedByNumbers()
  await register.readDocument(number, never)
  for (const { command, ok } of shtrih.explain(bench.written.map((bytes) => ({ way: '>', bytes })))) {
    expect(ok).toBe(true)
    if (command !== null) expect(shtrih.asks).toContain(command)
  }
})
