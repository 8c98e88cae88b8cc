import { expect, test } from 'vitest'
import type { RegisterConfig } from '../../agent/config.ts'
import { pause, resume } from '../../agent/desk/releasing.ts'
import type { AuditRow } from '../../agent/outbox.ts'
import { Station, type Yard } from '../../agent/station.ts'

const never = new AbortController().signal
const who = { who: 'anna', reason: 'new firmware' }

/** A station that nobody watches, and the desk's way to it. */
function desk(audit: (entry: AuditRow) => void) {
  const yard = {
    installation: { outbox: {}, origin: 'first', started: [] },
    pauses: { of: () => ({ uptime: () => 0, kept: () => null, keep: () => undefined }) },
    log: { child: () => ({}) },
    clock: () => 1_000,
  } as unknown as Yard
  const config = { name: 'till-1', id: 's/till-1', driver: 'shtrih', address: 'x' } as RegisterConfig
  const station = new Station(config, yard)
  const premises = {
    ...{ outbox: { audit }, clock: () => 1_000 },
    pause: (_: string, ...asked: Parameters<Station['pause']>) => station.pause(...asked),
    resume: (_: string, ...asked: Parameters<Station['resume']>) => station.resume(...asked),
  } as unknown as Parameters<typeof pause>[0]
  return { station, premises }
}

test('a port is neither let go of nor taken back before it is written down who wants that', async () => {
  let isFull = true
  const entries: AuditRow[] = []
  const { station, premises } = desk((entry) => {
    if (isFull) throw new Error('the disk is full')
    // When this is written nothing has been done yet.
    expect(station.view.leaving).toBe(entry.action === 'resume')
    entries.push(entry)
  })
  const letGo = () => pause(premises, { register: 'till-1', minutes: 240, ...who }, never)
  await expect(letGo()).rejects.toThrow('the disk is full')
  expect(station.view.leaving).toBe(false)

  isFull = false
  const going = letGo()
  expect(station.view.leaving).toBe(true)
  isFull = true
  await expect(
    async () => await resume(premises, { register: 'till-1', who: 'boris' }, never),
  ).rejects.toThrow()
  expect(station.view.leaving).toBe(true)
  isFull = false
  expect(await resume(premises, { register: 'till-1', who: 'boris' }, never)).toEqual({ resumed: true })
  expect(await resume(premises, { register: 'till-1', who: 'boris' }, never)).toEqual({ resumed: false })
  await expect(going).rejects.toThrow(/taken back/)
  expect(entries.map(({ action, who: name }) => [action, name])).toEqual([
    ['pause', 'anna'],
    ['resume', 'boris'],
  ])
})
