/** The demo's words for its numbers, in both languages. */
import { type Language, text } from '../../agent/text.ts'
import type { Tally } from './tally.ts'

/** One sentence with the whole result. */
export function summaryOf(tally: Tally, language: Language): string {
  const { closed, kept, delivered, lost, twice, forbidden, undrained } = tally
  const good = lost + twice + forbidden + undrained === 0
  const words = text(
    `${good ? 'Ничего не потеряно.' : 'ЕСТЬ ПОТЕРИ.'} Чеков закрыто ${closed}, сохранено ${kept}, доставлено ${delivered};\n` +
      `потеряно ${lost}, проведено дважды ${twice}, запрещённых команд ${forbidden}, недочитано ${undrained}`,
    `${good ? 'Nothing is lost.' : 'SOMETHING IS WRONG.'} ${closed} receipts closed, ${kept} kept, ${delivered} delivered;\n` +
      `${lost} lost, ${twice} booked twice, ${forbidden} forbidden commands, ${undrained} undrained`,
  )
  return words[language]
}
