/**
 * A simulated register as a process of its own: `node dist/test/fakes/register/serve.js '<options as JSON>'`.
 *
 * Standard output is JSON lines: first `{"ready":{"addresses":[…],"storage":…,"serial":…}}`, then
 * `{"closed":…}` for every document closed since and `{"id":…,"ok":…}` or `{"id":…,"error":…}` for every order. Orders come
 * on standard input, one a line: `{"id":1,"do":"closeReceipt","with":{"operation":2}}`. When standard input
 * ends the process ends too, so that none is left behind.
 */
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { cashCoreModel, createRegister, desktopModel, type SimulatedRegister } from '../register.ts'
import { DriveFacts, OwnerFacts, orders, plain } from './orders.ts'

const Settings = z.strictObject({
  model: z.enum(['desktop', 'cashCore']).default('desktop'),
  serial: z.string().exactOptional(),
  systemPassword: z.int().exactOptional(),
  owner: OwnerFacts.exactOptional(),
  drive: DriveFacts.exactOptional(),
  stream: z
    .strictObject({
      portions: z.enum(['elements', 'children', 'fixed']).exactOptional(),
      portionBytes: z.int().min(1).max(252).exactOptional(),
      end: z.enum(['error', 'empty']).exactOptional(),
      lengthCounts: z.enum(['body', 'bodyAndHeader']).exactOptional(),
      repeatsHeader: z.boolean().exactOptional(),
    })
    .exactOptional(),
  strayFf: z.enum(['never', 'afterAck', 'beforeControl']).default('never'),
  answerMs: z.number().min(0).default(0),
  frames: z.enum(['first', 'v1', 'v2']).exactOptional(),
  clients: z.enum(['refuse', 'wait', 'replace']).exactOptional(),
  chop: z.enum(['whole', 'bytes', 'random']).exactOptional(),
  baud: z.int().positive().nullable().exactOptional(),
  printMs: z.number().min(0).exactOptional(),
  seed: z.int().exactOptional(),
  state: z.string().exactOptional(),
  tcp: z.strictObject({ port: z.int().min(0).default(0) }).exactOptional(),
  pty: z.strictObject({ link: z.string().exactOptional() }).exactOptional(),
})

/** What the command line takes; by default one TCP port is opened. */
export type ServeSettings = z.input<typeof Settings>

const Order = z.strictObject({ id: z.int(), do: z.string(), with: z.unknown().optional() })

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

async function obey(register: SimulatedRegister, line: string): Promise<void> {
  let id: number | null = null
  try {
    const { id: named, do: name, with: told } = Order.parse(JSON.parse(line))
    id = named
    const order = orders[name]
    if (order === undefined) throw new Error(`no order ${name} among ${Object.keys(orders)}`)
    say({ id, ok: (await order(register, told)) ?? null })
  } catch (error) {
    say({ id, error: String(error) })
  }
}

async function serve(settings: z.output<typeof Settings>): Promise<void> {
  const { model, strayFf, answerMs, tcp, pty, ...options } = settings
  let ready = false
  await using register = createRegister({
    ...options,
    model: model === 'cashCore' ? cashCoreModel : desktopModel,
    wire: { strayFf, answerMs: () => answerMs },
    closed: (document) => ready && say({ closed: plain(document) }),
  })
  const addresses: string[] = []
  if (tcp !== undefined || pty === undefined) addresses.push((await register.listenTcp(tcp)).address)
  if (pty !== undefined) addresses.push((await register.listenPty(pty)).address)
  const { storage, serial } = register
  ready = true
  say({ ready: { addresses, storage, serial } })
  const input = createInterface({ input: process.stdin })
  process.once('SIGTERM', () => input.close())
  process.once('SIGINT', () => input.close())
  for await (const line of input) await obey(register, line)
}

await serve(Settings.parse(JSON.parse(process.argv[2] ?? '{}')))
// An open standard input would keep the process after SIGTERM.
process.exit()
