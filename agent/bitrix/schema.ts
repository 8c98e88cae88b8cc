/**
 * The body of every signed request, as zod sees it; `docs/webhook.schema.json` is made from this file.
 *
 * Strict, so that nothing about a buyer or a cashier can slip in by way of a new field.
 */
import { z } from 'zod'

const Kopecks = z.int().describe('Kopecks')
const LocalTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

const Register = z.strictObject({
  id: z
    .string()
    .regex(/^[\w.-]{1,64}\/[a-z0-9-]{1,32}$/)
    .describe('<store>/<name>; equals the header Chekpost-Register'),
  fn: z
    .string()
    .regex(/^\d{16}$/)
    .describe('Fiscal drive: data, never identity, for drives are replaced'),
  serial: z.string().nullable().describe('Factory number of the register'),
  rnm: z.string().nullable().describe('Registration number with the tax service'),
  ffdVersion: z.string(),
})

const Fiscal = z.strictObject({
  type: z.int().describe('Form code: 3 receipt, 4 BSO, 31 and 41 their corrections, others are reports'),
  fd: z.int().min(1).describe('Number of the document in the fiscal drive'),
  fpd: z
    .string()
    .regex(/^\d{1,10}$/)
    .describe('Fiscal sign, decimal, not padded'),
  shift: z.int().nullable(),
  receiptInShift: z.int().nullable(),
  operation: z
    .int()
    .nullable()
    .describe('Tag 1054: 1 sale, 2 return of a sale, 3 purchase, 4 return of a purchase; null in reports'),
  taxation: z.int().nullable().describe('Tag 1055'),
  rawTime: LocalTime.describe('Tag 1012 as the register wrote it, local, without zone'),
})

const Code = z.strictObject({
  gtin: z.string().nullable().describe('14 digits'),
  ean: z.string().nullable(),
  article: z.string().nullable(),
  mark: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .describe('SHA-256 of the marking code of this one copy, hex; the code itself is never sent'),
})

const Line = z.strictObject({
  n: z.int().min(1),
  code: Code,
  name: z.string().nullable(),
  quantity: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .nullable()
    .describe('Decimal text, never a floating number'),
  unit: z
    .union([z.string(), z.int()])
    .nullable()
    .describe('Tag 1197 as text up to FFD 1.1, the measure code 2108 from FFD 1.2'),
  price: Kopecks.nullable(),
  sum: Kopecks.nullable(),
  vat: z.int().nullable().describe('Tag 1199'),
  method: z.int().nullable().describe('Tag 1214'),
  subject: z.int().nullable().describe('Tag 1212'),
  move: z
    .enum(['out', 'in', 'none', 'review'])
    .describe('out: book as D, in: book as R, review: ask a person'),
  why: z.string(),
})

const Totals = z.strictObject({
  total: Kopecks.describe('Tag 1020; may be rounded down and differ from the sum of the lines'),
  cash: Kopecks.nullable(),
  electronic: Kopecks.nullable(),
  prepaid: Kopecks.nullable(),
  credit: Kopecks.nullable(),
  provision: Kopecks.nullable(),
})

const Correction = z.strictObject({
  type: z.int().nullable().describe('Tag 1173: 0 by own will, 1 by order'),
  date: z.string().nullable().describe('YYYY-MM-DD of the settlement that is corrected'),
  orderNumber: z.string().nullable(),
})

const SpecVersion = z.literal('1')

const envelope = {
  eventId: z
    .string()
    .regex(/^FN\d{16}-FD\d+$/)
    .describe('Key of the document for ever; equals webhook-id'),
  occurredAt: z.iso.datetime({ offset: true }).describe("The register's time with the offset of its zone"),
  register: Register,
  store: z.string(),
  fiscal: Fiscal,
}

const ReceiptBody = z.strictObject({
  specVersion: SpecVersion,
  type: z.enum(['pos.sale', 'pos.return', 'pos.correction']),
  ...envelope,
  lines: z.array(Line),
  totals: Totals,
  correction: Correction.nullable().describe('Set in corrections only'),
  mayBeSiteOrder: z.array(z.string()).describe('Signs that the receipt is for an order of the site'),
  problems: z.array(z.string()).describe('What was odd and did not hinder decoding'),
})

const ReportBody = z.strictObject({
  specVersion: SpecVersion,
  type: z.literal('pos.report'),
  ...envelope,
  problems: z.array(z.string()),
})

/** The body for one fiscal document. Key order is part of it: the same document gives the same bytes. */
export const Sale = z.discriminatedUnion('type', [ReceiptBody, ReportBody])
export type Sale = z.infer<typeof Sale>
export type SaleLine = z.infer<typeof Line>

/** The part by which every other request than a document says whose it is. */
const sender = { register: z.strictObject({ id: Register.shape.id }), store: z.string() }

/** The body that asks whether address, secret and clock are right; never booked, answered with `ignored`. */
export const Test = z.strictObject({
  specVersion: SpecVersion,
  type: z.literal('pos.test'),
  eventId: z.string().regex(/^TEST-[\w-]+$/),
  ...sender,
})
export type Test = z.infer<typeof Test>

const Instant = z.iso.datetime().describe('UTC')

/** What a register and its outbox are doing, every few minutes; never booked, answered with `ignored`. */
export const Heartbeat = z.strictObject({
  specVersion: SpecVersion,
  type: z.literal('pos.heartbeat'),
  eventId: z
    .string()
    .regex(/^HB-[\w.-]{1,64}\/[a-z0-9-]{1,32}-\d+$/)
    .describe('HB-<store>/<name>-<Unix minute>; equals webhook-id'),
  ...sender,
  sentAt: Instant,
  agent: z.strictObject({
    version: z.string(),
    instance: z.string().describe('As Chekpost-Instance: two of them for one register mean a copy'),
  }),
  device: z.strictObject({
    state: z
      .enum(['connecting', 'lost', 'idle', 'busy', 'stopped', 'halted'])
      .describe('halted: a person has to say whose drive it is; stopped: the register waits for one'),
    since: Instant,
    serial: z.string().nullable(),
    fn: Register.shape.fn.nullable(),
    lastDocument: z.int().min(0).nullable().describe('The newest number that the register has told'),
  }),
  outbox: z.strictObject({
    waiting: z.int().min(0),
    oldestSeconds: z.int().min(0).describe('How long the oldest of them has waited; 0 = none waits'),
    parked: z.int().min(0),
    gaps: z.int().min(0).describe('Numbers that the register has and the outbox lacks'),
  }),
  clockOffsetSeconds: z
    .int()
    .nullable()
    .describe('How far the clock of the site is ahead, when over 2 minutes'),
})
export type Heartbeat = z.infer<typeof Heartbeat>

/** Asks which documents of the register have arrived; sent to `ledger.php` beside the receiver. Never booked. */
export const LedgerQuestion = z.strictObject({
  specVersion: SpecVersion,
  type: z.literal('pos.ledger'),
  eventId: z.string().regex(/^LEDGER-[\w-]+$/),
  ...sender,
  fn: Register.shape.fn.optional().describe('Only this drive; absent = every drive of the register'),
  from: z.int().min(1).optional().describe('Only from this document number on; together with fn'),
})
export type LedgerQuestion = z.infer<typeof LedgerQuestion>

/** What the receiver answers with 2xx. More fields are welcome; without these two nothing is acknowledged. */
export const Acknowledgement = z.looseObject({
  eventId: z.string().describe('The webhook-id that is acknowledged'),
  state: z.enum(['booked', 'parked', 'ignored']),
  duplicate: z.boolean().optional().catch(undefined),
  reasons: z.array(z.string()).optional().catch(undefined),
  ledgerId: z.string().max(100).optional().catch(undefined),
  host: z.string().max(255).optional().catch(undefined),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>

/** With 503: no outage, it has as much in hand as it takes at once. */
export const BusyAnswer = z.looseObject({ error: z.literal('busy') })

/** Both ends included. */
const NumberRange = z.tuple([z.int().min(1), z.int().min(1)]).refine(([from, to]) => from <= to)

/** What `ledger.php` answers with 2xx. More fields are welcome. */
export const LedgerAnswer = z.looseObject({
  eventId: z.string().describe('The webhook-id of the question'),
  ledgerId: z.string().max(100).optional().catch(undefined),
  host: z.string().max(255).optional().catch(undefined),
  drives: z.array(
    z.looseObject({
      fn: z.string().regex(/^\d{16}$/),
      ranges: z.array(NumberRange).describe('Numbers that have arrived, whatever became of them'),
      parked: z.array(z.int().min(1)).describe('Those of them that wait for a person on the site'),
      dismissed: z.array(z.int().min(1)).optional().catch(undefined),
      next: z.int().min(1).nullish().describe('This drive was cut: the next question begins here'),
    }),
  ),
  more: z.boolean().describe('Some drive was cut'),
})
export type LedgerAnswer = z.infer<typeof LedgerAnswer>

/** The JSON Schema of everything that is sent, draft 2020-12. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(
    z.union([ReceiptBody, ReportBody, Test, Heartbeat, LedgerQuestion]),
    { target: 'draft-2020-12' },
  )
  return {
    $schema,
    title: 'chekpost webhook body',
    description:
      'One fiscal document of a cash register, a test of the way, a heartbeat or a question about the ledger. See docs/webhook.md.',
    ...schema,
  }
}
