import { describe, expect, it } from 'vitest'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { connected, faultOf, never, quick, settings } from './bench.ts'
import { benchDocument, number } from './benchdocument.ts'
import { benchRegister } from './benchregister.ts'

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

  it('reads such a stream to its end even when it is told to stop meanwhile', async () => {
    const bench = benchRegister()
    bench.documents.set(number, benchDocument())
    const first = await shtrih.connect(bench, settings, never)
    bench.fate = (code, count) => (code === 'FF3B' && count > 2 ? 'deaf' : 'said')
    await faultOf(first.readDocument(number, never))
    const caller = new AbortController()
    bench.fate = (code) => {
      if (code === 'FF3B') caller.abort(new Error('stop'))
      return 'said'
    }
    await expect(shtrih.connect(bench, settings, caller.signal)).rejects.toThrow('stop')
    expect(bench.undrained()).toBe(0)
    expect(bench.mode).toBe(2)
  })

  it('leaves a stream alone as long as another reader may be at it', async () => {
    const patient = shtrih.settings.parse({ ...quick, otherReaderMs: 50_000 })
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

  it('know both wire layers and the look for them', () => {
    for (const frames of ['v1', 'v2', 'auto'])
      expect(shtrih.settings.parse({ frames })).toMatchObject({ frames })
    expect(shtrih.settings.safeParse({ frames: 'v3' }).success).toBe(false)
  })
})
