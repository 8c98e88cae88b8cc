import { describe, expect, it } from 'vitest'
import { shtrih } from '../../../drivers/shtrih/driver.ts'
import { QuietLine } from '../../fakes/playback.ts'
import { faultOf, never, quick, settings } from './bench.ts'
import { benchRegister } from './benchregister.ts'
import { hex } from './captures.ts'
import { NumberedBench } from './numberedbench.ts'

/** What is found is remembered by the settings of a register, so each test has its own. */
const looking = () => shtrih.settings.parse({ ...quick, frames: 'auto' })

function used(): NumberedBench {
  const bench = new NumberedBench()
  bench.another('1001000000')
  return bench
}

const firstBytes = (line: QuietLine) => new Set(line.written.map((bytes) => bytes[0]))

describe('auto', () => {
  it('speaks v1 to a register that answers ENQ, and never a byte of v2', async () => {
    const bench = benchRegister()
    const { write } = bench
    const firsts = new Set<number | undefined>()
    bench.write = (bytes, signal) => {
      firsts.add(bytes[0])
      return write(bytes, signal)
    }
    await shtrih.connect(bench, looking(), never)
    expect([...firsts]).toEqual([0x05, 0x02, 0x06])
  })

  it('speaks v2 to a register that is silent to ENQ and has executed v2 commands', async () => {
    const bench = used()
    const { identity } = await shtrih.connect(bench, looking(), never)
    expect(identity.storage).toBe('9289000100087745')
    expect(bench.written.slice(0, 4).map(hex)).toEqual(['05', '05', '05', '8F00000F1D'])
  })

  it('asks a register that was found to speak v2 no ENQ again', async () => {
    const remembered = looking()
    await shtrih.connect(used(), remembered, never)
    const bench = used()
    await shtrih.connect(bench, remembered, never)
    expect([...firstBytes(bench)]).toEqual([0x8f])
  })

  it('hears a damaged answer to its v2 frame out', async () => {
    const bench = used()
    let damaged = false
    bench.say = (bytes) => {
      if (damaged) return [bytes]
      damaged = true
      return [bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte))]
    }
    await expect(shtrih.connect(bench, looking(), never)).resolves.toBeDefined()
  })

  it('stops at a register that nobody has worked with, with both ways out', async () => {
    const bench = new NumberedBench()
    const error = await faultOf(shtrih.connect(bench, looking(), never))
    expect(error).toMatchObject({
      fault: 'refused',
      hint: { ru: expect.stringContaining('settings.frames') },
    })
    expect(bench.register.asked).toEqual([])
  })

  it('looks for v2 once: a register that comes up later hears ENQ first', async () => {
    const patient = looking()
    const off = new QuietLine()
    const error = await faultOf(shtrih.connect(off, patient, never))
    expect(error).toMatchObject({ fault: 'silent', hint: { ru: expect.stringContaining('settings.frames') } })
    expect(off.written.map(hex)).toEqual(['05', '05', '05', '8F00000F1D'])
    const stillOff = new QuietLine()
    await faultOf(shtrih.connect(stillOff, patient, never))
    expect([...firstBytes(stillOff)]).toEqual([0x05])
    await expect(shtrih.connect(benchRegister(), patient, never)).resolves.toBeDefined()
  })
})

it('v1 bytes to a register of v2 end in silence that names the setting to change', async () => {
  const bench = used()
  const error = await faultOf(shtrih.connect(bench, settings, never))
  expect(error.fault).toBe('silent')
  expect(error.hint?.ru).toContain('settings.frames: v2')
  expect([...firstBytes(bench)]).toEqual([0x05])
})
