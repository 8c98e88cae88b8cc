import { describe, expect, it } from 'vitest'
import { concat } from '../../../drivers/bytes.ts'
import { askingNames } from '../../../drivers/shtrih/commands.ts'
import { connected, expectWhole, faultOf, never } from './bench.ts'
import { benchDocument, body, number, portionsOf, recordOf } from './benchdocument.ts'

/** The receipt's portions under another number. */
function portionsAs(fd: number): Uint8Array[] {
  const numbered = Buffer.from(body)
  numbered.writeUInt32LE(fd, numbered.indexOf(Uint8Array.of(0x10, 0x04, 4, 0)) + 4)
  return portionsOf(numbered)
}

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

  it('gives the totals alone when the firmware cannot give documents at all, and asks no portion', async () => {
    const [register, bench] = await connected((one) => {
      one.answer = (code) => (code === 'FF3A' ? '37' : null)
    })
    const document = await register.readDocument(number, never)
    expect(document).toMatchObject({ bytes: null, type: 3, summary: { total: 15_900 } })
    expect(bench.asked).not.toContain('FF3B')
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

  it.each(['FF0A', 'FF3A'])('asks once more before %s makes a document absent for ever', async (wanted) => {
    const [register] = await connected((one) => {
      one.answer = (code) => (code === wanted && !one.asked.slice(0, -1).includes(wanted) ? '08' : null)
    })
    expectWhole(await register.readDocument(number, never))
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

  it('reads again a document with a line that its checksum let through damaged', async () => {
    const [register, bench] = await connected((one) => {
      const damaged = portionsOf(body)
      const line = damaged.find(([low, high]) => low === 0x23 && high === 0x04)
      const sum = Buffer.from(line ?? []).indexOf(Uint8Array.of(0x13, 0x04, 2, 0))
      line?.set([0, 0], sum + 4)
      one.documents.set(number, benchDocument({ portions: damaged }))
      one.fate = (code, count) => {
        if (code === 'FF3A' && count === 1) one.documents.set(number, benchDocument())
        return 'said'
      }
    })
    expectWhole(await register.readDocument(number, never))
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(2)
  })

  it('never keeps a receipt that lacks a line, however often it comes without', async () => {
    // As when another reader takes the same portions every time.
    const lacking = portionsOf(body)
    lacking.splice(
      lacking.findIndex(([low, high]) => low === 0x23 && high === 0x04),
      1,
    )
    const short = benchDocument({ portions: lacking, length: body.length })
    const [register] = await connected((one) => one.documents.set(number, short))
    expect(await faultOf(register.readDocument(number, never))).toMatchObject({
      fault: 'garbled',
      message: expect.stringContaining('add up'),
    })
  })

  it.each([1038, 1042, 1054, 1055])('never gives a short receipt that lacks tag %i', async (tag) => {
    const lacking = portionsOf(body).filter(([low = 0, high = 0]) => low + high * 256 !== tag)
    const short = benchDocument({ portions: lacking, length: body.length })
    const [register] = await connected((one) => one.documents.set(number, short))
    expect((await faultOf(register.readDocument(number, never))).message).toContain(`lacks tags ${tag}`)
  })

  it('never gives a receipt with a line that came twice', async () => {
    const lines = portionsOf(body)
    const at = lines.findIndex(([low, high]) => low === 0x23 && high === 0x04)
    const twice = benchDocument({
      portions: lines.toSpliced(at, 0, ...lines.slice(at, at + 1)),
      length: body.length,
    })
    const [register] = await connected((one) => one.documents.set(number, twice))
    expect((await faultOf(register.readDocument(number, never))).message).toContain('add up')
  })

  it('gives up for now, and never falls back to totals, when a document stays short', async () => {
    const short = benchDocument({ portions: portionsOf(body).slice(0, 4), length: body.length })
    const [register, bench] = await connected((one) => one.documents.set(number, short))
    const error = await faultOf(register.readDocument(number, never))
    expect(error.fault).toBe('garbled')
    expect(error.hint).toBeDefined()
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(2)
  })

  it('gives a document whose length differs once two readings are equal, with a doubt', async () => {
    const other = benchDocument({ length: body.length - 7 })
    const [register, bench] = await connected((one) => one.documents.set(number, other))
    const document = await register.readDocument(number, never)
    expect(document.bytes).toEqual(body)
    const doubt = `FF3A promised ${body.length - 7} bytes, FF3B gave ${body.length}`
    expect(document).toMatchObject({ remarks: [doubt], doubt })
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(2)
  })

  it('reads twice only once when the firmware counts a header into the length', async () => {
    const [register, bench] = await connected((one) => {
      for (const each of [number, number - 1])
        one.documents.set(each, benchDocument({ portions: portionsAs(each), length: body.length + 4 }))
    })
    expect(await register.readDocument(number, never)).not.toHaveProperty('doubt')
    bench.asked.length = 0
    expectWhole(await register.readDocument(number, never))
    expect(bench.asked.filter((code) => code === 'FF3A')).toHaveLength(1)
  })

  it('doubts a document that lacks four bytes when the one before it lacks none', async () => {
    const [register] = await connected((one) => {
      one.documents.set(number, benchDocument({ length: body.length + 4 }))
      one.documents.set(number - 1, benchDocument({ portions: portionsAs(number - 1) }))
    })
    expect((await register.readDocument(number, never)).doubt).toContain('FF3A promised')
  })

  it('doubts a document that lacks four bytes, and gives it, when the one before it cannot be read', async () => {
    const [register] = await connected((one) => {
      one.documents.set(number, benchDocument({ length: body.length + 4 }))
      one.documents.set(number - 1, benchDocument({ refusal: '33' }))
    })
    const document = await register.readDocument(number, never)
    expect(document.bytes).toEqual(body)
    expect(document.doubt).toContain('FF3A promised')
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

  it('reads the rest of a stream in which one portion was refused, and comes back later', async () => {
    const [register, bench] = await connected((one) => {
      // 2F: the drive is busy with its operator.
      one.answer = (code) => (code === 'FF3B' && one.asked.length === 5 ? '2F' : null)
    })
    expect((await faultOf(register.readDocument(number, never))).fault).toBe('busy')
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

  it('tells of its progress while much arrives, and of none while bytes trickle or are rubbish', async () => {
    let told = 0
    const progress = () => void told++
    const [register, bench] = await connected()
    await register.readDocument(number, never, progress)
    expect(told).toBe(Math.floor(body.length / 512))

    const long = concat(
      body,
      ...Array.from({ length: 40 }, () => Uint8Array.of(0x0b, 4, 100, 0, ...Array(100).fill(65))),
    )
    bench.documents.set(number, benchDocument({ portions: portionsOf(long) }))
    told = 0
    await register.readDocument(number, never, progress)
    expect(told).toBeGreaterThanOrEqual(Math.floor(long.length / 800))

    told = 0
    bench.say = (bytes) => [bytes.map((byte) => (byte === 2 || bytes.length < 4 ? byte : byte ^ 0x40))]
    await register.readDocument(number, never, progress).catch(() => undefined)
    expect(told).toBe(0)
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
