/**
 * What differs between machines of the family. The defaults are a desktop register; `cashCore` is what a
 * register on the Android platform says of itself. Bytes that no table explains are as captured ones.
 */
import { unhex } from './encoding.ts'

/** Answer to F7 type 1, field by field (protocol 1.17, command F7h). */
export interface Parameters {
  /** 8 bytes of flags, hex, low byte first. */
  readonly flags: string
  /** Widths of fonts 1 and 2, first graphics line, digits of INN, RNM, long RNM, long serial number. */
  readonly widths: readonly number[]
  readonly taxPassword: number
  readonly bluetoothTable: number
  readonly taxField: number
  /** 0 means the default of 255. */
  readonly maxCommand: number
  readonly graphics: readonly [width: number, width512: number, height512: number]
  /** Tables of the fiscal drive, OFD, embedded device, FFD and the FFD field; only newer firmware tells them. */
  readonly tables: readonly number[]
}

/** Fixed facts of one model, and the quirks of its firmware. */
export interface Model {
  readonly name: string
  readonly code: number
  /** Protocol version of FCh. */
  readonly protocol: readonly [major: number, minor: number]
  /** A desktop register is in mode 1 while a document's stream is not read to its end. */
  readonly desktop: boolean
  readonly firmware: string
  readonly build: number
  readonly parameters: Parameters
  /** Flags of 10h and 11h with paper in. */
  readonly flags: number
  readonly voltages: readonly [battery: number, supply: number]
  /** The two reserved bytes at offset 10 of the short status, and the three at its end. */
  readonly reserved: readonly [readonly number[], readonly number[]]
  /** Appends the last print result to the short status (17-byte form). */
  readonly printResult: boolean
  /** Text fields of tables are filled up with zeros to their size. */
  readonly paddedTexts: boolean
  /** 11h is 48, 50 or 52 bytes long. */
  readonly fullStatusBytes: 48 | 50 | 52
  /** 26h: print width in dots, character width and height, number of fonts, by font number. */
  readonly fonts: Readonly<Record<number, readonly [number, number, number, number]>>
  /** Commands this firmware does not know (hex, upper case); it answers 37h. */
  readonly unknown: readonly string[]
  /** Firmware that knows no two-byte commands answers FF and the error, without the second opcode byte. */
  readonly oneByteOpcodes: boolean
}

export const desktopModel: Model = {
  name: 'ШТРИХ-ЛАЙТ-02Ф',
  code: 252,
  protocol: [1, 14],
  desktop: true,
  firmware: 'C4',
  build: 36_211,
  parameters: {
    flags: '08 00 40 F7 3F 08 00 00',
    widths: [0x0c, 0x18, 1, 12, 16, 0, 0],
    taxPassword: 0,
    bluetoothTable: 0,
    taxField: 6,
    maxCommand: 255,
    graphics: [40, 64, 960],
    tables: [18, 19, 0, 17, 17],
  },
  flags: 0x0292,
  voltages: [0x9f, 0xe5],
  reserved: [
    [0x18, 0x01],
    [0x8b, 0x02, 0x00],
  ],
  printResult: true,
  paddedTexts: true,
  fullStatusBytes: 48,
  fonts: { 2: [576, 24, 25, 8], 8: [504, 12, 35, 9] },
  unknown: [],
  oneByteOpcodes: false,
}

/** РИТЕЙЛ-01Ф: never in mode 1, tables of the cash-core platform, 16-byte short status. */
export const cashCoreModel: Model = {
  ...desktopModel,
  name: 'РИТЕЙЛ-01Ф',
  code: 22,
  desktop: false,
  parameters: {
    ...desktopModel.parameters,
    flags: '08 00 C0 F7 3F 08 00 00',
    widths: [0, 0, 1, 12, 10, 0, 0],
    graphics: [40, 0, 0],
    tables: [13, 14, 16, 10, 29],
  },
  flags: 0x0290,
  voltages: [0x9d, 0xd7],
  reserved: [
    [0xd3, 0x01],
    [0xa0, 0x02, 0x00],
  ],
  printResult: false,
  paddedTexts: false,
}

/** The flags as bytes; bit 23 set means a cash-core model, whose register numbers of 1Ah may have two bytes. */
export function parameterFlags(model: Model): Uint8Array {
  return unhex(model.parameters.flags)
}
