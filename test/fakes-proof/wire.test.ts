/** The rules of the standard low level (protocol 1.17, appendix 3), asked byte by byte. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRegister } from '../fakes/register.ts'
import {
  ask,
  bytesOf,
  framed,
  heard,
  hexOf,
  numbered,
  numberedAnswer,
  payloadIn,
  readDocument,
  say,
  u32,
} from './hand.ts'

const lastDocument = framed('FF 01 1E 00 00 00')
const portion = framed('FF 3B 1E 00 00 00')
const openDocument = (number: number) => framed(`FF 3A 1E 00 00 00 ${u32(number)}`)

test('an idle register answers ENQ with NAK', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  expect(await say(line, '05')).toBe('15')
})

test('ENQ is answered ACK and the same answer until the host acknowledges it', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  const answer = (await say(line, lastDocument)).slice('06 '.length)
  expect(await say(line, '05')).toBe(`06 ${answer}`)
  expect(await say(line, '05')).toBe(`06 ${answer}`)
  expect(await say(line, '06')).toBe('')
  expect(await say(line, '05')).toBe('15')
})

test('NAK for an answer is silent; the ENQ after it repeats the answer without running the command again', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  const answer = (await say(line, lastDocument)).slice('06 '.length)
  expect(await say(line, '15')).toBe('')
  expect(await say(line, '05')).toBe(`06 ${answer}`)
  expect(register.counters.commands).toEqual({ FF01: 1 })
})

test('a frame with a wrong checksum is answered NAK and not run', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  expect(await say(line, '02 06 FF 01 1E 00 00 00 E7')).toBe('15')
  expect(register.counters.commands).toEqual({})
})

test('a new frame takes the place of an undelivered answer', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  await say(line, lastDocument)
  expect(payloadIn(await say(line, framed('FC')))).toMatch(/^FC 00/)
  expect(payloadIn(await say(line, '05'))).toMatch(/^FC 00/)
})

test('a new frame is not heard over an undelivered answer when told so', async () => {
  await using register = createRegister({ wire: { newFrame: 'ignored' } })
  await using line = register.openLine()
  await say(line, lastDocument)
  expect(await say(line, framed('FC'))).toBe('')
  expect(payloadIn(await say(line, '05'))).toMatch(/^FF 01 00/)
})

test('a message with a gap longer than the byte timeout is dropped', async () => {
  let now = 0
  await using register = createRegister({ now: () => now, wire: { byteTimeoutMs: 50 } })
  await using line = register.openLine()
  await say(line, '02 06 FF 01')
  now += 50
  expect(await say(line, '1E 00 00 00 E6')).toMatch(/^06 02/)
  await say(line, '06')
  await say(line, '02 06 FF 01')
  now += 51
  expect(await say(line, '1E 00 00 00 E6')).toBe('')
  expect(await say(line, '05')).toBe('15')
})

test('an RNDIS register sends FF after the final ACK, or before the next control byte', async () => {
  for (const [strayFf, afterAck, next] of [
    ['afterAck', 'FF', '15'],
    ['beforeControl', '', 'FF 15'],
  ] as const) {
    await using register = createRegister({ wire: { strayFf } })
    await using line = register.openLine()
    await say(line, lastDocument)
    expect(await say(line, '06')).toBe(afterAck)
    expect(await say(line, '05')).toBe(next)
  }
})

test('while it works on a command it answers ENQ with ACK, and the answer follows by itself', async () => {
  await using register = createRegister({ wire: { answerMs: (command) => (command === 'FC' ? 20 : 0) } })
  await using line = register.openLine()
  expect(await say(line, framed('FC'))).toBe('06')
  expect(await say(line, '05')).toBe('06')
  const answer = await line.read(AbortSignal.timeout(10_000))
  expect([...answer.subarray(2, 4)]).toEqual([0xfc, 0x00])
})

test('a lost answer is offered after ENQ, and its FF3B has moved the cursor once', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  const { number } = register.closeReceipt()
  const { portions } = await readDocument(line, number)
  await ask(line, `FF 3A 1E 00 00 00 ${u32(number)}`)
  register.loseAnswers({ next: 1 })
  expect(await say(line, portion)).toBe('06')
  expect(payloadIn(await say(line, '05'))).toBe(`FF 3B 00 ${portions[0]}`)
  await say(line, '06')
  expect(await ask(line, 'FF 3B 1E 00 00 00')).toBe(`FF 3B 00 ${portions[1]}`)
})

test('an FF3B repeated blindly after a lost answer has skipped a portion', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  const { number } = register.closeReceipt()
  const { portions } = await readDocument(line, number)
  await say(line, openDocument(number))
  await say(line, '06')
  register.loseAnswers({ next: 1 }, true)
  expect(await say(line, portion)).toBe('')
  expect(payloadIn(await say(line, portion))).toBe(`FF 3B 00 ${portions[1]}`)
})

test('a corrupted answer has a wrong checksum and is whole when repeated', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  register.corruptAnswers({ next: 1 })
  const spoilt = await say(line, lastDocument)
  expect(() => payloadIn(spoilt)).toThrow('bad checksum')
  expect(await say(line, '15')).toBe('')
  expect(payloadIn(await say(line, '05'))).toMatch(/^FF 01 00/)
})

test('the undelivered answer outlives the connection, and no power cut', async () => {
  await using register = createRegister()
  {
    await using line = register.openLine()
    await say(line, lastDocument)
  }
  {
    await using line = register.openLine()
    expect(payloadIn(await say(line, '05'))).toMatch(/^FF 01 00/)
  }
  register.powerLoss()
  expect(() => register.openLine()).toThrow('The line is gone')
  register.powerOn()
  await using line = register.openLine()
  expect(await say(line, '05')).toBe('15')
})

test('a silent register hears nothing and keeps the line', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  register.silence(true)
  expect(await say(line, '05')).toBe('')
  expect(await say(line, lastDocument)).toBe('')
  register.silence(false)
  expect(await say(line, '05')).toBe('15')
  expect(register.counters.commands).toEqual({})
})

test('unplugged, the line is lost and no new one is given until plugged in again', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  register.unplug()
  await expect(line.write(bytesOf('05'), AbortSignal.timeout(10_000))).rejects.toMatchObject({
    fault: 'lost',
  })
  await expect(line.read(AbortSignal.timeout(10_000))).rejects.toMatchObject({ fault: 'lost' })
  expect(() => register.openLine()).toThrow('The line is gone')
  await register.plug()
  await using again = register.openLine()
  expect(await say(again, '05')).toBe('15')
})

test('the first byte after power-on decides between standard and numbered frames until power is lost', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  expect(await say(line, '8F 00 00 0F 1D')).toBe('8F 02 00 01 00 99 5A')
  expect(await say(line, '05')).toBe('')
  register.powerLoss()
  register.powerOn()
  await using again = register.openLine()
  expect(await say(again, '05')).toBe('15')
  expect(await say(again, '8F 00 00 0F 1D')).toBe('')
})

test('a numbered frame runs once: a stale or repeated number brings the last answer again', async () => {
  await using register = createRegister({ frameNumber: 0x2d })
  await using line = register.openLine()
  const request = '8F 08 00 2E 00 FF 3B 1E 00 00 00 58 43'
  const answer = await say(line, request)
  expect(answer).toMatch(/^8F 05 00 2E 00 FF 3B 08/)
  expect(await say(line, request)).toBe(answer)
  expect(await say(line, '8F 07 00 26 00 10 01 00 00 00 E4 14')).toBe(answer)
  expect(await say(line, '8F 00 00 0F 1D')).toBe(answer)
  expect(register.counters.commands).toEqual({ FF3B: 1 })
})

test('two interfaces have one count: a number used on one is spent on the other', async () => {
  await using register = createRegister({ frames: 'v2', frameNumber: 0x25 })
  await using line = register.openLine()
  await using other = register.openAnotherLine()
  const request = '8F 07 00 26 00 10 01 00 00 00 E4 14'
  const answer = await say(line, request)
  expect(await say(other, request)).toBe(answer)
  expect(await say(other, '8F 00 00 0F 1D')).toBe(answer)
  expect(register.counters.commands).toEqual({ 10: 1 })
})

test('a document read by hand in numbered frames is the one that was closed', async () => {
  await using register = createRegister({ frames: 'v2' })
  await using line = register.openLine()
  const { number, body } = register.closeReceipt()
  let count = 1
  const asked = async (payload: string) => numberedAnswer(await say(line, numbered(++count, payload)))
  expect(await asked(`FF 3A 1E 00 00 00 ${u32(number)}`)).toMatch(/^FF 3A 00 03 00/)
  const portions: string[] = []
  for (;;) {
    const portion = await asked('FF 3B 1E 00 00 00')
    if (portion === 'FF 3B 08') break
    portions.push(portion.slice('FF 3B 00 '.length))
  }
  expect(portions.join(' ')).toBe(hexOf(body ?? new Uint8Array()))
})

test('bytes are counted in both directions as they pass the wire', async () => {
  await using register = createRegister()
  await using line = register.openLine()
  await say(line, '05')
  await say(line, framed('FC'))
  await say(line, '06')
  const { bytesIn, bytesOut } = register.counters
  expect(bytesIn).toBe(1 + 4 + 1)
  // NAK, ACK, and a frame of 3 and 8 and the 13 letters of the name.
  expect(bytesOut).toBe(1 + 1 + 3 + 8 + 'ШТРИХ-ЛАЙТ-02Ф'.length)
})

test('at a given baud rate the same bytes pass, in pieces', async () => {
  await using register = createRegister({ baud: 9600 })
  await using line = register.openLine()
  await line.write(bytesOf(framed('FC')), AbortSignal.timeout(10_000))
  const length = 1 + 3 + 8 + 'ШТРИХ-ЛАЙТ-02Ф'.length
  const pieces: Uint8Array[] = []
  while (pieces.reduce((sum, piece) => sum + piece.length, 0) < length)
    pieces.push(await line.read(AbortSignal.timeout(10_000)))
  expect(pieces.length).toBeGreaterThan(1)
  expect(register.counters).toMatchObject({ bytesIn: 4, bytesOut: length })
})

test('answers arrive cut as told, and are the same bytes', async () => {
  for (const chop of ['whole', 'bytes', 'random'] as const) {
    await using register = createRegister({ chop, serial: '1' })
    await using line = register.openLine()
    expect(payloadIn(await say(line, framed('FC')))).toMatch(/^FC 00/)
  }
})

test('a second client is refused, made to wait or takes over, as told', async () => {
  await using refusing = createRegister()
  await using _one = refusing.openLine()
  expect(() => refusing.openLine()).toThrow('The line is gone')

  await using patient = createRegister({ clients: 'wait' })
  const first = patient.openLine()
  await using second = patient.openLine()
  expect(await say(second, '05')).toBe('')
  await first[Symbol.asyncDispose]()
  expect(await heard(second)).toBe('15')

  await using yielding = createRegister({ clients: 'replace' })
  await using old = yielding.openLine()
  await using young = yielding.openLine()
  expect(await say(young, '05')).toBe('15')
  await expect(old.read(AbortSignal.timeout(10_000))).rejects.toMatchObject({ fault: 'lost' })
})

test('no bytes at all make it fall over, and after a pause it is idle or has an answer to give', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), async (chunks) => {
      let now = 0
      await using register = createRegister({ now: () => now, frames: 'v1' })
      await using line = register.openLine()
      for (const chunk of chunks) await line.write(chunk, AbortSignal.timeout(10_000))
      await heard(line)
      now += 1000
      expect(await say(line, '05')).toMatch(/^(15|06 02 .*)$/)
    }),
    { numRuns: 200 },
  )
})

test('noise turns bits both ways and the register goes on', async () => {
  await using register = createRegister({ seed: 7 })
  await using line = register.openLine()
  register.noise(1)
  expect(await say(line, '05')).not.toBe('15')
  register.noise(0)
  expect(await say(line, '05 05')).toMatch(/15$/)
})
