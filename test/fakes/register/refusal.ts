/** The register says no: its error code and the text that 6Bh tells of it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: number

  constructor(code: number) {
    super(`error ${code.toString(16)}`)
    this.code = code
  }
}

/** Texts of 6Bh; 33h as captured from a machine, the others in its manner. */
const texts: Readonly<Record<number, string>> = {
  0: 'Ошибок нет',
  8: 'ФН: Запрошенные данные отсутствуют в архиве ФН',
  51: 'ККТ: Некорректные параметры в команде',
  55: 'ККТ: Команда не поддерживается в данной реализации ККТ',
  79: 'ККТ: Неверный пароль',
  80: 'ККТ: Идет печать предыдущей команды',
  88: 'ККТ: Ожидание команды продолжения печати',
  107: 'ККТ: Нет чековой ленты',
  114: 'ККТ: Команда не поддерживается в данном подрежиме',
  115: 'ККТ: Команда не поддерживается в данном режиме',
  116: 'ККТ: Ошибка ОЗУ',
  192: 'ККТ: Подтвердите дату и время',
}

export function errorText(code: number): string {
  return texts[code] ?? `ККТ: Ошибка ${code}`
}
