/** The kinds of fiscal documents by their form code, in words. */
import { type Text, text } from '../../text.ts'

const kinds: Readonly<Record<number, Text>> = {
  1: text('отчёт о регистрации', 'registration report'),
  2: text('открытие смены', 'shift opened'),
  3: text('кассовый чек', 'receipt'),
  4: text('БСО', 'strict reporting form'),
  5: text('закрытие смены', 'shift closed'),
  6: text('закрытие ФН', 'drive closed'),
  7: text('подтверждение оператора', "operator's confirmation"),
  11: text('изменение регистрации', 'registration changed'),
  21: text('отчёт о расчётах', 'settlements report'),
  31: text('чек коррекции', 'correction receipt'),
  41: text('БСО коррекции', 'correction form'),
}

export function kindOf(type: number | null): Text {
  return (type === null ? undefined : kinds[type]) ?? text('документ', 'document')
}
