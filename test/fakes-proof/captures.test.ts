/**
 * The simulated register against real exchanges: seeded with the captured numbers it gives the captured bytes.
 * Sources are named as repository and place; "derived" frames are the reference's own worked examples.
 */
import { describe, expect, test } from 'vitest'
import {
  cashCoreModel,
  createRegister,
  desktopModel,
  type RegisterOptions,
  type StoredDocument,
} from '../fakes/register.ts'
import { bytesOf, framed, heard, hexOf, payloadIn, say } from './hand.ts'

function seeded(document: Partial<StoredDocument>): StoredDocument {
  const nothing = { type: 3, operation: 1, total: 0, shift: 1, receipt: 1, lines: [], source: null, sign: 0 }
  return { ...nothing, number: 1, time: '2026-01-01T10:00:00', body: new Uint8Array(), ...document }
}

const withDrive = (
  document: Partial<StoredDocument>,
  more: RegisterOptions['drive'] = {},
): RegisterOptions => ({
  drive: { ...more, documents: [seeded(document)] },
})

async function answerTo(options: RegisterOptions, request: string): Promise<string> {
  await using register = createRegister(options)
  await using line = register.openLine()
  expect(await say(line, '05')).toBe('15')
  const said = await say(line, framed(request))
  expect(said.startsWith('06 ')).toBe(true)
  return payloadIn(said)
}

const shortStatus = (flags: number, voltages: [number, number], reserved: [number[], number[]]) => ({
  ...desktopModel,
  flags,
  voltages,
  reserved,
  printResult: false,
})

describe('gives the captured answer, byte for byte', () => {
  const captures: readonly [source: string, options: RegisterOptions, request: string, answer: string][] = [
    [
      'FF0A receipt 163; javapos_shtrih FSFindDocumentTests.java',
      withDrive({ number: 163, time: '2017-03-24T20:53:00', sign: 776727275, operation: 1, total: 20_000 }),
      'FF 0A 1E 00 00 00 A3 00 00 00',
      'FF 0A 00 03 00 11 03 18 14 35 A3 00 00 00 EB EA 4B 2E 01 20 4E 00 00 00',
    ],
    [
      'FF0A change of registration 2; javapos_shtrih FSFindDocumentTests.java',
      withDrive(
        { number: 2, type: 11, time: '2017-07-06T02:53:00', sign: 412805154, shift: 0, reason: 4 },
        { owner: { inn: '5024054445', registrationNumber: '0000001358026131', taxation: 63, workMode: 1 } },
      ),
      'FF 0A 1E 00 00 00 02 00 00 00',
      'FF 0A 00 0B 00 11 07 06 02 35 02 00 00 00 22 E8 9A 18 35 30 32 34 30 35 34 34 34 35 20 20 30 30 30 30 30 30 31 33 35 38 30 32 36 31 33 31 20 20 20 20 3F 01 04',
    ],
    [
      'FF0A shift close 6; javapos_shtrih FSFindDocumentTests.java',
      withDrive({ number: 6, type: 5, time: '2017-07-06T02:54:00', sign: 3647013117, shift: 1 }),
      'FF 0A 1E 00 00 00 06 00 00 00',
      'FF 0A 00 05 00 11 07 06 02 36 06 00 00 00 FD 00 61 D9 01 00',
    ],
    [
      'FF03 expiry; javapos_shtrih FSReadExpDateTests.java',
      { drive: { expires: '2019-09-02' } },
      'FF 03 1E 00 00 00',
      'FF 03 00 13 09 02 1D 01',
    ],
    [
      'FF0E tag 1041; javapos_shtrih FSReadFiscalizationTagTests.java',
      { drive: { number: '9999078900002270' } },
      'FF 0E 1E 00 00 00 F0 11 04',
      'FF 0E 00 11 04 10 00 39 39 39 39 30 37 38 39 30 30 30 30 32 32 37 30',
    ],
    [
      'F7 of 31 bytes; javapos_shtrih ReadPrinterModelParametersTests.java',
      {
        model: {
          parameters: {
            ...desktopModel.parameters,
            flags: '5A A0 40 03 00 0C 00 00',
            widths: [0x0c, 0x18, 1, 12, 16, 0, 0],
            graphics: [0x40, 0x40, 950],
            tables: [],
          },
        },
      },
      'F7 01',
      'F7 00 5A A0 40 03 00 0C 00 00 0C 18 01 0C 10 00 00 00 00 00 00 1E 00 00 00 00 06 FF 00 40 40 B6 03',
    ],
    [
      'F7 of a cash-core model; javapos_shtrih ReadPrinterModelParametersTests.java',
      { model: cashCoreModel },
      'F7 01',
      'F7 00 08 00 C0 F7 3F 08 00 00 00 00 01 0C 0A 00 00 00 00 00 00 1E 00 00 00 00 06 FF 00 28 00 00 00 0D 0E 10 0A 1D',
    ],
    [
      'FF40 current shift; afilippov1985/kkt-shtrih tests/test.php',
      withDrive({ number: 9, shift: 308, receipt: 5 }),
      'FF 40 1E 00 00 00',
      'FF 40 00 01 34 01 05 00',
    ],
    [
      'FF01; re-star-ru/shtrih-m-driver docs/out.txt',
      withDrive({ number: 425, time: '2021-07-29T11:29:00' }, { number: '9287440301120991' }),
      'FF 01 1E 00 00 00',
      'FF 01 00 03 00 00 01 00 15 07 1D 0B 1D 39 32 38 37 34 34 30 33 30 31 31 32 30 39 39 31 A9 01 00 00',
    ],
    [
      '10h by operator 28; fr_drv_ng issue 97',
      {
        ...withDrive({ number: 5 }),
        clock: () => '2026-01-01T11:00:00',
        model: shortStatus(
          0x0290,
          [0x9d, 0xd7],
          [
            [0xd3, 1],
            [0xa0, 2, 0],
          ],
        ),
      },
      '10 1C 00 00 00',
      '10 00 1C 90 02 02 00 00 9D D7 D3 01 00 A0 02 00',
    ],
    [
      'FF39 empty queue; fr_drv_ng issue 236',
      { drive: { documents: [] } },
      'FF 39 1E 00 00 00',
      `FF 39 00${' 00'.repeat(13)}`,
    ],
    ['26h font 8; fr_drv_ng issue 155', {}, '26 1E 00 00 00 08', '26 00 F8 01 0C 23 09'],
    ['26h font 2; fr_drv_ng issue 247', {}, '26 1E 00 00 00 02', '26 00 40 02 18 19 08'],
    [
      '1Fh cashier by name; javapos_shtrih issue 68',
      { model: { paddedTexts: false }, owner: { cashier: 'Кассир Иванов' } },
      '1F 1E 00 00 00 02 01 00 02',
      '1F 00 CA E0 F1 F1 E8 F0 20 C8 E2 E0 ED EE E2',
    ],
    [
      'FCh; javapos_shtrih issue 59',
      { model: cashCoreModel },
      'FC',
      'FC 00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4',
    ],
  ]
  test.each(captures)('%s', async (_, options, request, answer) => {
    expect(await answerTo({ operatorConfirms: true, ...options }, request)).toBe(answer)
  })

  test('10h with a receipt open; re-star-ru/shtrih-m-driver docs/out.txt', async () => {
    await using register = createRegister({ model: { ...desktopModel, printResult: false } })
    await using line = register.openLine()
    register.openReceipt({ lines: [{ name: 'Хлеб', quantity: '1', price: 100 }] })
    await say(line, '05')
    expect(await say(line, '02 05 10 1E 00 00 00 0B')).toBe(
      '06 02 10 10 00 1E 92 02 08 00 01 9F E5 18 01 00 8B 02 00 6D',
    )
  })

  test('FF3A refused with 73 after an interrupted closing print; fr_drv_ng issue 140', async () => {
    await using register = createRegister()
    await using line = register.openLine()
    register.print(60_000)
    register.paperOut()
    register.paperIn()
    expect(await say(line, '02 0A FF 3A 1E 00 00 00 1D 00 00 00 CC')).toMatch(
      /^06 02 03 FF 3A (73 B5|50 96)$/,
    )
    register.print(0)
    await say(line, '06')
    expect(await say(line, '02 0A FF 3A 1E 00 00 00 1D 00 00 00 CC')).toBe('06 02 03 FF 3A 73 B5')
  })

  test('FF3F with 133 unconfirmed documents; fr_drv_ng issue 155', async () => {
    const documents = Array.from({ length: 133 }, (_, i) => seeded({ number: i + 1, receipt: i + 1 }))
    const answer = await answerTo({ drive: { documents } }, 'FF 3F 1E 00 00 00')
    expect(framed(answer)).toBe('02 05 FF 3F 00 85 00 40')
  })
})

describe('gives the captured answer in numbered frames', () => {
  const numbered = async (options: RegisterOptions, last: number, requests: readonly string[]) => {
    await using register = createRegister({ ...options, frameNumber: last })
    await using line = register.openLine()
    const answers: string[] = []
    for (const request of requests) answers.push(await say(line, request))
    return answers
  }
  const model = { ...desktopModel, flags: 0x0090, printResult: true }

  test('10h in an open shift; fr_drv_ng issue 141', async () => {
    const options: RegisterOptions = {
      ...withDrive({ number: 5 }),
      clock: () => '2026-01-01T11:00:00',
      model: {
        ...model,
        voltages: [0x33, 0x48],
        reserved: [
          [0, 0],
          [0xff, 0xff, 0xff],
        ],
      },
    }
    const [answer] = await numbered(options, 0x25, ['8F 07 00 26 00 10 01 00 00 00 E4 14'])
    expect(answer).toBe('8F 13 00 26 00 10 00 01 90 00 02 00 00 33 48 00 00 00 FF FF FF 00 78 C2')
  })

  test('FF3B portions 1077 and 1038; fr_drv_ng issue 141', async () => {
    const body = bytesOf('35 04 06 00 31 04 3E 0B BF F2 0E 04 04 00 0C 00 00 00')
    await using register = createRegister({ ...withDrive({ number: 82, body }), frameNumber: 0x2b })
    await using line = register.openLine()
    // FF3A under 002C opens the stream; its checksum is made by the same rule as the captured ones.
    expect(await say(line, numberedRequest(0x2c, 'FF 3A 1E 00 00 00 52 00 00 00'))).toMatch(
      /^8F 09 00 2C 00 FF 3A 00 03 00 12 00/,
    )
    expect(await say(line, numberedRequest(0x2d, 'FF 3B 1E 00 00 00'))).toBe(
      '8F 0F 00 2D 00 FF 3B 00 35 04 06 00 31 04 3E 0B BF F2 BD C0',
    )
    expect(await say(line, '8F 08 00 2E 00 FF 3B 1E 00 00 00 58 43')).toBe(
      '8F 0D 00 2E 00 FF 3B 00 0E 04 04 00 0C 00 00 00 C1 0C',
    )
    expect(await say(line, '8F 08 00 2F 00 FF 3B 1E 00 00 00 8B 04')).toMatch(/^8F 05 00 2F 00 FF 3B 08/)
  })

  test('10h while the receipt is printed; fr_drv_ng issue 109', async () => {
    await using register = createRegister({
      model: {
        ...model,
        voltages: [0, 0],
        reserved: [
          [0, 0],
          [0xff, 0xff, 0xff],
        ],
      },
      frameNumber: 0xd5,
    })
    await using line = register.openLine()
    const bread = { name: 'Хлеб', quantity: '1', price: 100 }
    register.openReceipt({ lines: [bread, bread] })
    register.print(60_000)
    expect(await say(line, '8F 07 00 D6 00 10 01 00 00 00 7C 3B')).toBe(
      '8F 13 00 D6 00 10 00 01 90 00 08 05 02 00 00 00 00 00 FF FF FF 05 0D EA',
    )
  })

  test('text of error 33h; fr_drv_ng_examples issue 23', async () => {
    expect(await numbered({}, 0x0e, ['8F 04 00 0F 00 6B 33 BF 0D'])).toEqual([
      '8F 29 00 0F 00 6B 00 CA CA D2 3A 20 CD E5 EA EE F0 F0 E5 EA F2 ED FB E5 20 EF E0 F0 E0 EC E5 F2 F0 FB 20 E2 20 EA EE EC E0 ED E4 E5 DB 0D',
    ])
  })

  test('port of the OFD and the structure of its field; javapos_shtrih issue 108', async () => {
    const [port, structure] = await numbered({}, 0x9a, [
      '8F 0B 00 9B 00 1F 1E 00 00 00 13 01 00 02 16 15',
      '8F 09 00 9C 00 2E 1E 00 00 00 13 02 AF 47',
    ])
    expect(port).toBe('8F 06 00 9B 00 1F 00 61 1E 5E B8')
    expect(structure).toMatch(/^8F 32 00 9C 00 2E 00 .* 00 02 00 00 FF FF .. ..( ..)?$/)
  })

  test('a ping before anything was executed; the reference, section 3', async () => {
    expect(await numbered({}, 1, ['8F 00 00 0F 1D'])).toEqual(['8F 02 00 01 00 99 5A'])
  })

  function numberedRequest(number: number, payload: string): string {
    const data = bytesOf(payload)
    const counted = Uint8Array.of(data.length + 2, 0, number, 0, ...data)
    let crc = 0xffff
    for (const byte of counted) {
      crc ^= byte << 8
      for (let bit = 0; bit < 8; bit++)
        crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
    }
    return `8F ${hexOf(counted)} ${hexOf(Uint8Array.of(crc & 255, crc >> 8))}`
  }
})

describe('answers the worked examples of the reference', () => {
  test('1Ah cash in drawer and 1Bh receipts of purchase return', async () => {
    await using register = createRegister({ model: { unknown: [] } })
    await using line = register.openLine()
    register.closeReceipt({ lines: [{ name: 'Чай', quantity: '1', price: 100_000 }], electronic: 0 })
    const nothing = [{ name: 'Тара', quantity: '1', price: 0 }]
    for (let i = 0; i < 42; i++) register.closeReceipt({ operation: 4, lines: nothing, electronic: 0 })
    expect(await say(line, '02 06 1A 1E 00 00 00 F1 F3')).toBe('06 02 09 1A 00 1E A0 86 01 00 00 00 2A')
    await say(line, '06')
    expect(await say(line, '02 06 1B 1E 00 00 00 97 94')).toBe('06 02 05 1B 00 1E 2A 00 2A')
  })

  test('commands of the till are refused without effect and counted as forbidden', async () => {
    await using register = createRegister()
    await using line = register.openLine()
    const before = register.counters.documents
    const tillCommands = [
      // fr_drv_ng issue 247, an item; javapos_shtrih FSReadBufferStatusTests.java; a cut; a technical reset
      '02 30 FF 46 1E 00 00 00 01 40 42 0F 00 00 00 10 27 00 00 00 10 27 00 00 00 FF FF FF FF FF 08 00 00 00 CA EE EC EF EB E5 EA F1 ED FB E9 20 EE E1 E5 E4 8F',
      framed('FF 30 1E 00 00 00'),
      framed('25 1E 00 00 00 01'),
      framed('16'),
      framed('FF 0E 1E 00 00 00 F0 FF FF'),
    ]
    for (const command of tillCommands) {
      await say(line, command)
      await say(line, '06')
    }
    expect(register.counters).toMatchObject({ forbidden: 5, documents: before })
    expect(register.counters.commands).toMatchObject({ FF46: 1, FF30: 1, '25': 1, '16': 1, FF0E: 1 })
    expect(await heard(line)).toBe('')
  })
})
