/** A config as YAML. What hands get wrong in it is told with its line and the next step; the parser speaks English only. */
import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml'
import { type Text, text } from './text.ts'

/** What was read, and where in the file each part of it stands. */
export interface ReadYaml {
  readonly plain: unknown
  readonly document: Document
  readonly lines: LineCounter
}

/** A `Text` is what is wrong with it. */
export function readYaml(source: string): ReadYaml | Text {
  const lines = new LineCounter()
  const document = parseDocument(source, { prettyErrors: false, lineCounter: lines })
  if (document.errors.length > 0) return describe(source, document, lines)
  try {
    return { plain: document.toJS(), document, lines }
  } catch {
    // An alias without its anchor, or too many of them, shows itself only here.
    return text(...unknownAlias)
  }
}

type Advice = readonly [ru: string, en: string]

const indent: Advice = [
  'неверный отступ: строки одного уровня начинаются под одной буквой',
  'the wrong indentation: lines of one level begin below the same letter',
]
const tab: Advice = [
  'отступ знаком табуляции: замените пробелами',
  'a tab as indentation: put spaces in its place',
]
const oddSpace: Advice = [
  'в отступе неразрывный пробел: замените обычными пробелами',
  'a no-break space as indentation: put plain spaces in its place',
]
const dash: Advice = ['после «-» нужен пробел', 'a space is wanted after "-"']
const unknownAlias: Advice = [
  'значение начинается с «*» или «&»: возьмите его в кавычки',
  'an alias: a value that begins with "*" or "&" must be quoted',
]

/** The first row that fits the parser's code and words counts. */
const faults: readonly (readonly [fault: RegExp, ru: string, en: string])[] = [
  [/^TAB_AS_INDENT/, ...tab],
  [
    /^DUPLICATE_KEY/,
    'этот ключ уже есть выше: оставьте один',
    'this key stands above already: keep one of them',
  ],
  [
    /^MISSING_CHAR Missing closing .quote/,
    'кавычка не закрыта: закройте её',
    'a quote is not closed: close it',
  ],
  [
    /^(?:MISSING_CHAR Implicit map keys|MULTILINE_IMPLICIT_KEY)/,
    'между ключом и значением нужны двоеточие и пробел',
    'a colon and a space are wanted between key and value',
  ],
  [
    /^(?:BAD_INDENT Flow|MISSING_CHAR (?!Sequence)|BLOCK_IN_FLOW)/,
    'скобка [ или { не закрыта, или в ней не хватает запятой',
    'a bracket [ or { is not closed, or lacks a comma',
  ],
  [/^(?:BAD_INDENT|MISSING_CHAR|BLOCK_AS_IMPLICIT_KEY MULTILINE)/, ...indent],
  [
    /^BLOCK_AS_IMPLICIT_KEY/,
    'в значении двоеточие с пробелом: возьмите его в кавычки',
    'a colon and a space in the value: quote it',
  ],
  [/^(?:BAD_ALIAS|ALIAS_PROPS|MULTIPLE_ANCHORS)/, ...unknownAlias],
  [
    /^(?:BAD_SCALAR_START|BAD_DIRECTIVE|MULTIPLE_TAGS|TAG_RESOLVE_FAILED)/,
    'значение не может начинаться с этого знака: возьмите его в кавычки',
    'a value cannot begin with this sign: quote it',
  ],
  [
    /^BAD_DQ_ESCAPE/,
    'обратная косая черта в двойных кавычках: возьмите одинарные',
    'a backslash in double quotes: use single ones',
  ],
  [
    /^MULTIPLE_DOCS/,
    'строка «---» делит файл на два: удалите её',
    'a line "---" parts the file in two: remove it',
  ],
]

function describe(source: string, document: Document.Parsed, counter: LineCounter): Text {
  const [fault, next] = document.errors
  if (fault === undefined) throw new Error('there is a fault')
  const { line } = counter.linePos(beginningOf(fault, document))
  const [ru, en] = adviceOn(source.split('\n')[line - 1] ?? '', fault, next)
  return text(`строка ${line}: ${ru}`, `line ${line}: ${en}`)
}

function adviceOn(line: string, fault: YAMLError, next: YAMLError | undefined): Advice {
  const [space = ''] = /^\s*/.exec(line) ?? []
  if (space.includes('\t')) return tab
  if (/[^ \r]/.test(space)) return oddSpace
  if (fault.code === 'BLOCK_AS_IMPLICIT_KEY' && /^ *-\S/.test(line)) return dash
  const said = next?.code === 'MULTILINE_IMPLICIT_KEY' ? next.code : fault.message
  const [, ru, en] = faults.find(([known]) => known.test(`${fault.code} ${said}`)) ?? []
  return ru === undefined || en === undefined
    ? [`это не YAML (${fault.code})`, `this is no YAML (${fault.code})`]
    : [ru, en]
}

/** A quote that is never closed is noticed at the end of the file; what is wrong is where it was opened. */
function beginningOf({ pos, message }: YAMLError, document: Document.Parsed): number {
  let at = pos[0]
  if (!/closing .quote/.test(message)) return at
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE') === true && range && range[1] >= pos[0]) at = range[0]
    },
  })
  return at
}
