import { describe, expect, it } from 'vitest'
import { concat } from '../../../drivers/bytes.ts'
import { type RawDocument, type Register, RegisterError } from '../../../drivers/contract.ts'
import { askingNames } from '../../../drivers/shtrih/commands.ts'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { benchDocument, body, number, portionsOf, recordOf } from './benchdocument.ts'
import { type BenchRegister, benchRegister } from './benchregister.ts'
import { bytesOf } from './captures.ts'

const quick = {
  byteTimeoutMs: 4,
  controlTimeoutMs: 8,
  answerTimeoutMs: 20,
  stillMs: 2,
  tries: 4,
  finishMs: 500,
}
const settings = shtrih.settings.parse(quick)
const never = new AbortController().signal

/** A register with the receipt in it, connected; `asked` is forgotten. */
async function connected(
  change: (bench: BenchRegister) => void = () => {},
): Promise<[Register, BenchRegister]> {
  const bench = benchRegister()
  bench.documents.set(number, benchDocument())
  const register = await shtrih.connect(bench, settings, never)
  bench.asked.length = 0
  change(bench)
  return [register, bench]
}

async function faultOf(work: Promise<unknown>): Promise<RegisterError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof RegisterError)) throw new Error(`not a RegisterError: ${error}`)
  return error
}

function expectWhole(document: RawDocument) {
  expect(document.bytes).toEqual(body)
  expect(document).toMatchObject({ storage: '9289000100087745', number, type: 3, remarks: [] })
}

describe('connect', () => {
  it('asks the state first, then who the register is', async () => {
    const bench = benchRegister()
    const { identity } = await shtrih.connect(bench, settings, never)
    expect(bench.asked[0]).toBe('10')
    expect(identity).toEqual({
      model: 'РИТЕЙЛ-01Ф',
      firmware: 'C.3.1234',
      serial: '0012340000567890',
      registrationNumber: '0013353682016219',
      inn: '7734675810',
      organisation: 'OOO "Shop"',
      address: 'Moscow',
      storage: '9289000100087745',
      debugStorage: false,
      storageExpires: '2029-09-02',
    })
    expect(bench.foreign).toEqual([])
  })

  it.each([
    ['a receipt is open', { mode: 0x08 }, 'busy'],
    ['a return is open', { mode: 0x28 }, 'busy'],
    ['it prints', { submode: 5 }, 'busy'],
    ['paper is out', { submode: 1 }, 'busy'],
    ['a technical reset is due', { mode: 9 }, 'refused'],
    ['the date waits for confirmation', { mode: 6 }, 'refused'],
    ['it is locked', { mode: 5 }, 'refused'],
    ['it prints a full report', { mode: 11 }, 'busy'],
  ])('asks nothing but the state while %s', async (_why, change, fault) => {
    const bench = Object.assign(benchRegister(), change)
    const error = await faultOf(shtrih.connect(bench, settings, never))
    expect(error.fault).toBe(fault)
    expect(error.hint !== undefined).toBe(fault === 'refused')
    expect(bench.asked).toEqual(['10'])
  })

  it('reads a stream that somebody left open to its end before anything else', async () => {
    const bench = benchRegister()
    bench.documents.set(number, benchDocument())
    const first = await shtrih.connect(bench, settings, never)
    bench.fate = (code, count) => (code === 'FF3B' && count > 2 ? 'deaf' : 'said')
    await faultOf(first.readDocument(number, never))
    expect(bench.mode).toBe(1)
    bench.fate = () => 'said'
    bench.asked.length = 0
    await shtrih.connect(bench, settings, never)
    expect(bench.asked.slice(0, 2)).toEqual(['10', 'FF3B'])
    expect(bench).toMatchObject({ mode: 2 })
    expect(bench.undrained()).toBe(0)
  })

  it('leaves a stream alone as long as another reader may be at it', async () => {
    const patient = shtrih.settings.parse({ ...quick, otherReaderMs: 60_000 })
    const bench = Object.assign(benchRegister(), { mode: 1 })
    const caller = new AbortController()
    const connecting = shtrih.connect(bench, patient, caller.signal)
    await expect.poll(() => bench.asked).toEqual(['10'])
    caller.abort(new Error('enough'))
    await expect(connecting).rejects.toThrow('enough')
    expect(bench.asked).toEqual(['10'])
  })

  it('waits for that reader no longer than it has to', async () => {
    const bench = Object.assign(benchRegister(), { mode: 1 })
    bench.answer = (code) => {
      if (code !== 'FF3B') return null
      bench.mode = 4
      return '08'
    }
    await shtrih.connect(bench, shtrih.settings.parse({ ...quick, otherReaderMs: 1 }), never)
    expect(bench.asked.slice(0, 4)).toEqual(['10', '10', 'FF3B', '10'])
  })

  it.each([
    ['by its version', { FF04: '00666E5F76315F3020202020202020202000' }],
    ['by its number', { FF02: `00${Buffer.from('9999078900002270').toString('hex')}` }],
  ])('knows a debug drive %s', async (_how, answers: Record<string, string>) => {
    const bench = benchRegister()
    bench.answer = (code) => answers[code] ?? null
    const { identity } = await shtrih.connect(bench, settings, never)
    expect(identity.debugStorage).toBe(true)
  })

  it('does without what old firmware does not know', async () => {
    const bench = benchRegister()
    const unknown = ['F7', '11', 'FF03', 'FF04', '1F', 'FF09']
    bench.answer = (code) => (unknown.includes(code) ? '37' : null)
    const { identity } = await shtrih.connect(bench, settings, never)
    expect(identity).toMatchObject({
      model: 'РИТЕЙЛ-01Ф',
      firmware: null,
      serial: null,
      inn: null,
      storageExpires: null,
    })
  })

  it('takes the table of the fiscal drive from the model parameters', async () => {
    const bench = benchRegister()
    const tables = new Set<number | undefined>()
    bench.answer = (code, parameters) => {
      if (code === 'F7') return '000800C0F73F0800000000010C0A0000000000001E0000000006FF00280000000D0E100A1D'
      if (code !== '1F') return null
      tables.add(parameters[4])
      return '5D'
    }
    await shtrih.connect(bench, settings, never)
    expect([...tables]).toEqual([13])
  })

  it('asks the last registration for what the table does not tell', async () => {
    const bench = benchRegister()
    const inn = Buffer.from('7734675810  ').toString('hex')
    const rnm = Buffer.from('0013353682016219    ').toString('hex')
    bench.answer = (code) =>
      code === '1F' ? '5D' : code === 'FF09' ? `00150102030${'4'}${inn}${rnm}01000100000005000000` : null
    const { identity } = await shtrih.connect(bench, settings, never)
    expect(identity).toMatchObject({
      inn: '7734675810',
      registrationNumber: '0013353682016219',
      serial: null,
    })
  })

  it('stops at a wrong password with the setting to check', async () => {
    const bench = benchRegister()
    bench.answer = (code) => (code === 'FF02' ? '4F' : null)
    const error = await faultOf(shtrih.connect(bench, settings, never))
    expect(error).toMatchObject({ fault: 'refused', code: '4F' })
    expect(error.hint?.ru).toContain('settings.password')
  })
})

describe('newest', () => {
  it('tells the drive and its last number', async () => {
    const [register] = await connected()
    expect(await register.newest(never)).toEqual({ storage: '9289000100087745', number })
  })

  it('believes a number that is not the next one only when it is said twice', async () => {
    const [register, bench] = await connected()
    await register.newest(never)
    expect(bench.asked).toEqual(['FF01', 'FF01'])
    bench.lastFd += 2
    expect((await register.newest(never)).number).toBe(number + 2)
    expect(bench.asked).toHaveLength(3)
    bench.fate = (code) => {
      if (code === 'FF01') bench.lastFd = bench.lastFd > 30_000 ? number + 2 : number + 20_000
      return 'said'
    }
    expect((await faultOf(register.newest(never))).fault).toBe('garbled')
  })

  it.each(['FF0A', 'FF3A'])('asks once more before %s makes a document absent for ever', async (wanted) => {
    const [register] = await connected((one) => {
      one.answer = (code) => (code === wanted && !one.asked.slice(0, -1).includes(wanted) ? '08' : null)
    })
    expectWhole(await register.readDocument(number, never))
  })

  it('is busy while a document is being formed', async () => {
    const [register] = await connected((bench) => void Object.assign(bench, { currentDoc: 4 }))
    expect((await faultOf(register.newest(never))).fault).toBe('busy')
  })

  it('shows a drive that was replaced', async () => {
    const [register] = await connected(
      (bench) => void Object.assign(bench, { fn: '9289000100087746', lastFd: 1 }),
    )
    expect(await register.newest(never)).toEqual({ storage: '9289000100087746', number: 1 })
  })
})

describe('readDocument', () => {
  it('reads a document byte for byte, with no question too many', async () => {
    const [register, bench] = await connected()
    const document = await register.readDocument(number, never)
    expectWhole(document)
    expect(document.summary).toEqual({
      time: '2018-10-30T08:49:00',
      sign: '4146547960',
      operation: 1,
      total: 15_900,
      delivered: false,
    })
    const portions = portionsOf(body).map(() => 'FF3B')
    expect(bench.asked).toEqual(['FF0A', 'FF3A', ...portions, 'FF3B'])
    expect(bench.undrained()).toBe(0)
  })

  it('says `absent` of a number that the drive does not know', async () => {
    const [register, bench] = await connected()
    expect((await faultOf(register.readDocument(5, never))).fault).toBe('absent')
    expect(bench.asked).toEqual(['FF0A', 'FF0A'])
  })

  it('gives the totals alone once the TLV is gone', async () => {
    const [register, bench] = await connected((one) =>
      one.documents.set(number, benchDocument({ portions: null })),
    )
    const document = await register.readDocument(number, never)
    expect(document).toMatchObject({ bytes: null, type: 3, summary: { total: 15_900 } })
    expect(document.remarks).toHaveLength(1)
    expect(bench.asked).toEqual(['FF0A', 'FF3A', 'FF3A'])
  })

  it('is busy and asks no portion when the opening is refused in this mode', async () => {
    const [register, bench] = await connected((one) => {
      one.answer = (code) => (code === 'FF3A' ? '73' : null)
    })
    expect((await faultOf(register.readDocument(number, never))).fault).toBe('busy')
    expect(bench.asked).toEqual(['FF0A', 'FF3A'])
  })

  it('never gives up a readable document because short records are unknown', async () => {
    const [register] = await connected((bench) => {
      bench.answer = (code) => (code === 'FF0A' ? '37' : null)
    })
    const document = await register.readDocument(number, never)
    expect(document.bytes).toEqual(body)
    expect(document.summary).toBeNull()
    expect(document.remarks).toEqual(['the firmware has no short records: not cross-checked'])
  })

  const portions = portionsOf(body).length
  const exchanges = Array.from({ length: portions + 1 }, (_, i) => i)

  it.each(exchanges)('never loses a line when the answer to portion %i is lost for good', async (at) => {
    const [register, bench] = await connected((one) => {
      one.fate = (code, count) => (code === 'FF3B' && count === at ? 'forgotten' : 'said')
      one.say = (bytes) => (bytes.length === 4 && bytes[0] === 0x06 ? [Uint8Array.of(6)] : [bytes])
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench).toMatchObject({ interrupted: 0, mode: 2 })
  })

  it.each(exchanges)(
    'takes portion %i once though the register did not hear that it was taken',
    async (at) => {
      const [register, bench] = await connected((one) => {
        let lost = false
        one.hears = (byte) => {
          const last = byte === 0x06 && one.asked.filter((code) => code === 'FF3B').length === at + 1
          if (!last || lost) return true
          lost = true
          return false
        }
      })
      expectWhole(await register.readDocument(number, never))
      expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(1)
    },
  )

  it.each(exchanges)('takes the answer to portion %i that was said and not heard', async (at) => {
    const [register, bench] = await connected((one) => {
      one.fate = (code, count) => (code === 'FF3B' && count === at ? 'lost' : 'said')
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(1)
  })

  it.each(exchanges)(
    'takes the answer to portion %i though nothing acknowledged the question',
    async (at) => {
      const [register] = await connected((one) => {
        one.fate = (code, count) => (code === 'FF3B' && count === at ? 'unacknowledged' : 'said')
      })
      expectWhole(await register.readDocument(number, never))
    },
  )

  it.each(exchanges)('asks again for the answer to portion %i when it came damaged', async (at) => {
    const [register, bench] = await connected((one) => {
      let damaged = false
      one.say = (bytes) => {
        const portion = one.asked.filter((code) => code === 'FF3B').length
        if (damaged || portion !== at + 1 || bytes.length < 4) return [bytes]
        damaged = true
        return [bytes.map((byte, i) => (i === bytes.length - 2 ? byte ^ 0x10 : byte))]
      }
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(1)
  })

  it("sends a portion's question again when the register refused its frame", async () => {
    let refused = 0
    const [register, bench] = await connected((one) => {
      one.refuse = (code, count) => code === 'FF3B' && count === 4 && refused++ < 2
    })
    expectWhole(await register.readDocument(number, never))
    expect(refused).toBe(3)
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(1)
  })

  it('joins an element that comes in two portions, and portions with several', async () => {
    const odd = [body.slice(0, 17), body.slice(17, 150), body.slice(150)]
    const [register] = await connected((bench) =>
      bench.documents.set(number, benchDocument({ portions: odd })),
    )
    expectWhole(await register.readDocument(number, never))
  })

  it('takes an empty portion for the end', async () => {
    const ended = [...portionsOf(body), new Uint8Array()]
    const [register] = await connected((bench) =>
      bench.documents.set(number, benchDocument({ portions: ended })),
    )
    expectWhole(await register.readDocument(number, never))
  })

  it('takes the body out of an outer element', async () => {
    const outer = concat(Uint8Array.of(3, 0, body.length & 0xff, body.length >> 8), body)
    const documents = { portions: [outer.slice(0, 200), outer.slice(200)], length: body.length }
    const [register] = await connected((bench) => bench.documents.set(number, benchDocument(documents)))
    expectWhole(await register.readDocument(number, never))
  })

  it('reads again a document that ended early without an error', async () => {
    const [register, bench] = await connected((one) => {
      one.documents.set(
        number,
        benchDocument({ portions: portionsOf(body).slice(0, 4), length: body.length }),
      )
      one.fate = (code, count) => {
        if (code === 'FF3A' && count === 1) one.documents.set(number, benchDocument())
        return 'said'
      }
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(2)
  })

  it('gives up for now, and never falls back to totals, when a document stays short', async () => {
    const short = benchDocument({ portions: portionsOf(body).slice(0, 4), length: body.length })
    const [register, bench] = await connected((one) => one.documents.set(number, short))
    const error = await faultOf(register.readDocument(number, never))
    expect(error.fault).toBe('garbled')
    expect(error.hint).toBeDefined()
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(2)
  })

  it('keeps a document whose length differs once two readings are equal, and remarks it', async () => {
    const other = benchDocument({ length: body.length - 7 })
    const [register, bench] = await connected((one) => one.documents.set(number, other))
    const document = await register.readDocument(number, never)
    expect(document.bytes).toEqual(body)
    expect(document.remarks).toEqual([`FF3A promised ${body.length - 7} bytes, FF3B gave ${body.length}`])
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(2)
  })

  it('reads twice only once when the firmware counts a header into the length', async () => {
    const [register, bench] = await connected((one) => {
      one.documents.set(number, benchDocument({ length: body.length + 4 }))
    })
    await register.readDocument(number, never)
    bench.asked.length = 0
    expectWhole(await register.readDocument(number, never))
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(1)
  })

  it.each([
    ['of another sign', { sign: 5, sum: 15_900 }],
    ['of another number', { fd: 7, sign: 0xf7274cf8, sum: 15_900 }],
  ])('never takes a document %s for the one that was asked for', async (_what, record) => {
    const other = benchDocument({ record: recordOf(record) })
    const [register] = await connected((bench) => bench.documents.set(number, other))
    expect((await faultOf(register.readDocument(number, never))).fault).toBe('garbled')
  })

  it('never takes a document of another drive', async () => {
    const [register] = await connected((bench) => void Object.assign(bench, { fn: '9289000100087746' }))
    await register.newest(never)
    expect((await faultOf(register.readDocument(number, never))).message).toContain('9289000100087745')
  })

  it('remarks a total that two readings agree upon and the short record does not', async () => {
    const other = benchDocument({ record: recordOf({ sign: 0xf7274cf8, sum: 1 }) })
    const [register] = await connected((bench) => bench.documents.set(number, other))
    const document = await register.readDocument(number, never)
    expect(document.bytes).toEqual(body)
    expect(document.remarks).toEqual(['total 15900 is not 1 of the short record'])
  })

  it('reads to the end marker when it is told to stop in the middle', async () => {
    const caller = new AbortController()
    const [register, bench] = await connected((one) => {
      one.fate = (code, count) => {
        if (code === 'FF3B' && count === 3) caller.abort(new Error('stop'))
        return 'said'
      }
    })
    await expect(register.readDocument(number, caller.signal)).rejects.toThrow('stop')
    expect(bench.undrained()).toBe(0)
    expect(bench.mode).toBe(2)
  })

  it('ends a stream that never ends', async () => {
    const [register, bench] = await connected((one) => {
      one.answer = (code) => (code === 'FF3B' ? `00${'0B04C800'}${'41'.repeat(200)}` : null)
    })
    expect((await faultOf(register.readDocument(number, never))).fault).toBe('garbled')
    expect(bench.asked.length).toBeLessThan(5 * 2_400)
  })

  it('asks nothing that is not in its list', async () => {
    const [register, bench] = await connected()
    await register.state(never)
    await register.newest(never)
    await register.readDocument(number, never)
    expect(bench.asked.filter((code) => !askingNames.includes(code))).toEqual([])
    expect(bench.foreign).toEqual([])
  })
})

describe('the talk', () => {
  it('discards an answer that another program left, and asks its own question', async () => {
    const bench = benchRegister()
    bench.leave('1E00')
    await shtrih.connect(bench, settings, never)
    expect(bench.asked[0]).toBe('10')
  })

  it('never takes a portion that an earlier reader left for its own', async () => {
    const [register, bench] = await connected()
    bench.leave(`FF3B00${'0E0404000C000000'}`)
    expectWhole(await register.readDocument(number, never))
  })

  it('skips the stray FF of RNDIS models and takes an answer glued to its ACK', async () => {
    const [register] = await connected((bench) => {
      bench.say = (bytes) => [Uint8Array.of(0xff, ...bytes)]
    })
    expectWhole(await register.readDocument(number, never))
  })

  it('reads answers that arrive byte by byte', async () => {
    const [register] = await connected((bench) => {
      bench.say = (bytes) => [...bytes].map((byte) => Uint8Array.of(byte))
    })
    expectWhole(await register.readDocument(number, never))
  })

  it('asks again when it hears the answer to another question, and takes its own', async () => {
    const bench = benchRegister()
    let foreign = false
    bench.say = (bytes) => {
      if (foreign || bytes.length < 4) return [bytes]
      foreign = true
      return [Uint8Array.of(6), bytesOf('02 02 1E 00 1C')]
    }
    await shtrih.connect(bench, settings, never)
    expect(bench.asked.slice(0, 3)).toEqual(['10', '10', 'FC'])
  })

  it('refuses an answer to another question', async () => {
    const bench = benchRegister()
    bench.say = (bytes) => (bytes.length < 4 ? [bytes] : [Uint8Array.of(6), bytesOf('02 02 1E 00 1C')])
    expect((await faultOf(shtrih.connect(bench, settings, never))).fault).toBe('garbled')
  })

  it('understands the two-byte refusal of firmware without two-byte commands', async () => {
    const bench = benchRegister()
    bench.say = (bytes) =>
      bench.asked.at(-1) === 'FF02' && bytes.length > 3 ? [bytesOf('06 02 02 FF 37 CA')] : [bytes]
    expect(await faultOf(shtrih.connect(bench, settings, never))).toMatchObject({
      fault: 'refused',
      code: '37',
    })
  })

  it('is silent when nothing answers', async () => {
    const bench = benchRegister()
    bench.say = () => []
    const error = await faultOf(shtrih.connect(bench, settings, never))
    expect(error.fault).toBe('silent')
    expect(error.hint).toBeDefined()
  })

  it('finds the answer behind noise that looks like the beginning of a frame', async () => {
    const [register] = await connected((bench) => {
      bench.say = (bytes) =>
        bytes.length < 4 ? [bytes] : [Uint8Array.of(6, 0xa7, 0x02, 0xf0), bytes.slice(1)]
    })
    expectWhole(await register.readDocument(number, never))
  })
})

describe('settings', () => {
  it('have every default and know no other key', () => {
    expect(shtrih.settings.parse({})).toMatchObject({
      password: 30,
      operatorPassword: 1,
      frames: 'v1',
      tries: 10,
    })
    expect(() => shtrih.settings.parse({ pasword: 30 })).toThrow()
  })

  it('refuse v2 with what to do instead', () => {
    const result = shtrih.settings.safeParse({ frames: 'v2' })
    expect(result.error?.message).toContain('v2 is not supported yet')
  })
})
