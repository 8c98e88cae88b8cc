/** Why a document is not where it should be: the fixed English phrases of the outbox in words of both languages. */
import { type Text, text } from '../../text.ts'

/** A reason of the outbox's row. What a site said in its own words stays as it is in both languages. */
export function whyInWords(why: string): Text {
  return text(why, why)
}
