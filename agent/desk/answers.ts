/** What a receiver said of a document, without the persons that the document names: it may have said them back. */

import type { Field } from '../fiscal/model.ts'
import { personalTags } from '../fiscal/personal.ts'
import { maskKept } from '../housekeeping.ts'

/** A shorter value stands in half of all texts by chance. */
const shortest = 3

/** Masks what the fields name, in plain text and as JSON may write it, and every member that is named like them. */
export function withoutPersons(said: string, fields: readonly Field[]): string {
  const named = personsIn(fields).flatMap((value) => [value, ...escapedForms(value)])
  const plain = named.reduce((so, value) => so.replaceAll(value, '*'.repeat(value.length)), said)
  const bytes = maskKept({ format: 'tax-json', bytes: Buffer.from(plain, 'utf8') })
  return bytes === null ? plain : Buffer.from(bytes).toString('utf8')
}

function personsIn(fields: readonly Field[]): string[] {
  return fields.flatMap(({ tag, value }) => {
    if (typeof value === 'object') return personsIn(value)
    const said = String(value).trim()
    return personalTags.includes(tag) && said.length >= shortest ? [said] : []
  })
}

/** `\u0418` in either case of its letters, a slash with its backslash. */
function escapedForms(value: string): string[] {
  const quoted = JSON.stringify(value).slice(1, -1)
  const hex = (upper: boolean) =>
    quoted.replace(/[^\x20-\x7e]/g, (letter) => {
      const code = letter.charCodeAt(0).toString(16).padStart(4, '0')
      return `\\u${upper ? code.toUpperCase() : code}`
    })
  const forms = [quoted, hex(false), hex(true)]
  return [...new Set([...forms, ...forms.map((form) => form.replaceAll('/', '\\/'))])].filter(
    (form) => form !== value,
  )
}
