/** Which key of the tax service's JSON is which fact; where two keys stand, the second is the one of 2020. */
import type { CodeFacts } from './codes.ts'
import { ExactNumber, integerOf, isObject, type Json, type JsonObject } from './exactjson.ts'
import type { LineFacts, ReceiptFacts } from './facts.ts'
import { JsonReader } from './jsonreader.ts'
import type { Correction } from './model.ts'
import type { OrderTraces } from './siteorder.ts'
import { formatName } from './taggedreceipt.ts'
import { tags1300 } from './tagtable/tags1300.ts'

/** Service halves of tag 1077 as they stand in real documents; they tell a whole tag from a printed sign. */
const signPrefixes: readonly string[] = ['3104', '2104']

/** The facts of one receipt. `form` is what its wrapper says it is; without any word it is taken for a receipt. */
export function factsOfJson(
  object: JsonObject,
  form: number | null,
): { readonly facts: ReceiptFacts; readonly isFormKnown: boolean } {
  const json = new JsonReader(object)
  const named = json.number(0, 'code', 'receiptCode') ?? form
  const documentType = named ?? 3
  const facts = {
    documentType,
    ffd: formatName(json.number(1209, 'fiscalDocumentFormatVer', 'protocolVersion')),
    fn: json.code(1041, 'fiscalDriveNumber'),
    fd: json.number(1040, 'fiscalDocumentNumber'),
    fp: json.read(1077, ['fiscalSign'], signOf),
    time: json.read(1012, ['dateTime'], timeOf),
    operation: json.number(1054, 'operationType'),
    shift: json.number(1038, 'shiftNumber'),
    receiptInShift: json.number(1042, 'requestNumber'),
    registrationNumber: json.code(1037, 'kktRegId'),
    inn: json.code(1018, 'userInn'),
    taxation: json.number(1055, 'appliedTaxationType', 'taxationType'),
    total: json.number(1020, 'totalSum'),
    cash: json.number(1031, 'cashTotalSum'),
    electronic: json.number(1081, 'ecashTotalSum'),
    prepaid: json.number(1215, 'prepaidSum', 'prepaymentSum'),
    credit: json.number(1216, 'creditSum', 'postpaymentSum'),
    provision: json.number(1217, 'provisionSum', 'counterSubmissionSum'),
    correction: documentType === 31 || documentType === 41 ? correctionOf(json) : null,
    lines: [
      ...json.objects('items').map((item) => lineOf(item, false)),
      ...json.objects('stornoItems').map((item) => lineOf(item, true)),
    ],
    unreadable: json.unreadable,
  }
  const guessed = named === null ? ['no form code: taken for a receipt'] : []
  const dated = facts.time !== null && facts.time.length < 19 ? ['the time of day is not known'] : []
  return {
    facts: { ...facts, problems: [...json.problems, ...guessed, ...dated] },
    isFormKnown: named !== null,
  }
}

/** What of one receipt's JSON may tell an order of the site. */
export function orderTracesOf(object: JsonObject): OrderTraces {
  const json = new JsonReader(object)
  return {
    internetPayment: (json.number(1125, 'internetPayment') ?? 0) > 0,
    cashiers: [json.text(1021, 'operator'), json.code(1203, 'operatorInn')],
    texts: [
      json.text(1192, 'propertiesData'),
      ...json.objects('items').map((item) => new JsonReader(item).text(1030, 'name')),
    ],
  }
}

function correctionOf(json: JsonReader): Correction {
  // In one published key the first letter is Cyrillic.
  const [base = {}] = json.objects('correctionBase', 'сorrectionBase')
  const inner = new JsonReader(base)
  return {
    type: json.number(1173, 'correctionType'),
    date: inner.read(1178, ['correctionDocumentDate'], timeOf)?.slice(0, 10) ?? null,
    orderNumber: inner.code(1179, 'correctionDocumentNumber'),
    description: inner.text(1177, 'correctionName'),
  }
}

function lineOf(item: JsonObject, storno: boolean): LineFacts {
  const json = new JsonReader(item)
  const measure = json.number(2108, 'itemsQuantityMeasure')
  const facts = {
    storno,
    name: json.text(1030, 'name'),
    quantity: json.decimal(1023, 'quantity'),
    unit: measure ?? json.code(1197, 'unit'),
    measure,
    price: json.number(1079, 'price'),
    sum: json.number(1043, 'sum'),
    vat: json.number(1199, 'nds', 'ndsRate'),
    method: json.number(1214, 'paymentType', 'calculationTypeSign'),
    subject: json.number(1212, 'productType', 'calculationSubjectSign'),
    share: json.value('labeledProdFractionalQuantity') !== undefined,
    codes: codesOf(json),
  }
  return { ...facts, unreadable: json.unreadable, problems: json.problems }
}

/** The kinds of codes inside `productCodeNew`, by the keys of the tag table. */
const codeTags: ReadonlyMap<string, number> = new Map(tags1300.slice(0, 16).map(([tag, key]) => [key, tag]))

/** Tag 1162 is shown as a mixture of text and hex in JSON and cannot be read back; the codes of FFD 1.2 can. */
function codesOf(json: JsonReader): CodeFacts {
  const [group = {}] = json.objects('productCodeNew', 'productCode')
  const shown = json.value('nomenclatureCode', 'productCode')
  return {
    bytes: [],
    texts: Object.entries(group).flatMap(([key, value]) => {
      const tag = codeTags.get(key)
      const text = codeText(value)
      return tag === undefined || text === null ? [] : [{ tag, text }]
    }),
    shown: typeof shown === 'string' ? shown : null,
    extra: json.text(1191, 'propertiesItem'),
    name: json.text(1030, 'name'),
  }
}

function codeText(value: Json): string | null {
  if (typeof value === 'string') return value
  if (!isObject(value)) return null
  const inner = new JsonReader(value)
  const { rawProductCode: raw, gtin, sernum } = value
  if (typeof raw === 'string') return raw
  if (typeof gtin !== 'string') return null
  return typeof sernum === 'string' ? `01${gtin}21${sernum}` : inner.code(1163, 'gtin')
}

/** The printed sign: a U32, or all six bytes of tag 1077 written as one number of either byte order. */
function signOf(value: Json): string | null {
  const number =
    value instanceof ExactNumber ? value : typeof value === 'string' ? new ExactNumber(value.trim()) : null
  const whole = number === null ? null : integerOf(number)
  if (whole === null) return null
  if (whole < 2 ** 32) return String(whole)
  if (whole >= 2 ** 48) return null
  const big = whole.toString(16).padStart(12, '0')
  const little = Buffer.from(big, 'hex').reverse().toString('hex')
  const [found, other] = [big, little].filter((hex) => signPrefixes.includes(hex.slice(0, 4)))
  return found === undefined || other !== undefined ? null : String(Number.parseInt(found.slice(4), 16))
}

/** Local wall-clock time: ISO text, the day alone, or seconds without zone as in tag 1012. */
function timeOf(value: Json): string | null {
  if (value instanceof ExactNumber) {
    const seconds = integerOf(value)
    return seconds === null || seconds >= 2 ** 32 ? null : new Date(seconds * 1000).toISOString().slice(0, 19)
  }
  if (typeof value !== 'string') return null
  const [, day, minutes, seconds = ':00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?)?$/.exec(value.trim()) ?? []
  if (day === undefined) return null
  return minutes === undefined ? day : `${day}T${minutes}${seconds}`
}
