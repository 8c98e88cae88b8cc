/**
 * A v1 register on the bench, in memory and without time: every byte it says can be changed, lost or forgotten
 * by the test. It knows only what the driver asks; anything else goes into `foreign`.
 */
import type { Line } from '../../../drivers/contract.ts'
import { bytesOf, hex } from './captures.ts'

/** What the register has in its archive under one number. */
export interface BenchDocument {
  /** Type-specific tail of FF0A included, without error code. */
  readonly record: Uint8Array | null
  readonly type: number
  /** Null: its TLV is gone. */
  readonly portions: readonly Uint8Array[] | null
  /** Of FF3A, when it is not the sum of the portions. */
  readonly length?: number
  /** The error with which FF3A is refused. */
  readonly refusal?: string
}

export interface Bench {
  mode: number
  submode: number
  currentDoc: number
  fn: string
  lastFd: number
  readonly documents: Map<number, BenchDocument>
  /** Answers in place of its own, by opcode; null = its own. */
  answer: (code: string, parameters: Uint8Array) => string | null
  /** What becomes of an executed command's answer. */
  fate: (code: string, count: number) => 'said' | 'lost' | 'forgotten' | 'deaf' | 'unacknowledged'
  /** Changes what is said: pieces as they arrive. */
  say: (bytes: Uint8Array) => Uint8Array[]
  /** Is a control byte heard? One that is not is lost on the way. */
  hears: (byte: number) => boolean
  /** Refuses the frame with NAK though nothing is wrong with it. */
  refuse: (code: string, count: number) => boolean
}

export interface BenchRegister extends Line, Bench {
  /** Executes one payload and gives the payload that answers it, whatever the wire layer. */
  run(payload: Uint8Array): Uint8Array
  /** Opcodes executed, in order. */
  readonly asked: string[]
  readonly foreign: string[]
  /** Portions of the stream that nobody has read; 0 = drained. */
  undrained(): number
  /** An answer left by another client. */
  leave(answer: string): void
  /** Control bytes heard, in hex. */
  readonly controls: string[]
  /** Streams that were opened anew before they had been read to the end. */
  interrupted: number
}

const ok = '00'

export function benchRegister(): BenchRegister {
  const incoming: Uint8Array[] = []
  let wake = () => {}
  const heard: number[] = []
  let pending: Uint8Array | null = null
  let stream: Uint8Array[] | null = null

  const register: BenchRegister = {
    mode: 2,
    submode: 0,
    currentDoc: 0,
    fn: '9289000100087745',
    lastFd: 24_896,
    documents: new Map(),
    answer: () => null,
    fate: () => 'said',
    say: (bytes) => [bytes],
    refuse: () => false,
    asked: [],
    foreign: [],
    controls: [],
    interrupted: 0,
    hears: () => true,
    run(payload) {
      const code = codeOf(payload)
      register.asked.push(code)
      const parameters = payload.subarray(code.length / 2)
      return bytesOf(`${code}${register.answer(code, parameters) ?? execute(code, parameters)}`)
    },
    undrained: () => stream?.length ?? 0,
    leave(answer) {
      pending = bytesOf(answer)
    },
    write: (bytes, signal) => {
      signal.throwIfAborted()
      heard.push(...bytes)
      hear()
      return Promise.resolve()
    },
    read: (signal) => new Promise((resolve, reject) => listen(signal, resolve, reject)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }

  function listen(
    signal: AbortSignal,
    resolve: (bytes: Uint8Array) => void,
    reject: (reason: unknown) => void,
  ) {
    if (signal.aborted) return reject(signal.reason)
    const giveUp = () => {
      wake = () => {}
      reject(signal.reason)
    }
    wake = () => {
      const next = incoming.shift()
      if (next === undefined) return
      wake = () => {}
      signal.removeEventListener('abort', giveUp)
      resolve(next)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    wake()
  }

  function speak(...bytes: number[]) {
    incoming.push(...register.say(Uint8Array.from(bytes)).filter((piece) => piece.length > 0))
    wake()
  }

  function hear() {
    for (;;) {
      const [first, length = 0] = heard
      if (first === undefined || (first === 0x02 && (heard.length < 2 || heard.length < length + 3))) return
      const taken = heard.splice(0, first === 0x02 ? length + 3 : 1)
      if (first === 0x02) hearFrame(Uint8Array.from(taken.slice(2, -1)))
      else hearControl(first)
    }
  }

  function hearControl(byte: number) {
    register.controls.push(hex(Uint8Array.of(byte)))
    if (!register.hears(byte)) return
    if (byte === 0x06) pending = null
    if (byte !== 0x05) return
    if (pending === null) speak(0x15)
    else speak(0x06, ...framed(pending))
  }

  function hearFrame(payload: Uint8Array) {
    const code = codeOf(payload)
    const count = register.asked.filter((asked) => asked === code).length
    if (register.refuse(code, count)) return speak(0x15)
    const fate = register.fate(code, count)
    if (fate === 'deaf') return
    pending = register.run(payload)
    if (fate === 'forgotten') pending = null
    if (fate === 'unacknowledged') return
    if (fate === 'said') speak(0x06, ...framed(pending ?? new Uint8Array()))
    else speak(0x06)
  }

  function execute(code: string, parameters: Uint8Array): string {
    const number = new DataView(parameters.buffer, parameters.byteOffset)
    if (code === 'FF3A') return openStream(number.getUint32(4, true))
    if (code === 'FF3B') return nextPortion()
    if (code === 'FF0A') {
      const found = register.documents.get(number.getUint32(4, true))?.record
      return found ? ok + hex(found) : '08'
    }
    if (code === '1F')
      return register.answer(code, parameters) ?? tableValue(parameters[4] ?? 0, parameters[7] ?? 0)
    const known = answers(register)[code]
    if (known === undefined) register.foreign.push(code)
    return known ?? '37'
  }

  function openStream(number: number): string {
    const document = register.documents.get(number)
    if (stream !== null) register.interrupted++
    stream = null
    if (document?.refusal !== undefined) return document.refusal
    if (!document?.portions) return '08'
    stream = [...document.portions]
    register.mode = 1
    const length = document.length ?? stream.reduce((sum, portion) => sum + portion.length, 0)
    return ok + word(document.type) + word(length)
  }

  function nextPortion(): string {
    if (stream === null) return '73'
    const portion = stream.shift()
    if (portion !== undefined) return ok + hex(portion)
    stream = null
    register.mode = 2
    return '08'
  }

  return register
}

/** The opcode of a request in hex. */
export function codeOf(payload: Uint8Array): string {
  return hex(payload.subarray(0, payload[0] === 0xff ? 2 : 1))
}

function answers(bench: Bench): Record<string, string> {
  const ascii = (text: string) => hex(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
  return {
    '10': `${ok}1E9202${hex(Uint8Array.of(bench.mode, bench.submode))}019FE51801008B0200`,
    FC: `${ok}000001 0E1600 D0C8D2C5C9CB2D3031D4`,
    F7: `${ok}0800C0F73F0800000000010C0A0000000000001E0000000006FF00280000001213100A1D`,
    '11': `${ok}1E4333D2040B051A010A009202020080000000000000001E0A1208310000FFFFFFFF05000000010F3262FFCD0100`,
    FF01: `${ok}03${hex(Uint8Array.of(bench.currentDoc))}00010015071D0B1D${ascii(bench.fn)}${word(bench.lastFd)}0000`,
    FF02: ok + ascii(bench.fn),
    FF03: `${ok}1D09021D01`,
    FF04: `${ok + ascii('fn_v_1_0        ')}01`,
  }
}

const table18: Record<number, string> = {
  1: '0012340000567890',
  2: '7734675810  ',
  3: '0013353682016219    ',
  7: 'OOO "Shop"',
  9: 'Moscow',
}

function tableValue(table: number, field: number): string {
  const value = table === 18 ? table18[field] : undefined
  return value === undefined ? '5D' : `${ok}${hex(Buffer.from(value, 'latin1'))}0000`
}

function word(value: number): string {
  return hex(Uint8Array.of(value & 0xff, value >> 8))
}

function framed(payload: Uint8Array): number[] {
  const body = [payload.length, ...payload]
  return [0x02, ...body, body.reduce((sum, byte) => sum ^ byte, 0)]
}
