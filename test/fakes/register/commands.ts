/**
 * Every command that a reader may send, as data: which password, how many bytes of parameters, when it is
 * answered, and the answer. What is not here is counted as forbidden and answered 37h without any effect.
 */
import { cp1251, fromLe, join, le, type Piece } from './encoding.ts'
import type { Asking, Machine } from './machine.ts'
import { parameterFlags } from './model.ts'
import { errorText, Refused } from './refusal.ts'
import { fullStatus, modelParameters, shortStatus } from './status.ts'
import * as storage from './storage.ts'

export interface Command {
  readonly password: 'none' | 'operator' | 'system'
  /** Lengths that the parameters after the password may have. */
  readonly parameters: readonly number[]
  /** Answered in every state, also while printing and in need of a reset. */
  readonly always?: true
  /** Opens a stream of FF3Bh: refused with an open receipt or an interrupted print. */
  readonly streams?: true
  /** Goes on with an open stream, whatever the till began meanwhile. */
  readonly drains?: true
  /** True for a payload that a reader must not send though the command is an asking one. */
  forbids?(payload: Uint8Array): boolean
  answer(machine: Machine, parameters: Uint8Array, asking: Asking): Piece
}

const u8 = (bytes: Uint8Array, at: number) => bytes[at] ?? 0
const number = (bytes: Uint8Array, at: number, size: number) => fromLe(bytes.subarray(at, at + size))

/** 1Ah: two bytes of register number only where flag 23 tells a cash-core model. */
function cashRegister(machine: Machine, parameters: Uint8Array, { operator }: Asking): Piece {
  const wide = (u8(parameterFlags(machine.model), 2) & 0x80) > 0
  if (parameters.length === 2 && !wide) throw new Refused(0x33)
  return [operator, ...le(machine.money.get(fromLe(parameters)) ?? 0, 6)]
}

const table: readonly (readonly [code: string, command: Command])[] = [
  ['10', { password: 'operator', parameters: [0], always: true, answer: shortStatus }],
  ['11', { password: 'operator', parameters: [0], always: true, answer: fullStatus }],
  ['15', { password: 'system', parameters: [1], answer: (_, [port = 0]) => [port === 128 ? 128 : 6, 0] }],
  ['1A', { password: 'operator', parameters: [1, 2], answer: cashRegister }],
  [
    '1B',
    {
      password: 'operator',
      parameters: [1],
      answer: (machine, [register = 0], { operator }) => [
        operator,
        ...le(machine.operations.get(register) ?? 0, 2),
      ],
    },
  ],
  [
    '1F',
    {
      password: 'system',
      parameters: [4],
      answer: ({ tables }, asked) => tables.cell(u8(asked, 0), number(asked, 1, 2), u8(asked, 3)),
    },
  ],
  [
    '26',
    {
      password: 'system',
      parameters: [1],
      answer: ({ model }, [font = 0]) => {
        const [dots, width, height, fonts] = model.fonts[font] ?? [384, 12, 24, 9]
        return [...le(dots, 2), width, height, fonts]
      },
    },
  ],
  ['2D', { password: 'system', parameters: [1], answer: ({ tables }, [name = 0]) => tables.structure(name) }],
  [
    '2E',
    {
      password: 'system',
      parameters: [2],
      answer: ({ tables }, [name = 0, field = 0]) => tables.column(name, field),
    },
  ],
  [
    '6B',
    { password: 'none', parameters: [1], always: true, answer: (_, [code = 0]) => cp1251(errorText(code)) },
  ],
  ['F7', { password: 'none', parameters: [1], always: true, answer: modelParameters }],
  [
    'FC',
    {
      password: 'none',
      parameters: [0],
      always: true,
      answer: ({ model }) => join([0, 0, ...model.protocol, model.code, 0], cp1251(model.name)),
    },
  ],
  ['FF01', { password: 'system', parameters: [0], always: true, answer: storage.status }],
  ['FF02', { password: 'system', parameters: [0], answer: storage.driveNumber }],
  ['FF03', { password: 'system', parameters: [0], answer: storage.expiry }],
  ['FF04', { password: 'system', parameters: [0], answer: storage.version }],
  ['FF09', { password: 'system', parameters: [0], answer: storage.registration }],
  ['FF0A', { password: 'system', parameters: [4], answer: storage.findDocument }],
  [
    'FF0E',
    {
      password: 'system',
      parameters: [3],
      // Tag FFFF would open a stream of the whole report.
      forbids: (payload) => payload[7] === 0xff && payload[8] === 0xff,
      answer: storage.registrationTag,
    },
  ],
  ['FF39', { password: 'system', parameters: [0], answer: storage.exchange }],
  ['FF3A', { password: 'system', parameters: [4], streams: true, answer: storage.openDocument }],
  ['FF3B', { password: 'system', parameters: [0], drains: true, answer: storage.nextPortion }],
  ['FF3C', { password: 'system', parameters: [4], answer: storage.ticket }],
  ['FF3F', { password: 'system', parameters: [0], answer: ({ drive }) => le(drive.unsent().length, 2) }],
  ['FF40', { password: 'system', parameters: [0], answer: storage.shift }],
  ['FF4C', { password: 'system', parameters: [1], answer: storage.registration }],
  ['FF63', { password: 'system', parameters: [0], answer: storage.freeMemory }],
]

/** By code in hex, upper case. */
export const commands: ReadonlyMap<string, Command> = new Map(table)
