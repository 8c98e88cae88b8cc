/** What the receiver's sources may not hold: anything younger than PHP 7.4, and calls of Bitrix outside of two files. */
import phpParser from 'php-parser'

const { Engine } = phpParser

interface Node {
  readonly kind: string
  readonly loc?: { readonly start: { readonly line: number } } | null
  readonly [field: string]: unknown
}

/** Functions and classes that came with PHP 8.0 or later. */
const youngFunctions =
  /^(str_(contains|starts_with|ends_with)|get_debug_type|get_resource_id|fdiv|preg_last_error_msg|array_(is_list|find|find_key|any|all|first|last)|enum_exists|fsync|fdatasync|json_validate|mb_(str_pad|trim|ltrim|rtrim|ucfirst|lcfirst)|mysqli_execute_query|memory_reset_peak_usage|ini_parse_quantity|str_(increment|decrement)|curl_upkeep|openssl_cipher_key_length|date_create_immutable_from_interface|password_needs_rehash_v2)$/
const youngClasses =
  /^(WeakMap|Stringable|Attribute|ValueError|UnhandledMatchError|PhpToken|UnitEnum|BackedEnum|Random\\.+|AllowDynamicProperties|SensitiveParameter|ReturnTypeWillChange)$/
const youngMethods = /^(createFromInterface|execute_query)$/
/** Types that PHP 7.4 takes for the name of a class, so that nothing fits them. */
const youngTypes = /^(mixed|never|null|false|true|static)$/
/** What PHP 8 has taken away or tells off. */
const gone =
  /^(each|create_function|utf8_encode|utf8_decode|strftime|gmstrftime|money_format|get_magic_quotes_gpc|is_real|restore_include_path|mhash)$/

const bitrixClasses =
  /^(Bitrix\\(Main|Catalog|Sale|Iblock|Currency|Crm)\\.+|C(Catalog|IBlock|Agent|Module|Main|User|Sale|File|Event|Option|DB|Database|Site|Util|Price|Admin|Application|Currency)\w*)$/
const bitrixFunctions =
  /^(check_bitrix_sessid|bitrix_sessid\w*|htmlspecialchars(bx|Ex|back)|LocalRedirect|GetMessage\w*|GetModuleEvents|ExecuteModuleEvent\w*|(Un)?RegisterModule\w*|AddEventHandler|IncludeModuleLangFile|ShowError|FormatDate|ConvertTimeStamp|MakeTimeStamp|CheckVersion|GetLangFileName|IsModuleInstalled)$/
const bitrixGlobals = /^(USER|APPLICATION|DB|USER_FIELD_MANAGER|CACHE_MANAGER)$/

/** Whatever PHP 7.4 would not understand, or would understand otherwise, as `line: what`. */
export function youngerThan74(source: string): string[] {
  const found: string[] = []
  const tell = (node: Node, what: string) => found.push(`${node.loc?.start.line ?? '?'}: ${what}`)
  for (const [index, line] of source.split('\n').entries())
    if (/^\s*#\[/.test(line)) found.push(`${index + 1}: an attribute`)
  let root: Node
  try {
    root = parse(source)
  } catch (error) {
    return [...found, String(error instanceof Error ? error.message : error)]
  }
  for (const node of walk(root)) {
    const { kind, name } = node
    if (kind === 'parameter' && Number(node['flags']) > 0) tell(node, 'a promoted property')
    if (kind === 'parameter' && holdsNew(node['value'])) tell(node, 'new as a default')
    if (kind === 'uniontype' || kind === 'intersectiontype') tell(node, 'several types')
    if (node['readonly'] === true || node['isReadonly'] === true) tell(node, 'readonly')
    if (kind === 'number' && /^0o/i.test(String(node['value']))) tell(node, 'an octal number with o')
    if (kind === 'encapsedpart' && node['curly'] === true) tell(node, 'a brace after the dollar in a text')
    if (isType(node) && youngTypes.test(lastPart(String(name)))) tell(node, `the type ${String(name)}`)
    if (kind === 'staticlookup' && isClassOfObject(node)) tell(node, '::class of an object')
    const called = nameCalled(node)
    if (called !== null && (youngFunctions.test(called) || gone.test(called))) tell(node, called)
    for (const used of namesIn(node)) if (youngClasses.test(used)) tell(node, used)
    const method = methodNamed(node)
    if (method !== null && youngMethods.test(method)) tell(node, method)
  }
  return found
}

/** Every use of Bitrix: its classes, its functions, its globals. Comments may say what they like. */
export function usesOfBitrix(source: string): string[] {
  const found: string[] = []
  for (const node of walk(parse(source))) {
    const tell = (what: string) => found.push(`${node.loc?.start.line ?? '?'}: ${what}`)
    const called = nameCalled(node)
    if (called !== null && bitrixFunctions.test(called)) tell(called)
    for (const used of namesIn(node)) if (bitrixClasses.test(used)) tell(used)
    for (const used of globalsIn(node)) if (bitrixGlobals.test(used)) tell(`$${used}`)
  }
  return found
}

const parsed = new Map<string, Node>()

function parse(source: string): Node {
  const known = parsed.get(source)
  if (known !== undefined) return known
  const engine = new Engine({
    parser: { extractDoc: false, version: '7.4', suppressErrors: false },
    ast: { withPositions: true },
    lexer: { short_tags: false },
  })
  const root = engine.parseCode(source, 'receiver') as unknown as Node
  parsed.set(source, root)
  return root
}

function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* walk(one)
  else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) yield value
    for (const [field, inner] of Object.entries(value)) if (field !== 'loc') yield* walk(inner)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
}

function isType({ kind }: Node): boolean {
  return kind === 'typereference'
}

function isClassOfObject(node: Node): boolean {
  const { what, offset } = node
  const isClass = isNode(offset) && offset['name'] === 'class'
  return (
    isClass &&
    isNode(what) &&
    !['name', 'selfreference', 'staticreference', 'parentreference'].includes(what.kind)
  )
}

function holdsNew(value: unknown): boolean {
  return [...walk(value)].some(({ kind }) => kind === 'new')
}

function nameCalled({ kind, what }: Node): string | null {
  return kind === 'call' && isNode(what) && what.kind === 'name' ? lastPart(String(what['name'])) : null
}

function methodNamed({ kind, offset }: Node): string | null {
  if (kind !== 'propertylookup' && kind !== 'staticlookup') return null
  return isNode(offset) ? String(offset['name']) : null
}

/** Names of classes, whole where they are written whole. */
function namesIn(node: Node): string[] {
  if (node.kind === 'name') return [String(node['name']).replace(/^\\/, '')]
  if (node.kind !== 'usegroup' || !Array.isArray(node['items'])) return []
  const prefix = typeof node['name'] === 'string' ? `${node['name']}\\` : ''
  return node['items'].filter(isNode).map((item) => (prefix + String(item['name'])).replace(/^\\/, ''))
}

function globalsIn(node: Node): string[] {
  if (node.kind === 'global' && Array.isArray(node['items']))
    return node['items'].filter(isNode).map((item) => String(item['name']))
  const { kind, what, offset } = node
  const isLookup = kind === 'offsetlookup' && isNode(what) && what['name'] === 'GLOBALS' && isNode(offset)
  return isLookup ? [String(offset['value'])] : []
}

function lastPart(name: string): string {
  return name.split('\\').at(-1) ?? name
}
