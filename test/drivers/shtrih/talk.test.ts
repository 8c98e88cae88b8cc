import { describe, expect, it } from 'vitest'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { connected, expectWhole, faultOf, never, settings } from './bench.ts'
import { body, number, portionsOf } from './benchdocument.ts'
import { benchRegister } from './benchregister.ts'
import { bytesOf } from './captures.ts'

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

describe('a lost answer', () => {
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
    bench.controls.length = 0
    expectWhole(await register.readDocument(number, never))
    expect(bench.controls.filter((byte) => byte === '15')).toHaveLength(1)
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
})
