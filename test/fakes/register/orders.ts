/** What a process that started `serve` may tell the register to do, as JSON; see `serve.ts`. */
import { z } from 'zod'
import type { SimulatedRegister } from '../register.ts'
import type { ClosedDocument } from './documents.ts'
import { hex } from './encoding.ts'

const Nothing = z.strictObject({}).optional()
const On = z.strictObject({ on: z.boolean() }).default({ on: true })
const Numbered = z.strictObject({ number: z.int() })
const Often = z.union([z.number().min(0).max(1), z.strictObject({ next: z.int().min(0) })])

const Line = z.strictObject({
  name: z.string(),
  quantity: z.string().regex(/^\d+(\.\d+)?$/),
  price: z.int().min(0),
  method: z.int().nullable().exactOptional(),
  subject: z.int().nullable().exactOptional(),
  code: z.string().exactOptional(),
  marking: z.tuple([z.int(), z.string()]).exactOptional(),
  article: z.string().exactOptional(),
  unit: z.string().exactOptional(),
  measure: z.int().exactOptional(),
  supplier: z.string().exactOptional(),
})

const Sale = z
  .strictObject({
    lines: z.array(Line).exactOptional(),
    operation: z.int().min(1).max(4).exactOptional(),
    type: z.int().exactOptional(),
    real: z.string().exactOptional(),
    total: z.int().exactOptional(),
    electronic: z.int().exactOptional(),
  })
  .default({})

const Pace = z.strictObject({
  rate: z.number().positive(),
  openMs: z.number().min(0).exactOptional(),
  count: z.int().exactOptional(),
})

/** Who uses the register, every field optional. */
export const OwnerFacts = z.strictObject({
  inn: z.string().exactOptional(),
  registrationNumber: z.string().exactOptional(),
  organisation: z.string().exactOptional(),
  address: z.string().exactOptional(),
  place: z.string().exactOptional(),
  taxation: z.int().exactOptional(),
  workMode: z.int().exactOptional(),
  cashier: z.string().exactOptional(),
  ffd: z.enum(['1.05', '1.2']).exactOptional(),
})

/** A drive to begin with or to put in. */
export const DriveFacts = z.strictObject({
  number: z
    .string()
    .regex(/^\d{16}$/)
    .exactOptional(),
  debug: z.boolean().exactOptional(),
  expires: z.string().exactOptional(),
  version: z.string().exactOptional(),
  owner: OwnerFacts.exactOptional(),
  registeredAt: z.string().exactOptional(),
  receipts: z.int().min(0).exactOptional(),
})

/** A closed document with its body as hex: what goes over the control channel. */
export function plain({ body, ...facts }: ClosedDocument) {
  return { ...facts, body: hex(body) }
}

type Order = (register: SimulatedRegister, told: unknown) => unknown

const order =
  <Told>(schema: z.ZodType<Told>, obey: (register: SimulatedRegister, told: Told) => unknown): Order =>
  (register, told) =>
    obey(register, schema.parse(told))

/** By name; each gives back what is sent as `ok`, or throws what is sent as `error`. */
export const orders: Readonly<Record<string, Order>> = {
  closeReceipt: order(Sale, (register, sale) => plain(register.closeReceipt(sale))),
  openReceipt: order(Sale, (register, sale) => register.openReceipt(sale)),
  abandonReceipt: order(Nothing, (register) => register.abandonReceipt()),
  openShift: order(Nothing, (register) => plain(register.openShift())),
  closeShift: order(Nothing, (register) => plain(register.closeShift())),
  closeDrive: order(Nothing, (register) => plain(register.closeDrive())),
  startSelling: order(Pace, (register, pace) => register.startSelling(pace)),
  stopSelling: order(Nothing, (register) => register.stopSelling()),
  print: order(z.strictObject({ ms: z.number().min(0) }), (register, { ms }) => register.print(ms)),
  paperOut: order(Nothing, (register) => register.paperOut()),
  paperIn: order(Nothing, (register) => register.paperIn()),
  continuePrint: order(Nothing, (register) => register.continuePrint()),
  silence: order(On, (register, { on }) => register.silence(on)),
  noise: order(z.strictObject({ probability: z.number().min(0).max(1) }), (register, { probability }) =>
    register.noise(probability),
  ),
  loseAnswers: order(
    z.strictObject({ often: Often, withControl: z.boolean().default(false) }),
    (register, { often, withControl }) => register.loseAnswers(often, withControl),
  ),
  corruptAnswers: order(z.strictObject({ often: Often }), (register, { often }) =>
    register.corruptAnswers(often),
  ),
  refuse: order(
    z.strictObject({ command: z.string(), code: z.int().min(1).max(255), times: z.int().default(1) }),
    (register, { command, code, times }) => register.refuse(command, code, times),
  ),
  shortenStreams: order(z.strictObject({ times: z.int() }), (register, { times }) =>
    register.shortenStreams(times),
  ),
  unplug: order(Nothing, (register) => register.unplug()),
  plug: order(Nothing, (register) => register.plug()),
  powerLoss: order(Nothing, (register) => register.powerLoss()),
  powerOn: order(Nothing, (register) => register.powerOn()),
  replaceDrive: order(DriveFacts, (register, drive) => register.replaceDrive(drive)),
  expireTlv: order(Numbered, (register, { number }) => register.expireTlv(number)),
  forget: order(Numbered, (register, { number }) => register.forget(number)),
  confirm: order(Numbered, (register, { number }) => register.confirm(number)),
  requireTechReset: order(On, (register, { on }) => register.requireTechReset(on)),
  requireDate: order(On, (register, { on }) => register.requireDate(on)),
  lockMode: order(On, (register, { on }) => register.lockMode(on)),
  pace: order(z.strictObject({ baud: z.int().positive().nullable() }), (register, { baud }) =>
    register.pace(baud),
  ),
  counters: order(Nothing, (register) => register.counters),
  documents: order(Nothing, (register) => register.documents.map(plain)),
  receipts: order(Nothing, (register) => register.receipts.map(plain)),
}
