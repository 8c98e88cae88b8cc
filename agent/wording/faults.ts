/**
 * What is odd about a document, or why it cannot be read: the fixed English phrases of `fiscal/` and `bitrix/sale.ts`
 * as pairs. A tag is called by the law's own term, for that is what stands in the register's and the operator's papers.
 */
import { meaningOf } from '../fiscal/tags.ts'
import { type Text, text } from '../text.ts'
import { byEnglish } from './plain.ts'

/** A phrase that is not known here is shown as it is. */
export function faultInWords(fault: string): Text {
  const exact = fixed.get(fault)
  if (exact !== undefined) return exact
  for (const [pattern, words] of shapes) {
    const found = pattern.exec(fault)
    if (found !== null) return words(found[1] ?? '', found[2] ?? '')
  }
  return text(fault, fault)
}

const fixed = byEnglish([
  text('документа нет', 'no document'),
  text('текст не в шестнадцатеричном виде', 'text that is not hex'),
  text('начало документа обрезано', 'the head of the document is cut off'),
  text('нет вида документа', 'a bare body without its type'),
  text('в документе нет ни одного тега', 'a document without elements'),
  text('документ короче, чем сказано в его начале', 'the document is shorter than its head says'),
  text('лишние байты после документа', 'bytes that belong to no document'),
  text('байтов больше, чем бывает в документе', 'more bytes than a document can have'),
  text('слишком много вложенных тегов', 'groups are nested too deep'),
  text('начало тега обрезано', 'the head of an element is cut off'),
  text('тег обрезан', 'an element is cut off'),
  text('номер ФН (тег 1041) пуст', 'tag 1041 is empty'),
  text('в чеке нет строк', 'the receipt has no lines'),
  text(
    'в чеке нет строк: что продано, не узнать',
    'the receipt has no lines, so nobody can know what was sold',
  ),
  text('коды называют разные товары', 'the codes name different products'),
  text('контрольная цифра кода не сходится', 'the check digit of the code is wrong'),
  text('вид документа не указан: принят за чек', 'no form code: taken for a receipt'),
  text('время суток неизвестно', 'the time of day is not known'),
  text('это не JSON', 'this is no JSON'),
  text('в этом JSON нет чека', 'no receipt in this JSON'),
  text('в этом JSON больше одного чека', 'more than one receipt in this JSON'),
])

type Words = (first: string, second: string) => Text

/** The first that fits counts. */
const shapes: readonly (readonly [pattern: RegExp, words: Words])[] = [
  [
    /^line (\d+) moves goods but has no quantity$/,
    (n) => text(`строка ${n}: нет количества`, `line ${n} moves goods but has no quantity`),
  ],
  [/^line (\d+): (.*)$/s, (n, fault) => inLine(n, faultInWords(fault))],
  [/^(.+) at byte (\d+)(?: in [\d >]+)?$/s, (fault, at) => atByte(at, faultInWords(fault))],
  [/^tag (\d+) cannot be read$/, (tag) => unreadable(named(tag))],
  [/^\S+ \(tag (\d+)\) cannot be read$/, (tag) => unreadable(named(tag))],
  [/^tag (\d+) is missing$/, (tag) => missing(named(tag))],
  [/^the document has no .+ \(tag (\d+)\)$/, (tag) => missing(named(tag))],
  [/^tag (\d+) stands twice and differs$/, (tag) => twice(named(tag))],
  [/^tag (\d+) is longer than the format allows$/, (tag) => tooLong(named(tag))],
  [
    /^the time (\S+) \(tag 1012\) does not exist$/,
    (time) => text(`такого времени не бывает: ${time}`, `the time ${time} does not exist`),
  ],
  [
    /^the document names the fiscal drive (.+), it was read from (\d+)$/s,
    (said, is) =>
      text(
        `в документе указан ФН ${said}, а прочитан он из ФН ${is}`,
        `the document names the fiscal drive ${said}, it was read from ${is}`,
      ),
  ],
  [
    /^the document has the number (\d+), it was read as (\d+)$/,
    (said, is) =>
      text(
        `в документе номер ${said}, а прочитан он под номером ${is}`,
        `the document has the number ${said}, it was read as ${is}`,
      ),
  ],
  [
    /^a document of type (\d+), not (\d+)$/,
    (is, wanted) => text(`документ вида ${is}, а не ${wanted}`, `a document of type ${is}, not ${wanted}`),
  ],
]

function inLine(line: string, { ru, en }: Text): Text {
  return text(`строка ${line}: ${ru}`, `line ${line}: ${en}`)
}

function atByte(byte: string, { ru, en }: Text): Text {
  return text(`${ru} (байт ${byte})`, `${en} at byte ${byte}`)
}

function unreadable({ ru, en }: Text): Text {
  return text(`не прочитать ${ru}`, `${en} cannot be read`)
}

function missing({ ru, en }: Text): Text {
  return text(`отсутствует ${ru}`, `${en} is missing`)
}

function twice({ ru, en }: Text): Text {
  return text(`дважды и по-разному указан ${ru}`, `${en} stands twice and differs`)
}

function tooLong({ ru, en }: Text): Text {
  return text(`длиннее, чем разрешает формат, ${ru}`, `${en} is longer than the format allows`)
}

/** `тег 1023 «Количество предмета расчета»` */
function named(tag: string): Text {
  const known = meaningOf(Number(tag), null, new Uint8Array(2))
  const [ru, en] = known === null ? ['', ''] : [` «${known.term}»`, ` (${known.name})`]
  return text(`тег ${tag}${ru}`, `tag ${tag}${en}`)
}
