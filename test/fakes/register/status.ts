/** What the register tells of itself: 10h, 11h, F7h (protocol 1.17 with the reserved bytes of protocol 2.0). */
import { cp1251, join, le, type Piece } from './encoding.ts'
import type { Asking, Machine } from './machine.ts'
import { parameterFlags } from './model.ts'
import { Refused } from './refusal.ts'

/** Receipt roll present and optical sensor: bits 1 and 7. */
const paperBits = 0x0082

function flags({ model, paper }: Machine): number[] {
  return le(paper === 'in' || paper === 'waiting' ? model.flags : model.flags & ~paperBits, 2)
}

/** 10h: 14 or 15 bytes after opcode and error. */
export function shortStatus(machine: Machine, _: Uint8Array, { operator }: Asking): Piece {
  const { model } = machine
  const lines = machine.receipt?.lines?.length ?? (machine.receipt === null ? 0 : 1)
  const printed = machine.printing ? 5 : machine.paper === 'active' || machine.paper === 'waiting' ? 1 : 0
  return [
    operator,
    ...flags(machine),
    machine.mode,
    machine.submode,
    lines % 256,
    ...model.voltages,
    ...model.reserved[0],
    Math.floor(lines / 256),
    ...model.reserved[1],
    ...(model.printResult ? [printed] : []),
  ]
}

/** DD MM YY, as the register's own commands have it (those of the fiscal drive turn it round). */
const dayMonthYear = (time: string) => [
  Number(time.slice(8, 10)),
  Number(time.slice(5, 7)),
  Number(time.slice(2, 4)),
]

/** 11h: 46 to 50 bytes after opcode and error. */
export function fullStatus(machine: Machine, _: Uint8Array, { operator }: Asking): Piece {
  const { model, drive } = machine
  const time = machine.clock()
  const serial = Number(machine.serial) % 2 ** 48
  const shift = drive.last?.shift ?? 0
  return join(
    [operator],
    cp1251(model.firmware),
    le(model.build, 2),
    [1, 2, 21],
    [1],
    le(drive.last?.number ?? 0, 2),
    flags(machine),
    [machine.mode, machine.submode, 0],
    new Uint8Array(7),
    dayMonthYear(time),
    time.slice(11).split(':').map(Number),
    [0],
    le(serial, 4),
    le(drive.shiftOpenedAt === null ? shift : Math.max(0, shift - 1), 2),
    le(0, 2),
    [1, 29],
    le(Number(machine.owner.inn), 6),
    model.fullStatusBytes >= 50 ? le(0, 2) : [],
    model.fullStatusBytes >= 52 ? le(Math.floor(serial / 2 ** 32), 2) : [],
  )
}

/** F7h type 1. */
export function modelParameters(machine: Machine, [type = 0]: Uint8Array): Piece {
  if (type !== 1) throw new Refused(0x33)
  const { parameters } = machine.model
  const [width, width512, height512] = parameters.graphics
  return join(
    parameterFlags(machine.model),
    parameters.widths,
    le(parameters.taxPassword, 4),
    le(30, 4),
    [parameters.bluetoothTable, parameters.taxField],
    le(parameters.maxCommand, 2),
    [width, width512],
    le(height512, 2),
    parameters.tables,
  )
}
