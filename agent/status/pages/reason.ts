/** Why a person does what changes something: every such form asks for it, and the audit keeps it. */
import { z } from 'zod'
import { type Text, text } from '../../text.ts'
import { UsageError } from '../../usage.ts'
import { type Html, html } from '../html.ts'
import type { Visit } from '../visit.ts'

/** The desk takes no longer ones. */
const longest = 1000

/** `id` where the field must be found again, `typed` what was written into it before. */
export function reasonField(
  words: Text,
  { say }: Pick<Visit, 'say'>,
  { id, typed = '' }: { readonly id?: string; readonly typed?: string } = {},
): Html {
  return html`<label>${say(words)}
    <input name="reason"${id !== undefined && html` id="${id}"`} required maxlength="${longest}" size="40" autocomplete="off" value="${typed}"></label>`
}

/** Of the form; what is wrong with it `reasonOf` says in words. */
export const TypedReason = z.string().max(20_000).default('')

/** As it is kept. Throws `UsageError`, for an empty one with the words `wanted`. */
export function reasonOf(typed: string, wanted: Text): string {
  const reason = typed.trim()
  if (reason === '') throw new UsageError(wanted)
  if (reason.length > longest) throw new UsageError(tooLong)
  return reason
}

const tooLong = text(`Короче: не больше ${longest} букв`, `Shorter: at most ${longest} letters`)
