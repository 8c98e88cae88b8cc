/** What a line of a receipt does to stock and why: the fixed phrases of `fiscal/stock.ts` and `fiscal/storno.ts`. */
import type { Move } from '../../fiscal/model.ts'
import { type Text, text } from '../../text.ts'
import { byEnglish } from '../../wording/plain.ts'

export const moveWords: Readonly<Record<Move, Text>> = {
  out: text('уходит со склада', 'leaves the stock'),
  in: text('приходит на склад', 'comes into the stock'),
  none: text('не движется', 'does not move'),
  review: text('решает человек', 'a person decides'),
}

/** Why it moves so. A phrase that is not known here is shown as it is. */
export function moveReason(why: string): Text {
  const assumed = / \(assumed\)$/.test(why)
  const words = reasons.get(why.replace(/ \(assumed\)$/, ''))
  if (words === undefined) return text(why, why)
  if (!assumed) return words
  return text(
    `${words.ru} (так считается: способ расчёта в чеке не указан)`,
    `${words.en} (assumed: the receipt does not say the method)`,
  )
}

const reasons = byEnglish([
  text('передан покупателю, полный расчёт', 'handed over in full settlement'),
  text('возвращён, полный расчёт', 'taken back in full settlement'),
  text('передан покупателю, частичный расчёт', 'handed over in partial settlement'),
  text('возвращён, частичный расчёт', 'taken back in partial settlement'),
  text('передан покупателю в кредит', 'handed over on credit'),
  text('возвращён, был передан в кредит', 'taken back, was on credit'),
  text('предоплата, товар ещё не передан', 'full prepayment, no goods yet'),
  text('частичная предоплата, товар ещё не передан', 'partial prepayment, no goods yet'),
  text('аванс, товар ещё не передан', 'advance, no goods yet'),
  text('оплата кредита, товар передан раньше', 'payment of a credit, no goods now'),
  text('выплаты и скупка склад не меняют (настройка)', 'purchases do not move stock here'),
  text('не товар: услуга, платёж или другое', 'not goods'),
  text('чек коррекции: решает человек', 'a correction waits for a person'),
  text('не прочитать, продажа это или возврат', 'the operation cannot be read'),
  text('в документе не сказано, продажа это или возврат', 'no operation in the document'),
  text('неизвестный признак расчёта', 'unknown operation'),
  text('не прочитать способ расчёта', 'the settlement method cannot be read'),
  text('неизвестный способ расчёта', 'unknown settlement method'),
  text('не прочитать, товар это или услуга', 'the kind of subject cannot be read'),
  text('неизвестный предмет расчёта', 'unknown kind of subject'),
  text('часть маркированной упаковки: целая не продана', 'a share of a marked package'),
  text('не прочитать количество', 'the quantity cannot be read'),
  text('в строке нет количества', 'no quantity in the line'),
  text('неизвестная единица измерения', 'unknown measure of quantity'),
  text('количество равно нулю', 'the quantity is zero'),
  text('снят строкой сторно', 'taken back by a storno line'),
  text('сторно: снимает строку выше', 'a storno line takes an earlier line back'),
  text('сторно, которому не подходит ни одна строка', 'a storno line that fits no line'),
  text('сторно: товар возвращён', 'a storno line takes goods back'),
])
