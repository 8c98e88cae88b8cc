/** What an error code of the register means for the caller and for the person (section 12 of our protocol notes). */
import { type Fault, RegisterError, type Text } from '../contract.ts'
import { errorMeaning } from './errorcodes.ts'
import { opcodeName } from './wire.ts'

/** "Requested data is not in the FN archive": an unknown number, a document whose TLV is gone, the end of a stream. */
export const notInArchive = 0x08

/** Passes by itself: printing, an open receipt, no paper, a fiscal drive that is busy with its operator. */
const passing = new Set([
  0x03, 0x04, 0x20, 0x2f, 0x30, 0x31, 0x32, 0x49, 0x4a, 0x50, 0x58, 0x59, 0x6a, 0x6b, 0x6c, 0x72, 0x73, 0x75,
  0xbe, 0xc8, 0xc9, 0xca,
])

/** The firmware does not know the command or its form. */
const unknownToFirmware = new Set([0x01, 0x33, 0x36, 0x37])

/** The question has no answer on this register: not known, no such table, nothing registered yet. */
const withoutAnswer = new Set([...unknownToFirmware, 0x02, 0x08, 0x34, 0x35, 0x5d])

const hints: readonly (readonly [codes: readonly number[], hint: Text])[] = [
  [
    [0x4f],
    {
      ru: 'Проверьте settings.password: нужен пароль системного администратора (по умолчанию 30); operatorPassword — пароль кассира (по умолчанию 1).',
      en: "Check settings.password: the system administrator's password is needed (30 by default); operatorPassword is a cashier's (1 by default).",
    },
  ],
  [
    [0x74, 0x78, 0x79],
    {
      ru: 'Кассе нужно техническое обнуление: вызовите сервисный центр. Сами его не делайте.',
      en: 'The register needs a technical reset: call the service centre, do not do it yourself.',
    },
  ],
  [
    [0xc0, 0xcf],
    {
      ru: 'Подтвердите дату и время в программе кассы.',
      en: "Confirm date and time in the till's program.",
    },
  ],
  [
    [0x01, 0x33, 0x36, 0x37],
    {
      ru: 'Прошивка кассы не знает этой команды: обновите прошивку в сервисном центре.',
      en: 'The firmware does not know this command: have it updated by the service centre.',
    },
  ],
  [
    [0x05, 0x06, 0x12, 0x14, 0x15],
    {
      ru: 'Проверьте фискальный накопитель и связь с ОФД: ФН надо менять или передать документы.',
      en: 'Check the fiscal drive and the link to the OFD: replace the drive or let it deliver its documents.',
    },
  ],
  [[0x16, 0x4e, 0x96], { ru: 'Закройте смену на кассе.', en: 'Close the shift on the register.' }],
  [
    [0x58],
    {
      ru: 'Вставьте ленту и продолжите печать на кассе.',
      en: 'Insert paper and continue printing on the register.',
    },
  ],
  [[0x6b, 0x6c], { ru: 'Вставьте чековую ленту.', en: 'Insert receipt paper.' }],
  [
    [0xd5],
    {
      ru: 'Касса требует авторизации: обратитесь в сервисный центр.',
      en: 'The register wants authorisation: ask the service centre.',
    },
  ],
]

export function faultOf(code: number): Fault {
  if (code === notInArchive) return 'absent'
  return passing.has(code) ? 'busy' : 'refused'
}

/** The error that the register answered to the command `code`. `RegisterError.code` is the vendor's code. */
export function refusal(code: number, error: number): RegisterError {
  const hex = opcodeName(error)
  const meaning = errorMeaning(error)
  const hint = hints.find(([codes]) => codes.includes(error))?.[1]
  return new RegisterError(
    faultOf(error),
    {
      ru: `Касса ответила на ${opcodeName(code)} ошибкой ${hex}: ${meaning.ru}`,
      en: `The register answered ${opcodeName(code)} with error ${hex}: ${meaning.en}`,
    },
    hint === undefined ? { code: hex } : { code: hex, hint },
  )
}

/** The register's answer tells that it has nothing to say to this question, now or ever. */
export function hasNoAnswer(error: unknown): error is RegisterError {
  return error instanceof RegisterError && withoutAnswer.has(Number.parseInt(error.code ?? '', 16))
}
