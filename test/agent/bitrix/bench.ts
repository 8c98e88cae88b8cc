/** A sender, a receiver and a message between them, on loopback, for tests. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseSecret } from '../../../agent/bitrix/sign.ts'
import { type Attempted, type Message, Webhook } from '../../../agent/bitrix/webhook.ts'
import { type BitrixOptions, openBitrix } from '../../fakes/bitrix.ts'

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
export const secrets = { 'shop-12/till-1': [secret] }
export const key = 'FN9999078902001234-FD42'
export const never = new AbortController().signal

export const body = JSON.stringify({
  specVersion: '1',
  type: 'pos.sale',
  eventId: key,
  register: { id: 'shop-12/till-1' },
  fiscal: { fpd: '1', operation: 1, rawTime: '2026-03-02T15:00:00' },
  totals: { total: 100 },
  lines: [
    { name: 'Чай «Лисма»', quantity: '1', move: 'out', code: { gtin: null, ean: null, article: null } },
  ],
})

export const message: Message = {
  eventId: key,
  register: 'shop-12/till-1',
  body,
  keys: [parseSecret(secret)],
  circumstances: {
    version: '0.1.0',
    instance: 'i-1',
    attempt: 3,
    replay: true,
    waiting: 7,
    oldestSeconds: 90,
  },
}

/** PEM texts: an authority that nobody knows and what it signed. */
export interface Certificates {
  readonly ca: string
  readonly site: { readonly key: string; readonly cert: string }
  readonly other: { readonly key: string; readonly cert: string }
}

/** A real authority and two certificates of it: one for localhost, one for another site. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-tls-'))
  const openssl = (args: string) => execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'pipe' })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const issue = (name: string, host: string) => {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${host}\n`)
    openssl(`req -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${host}`)
    const signing = `-CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile ${name}.ext`
    openssl(`x509 -req -in ${name}.csr -out ${name}.pem ${signing}`)
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
  }
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority')
  const made = {
    ca: read('ca.pem'),
    site: issue('site', 'localhost'),
    other: issue('other', 'other.example'),
  }
  rmSync(folder, { recursive: true, force: true })
  return made
}

/** A receiver for this test alone. */
export async function site(more: Partial<BitrixOptions> = {}) {
  const bitrix = await openBitrix({ secrets, ...more })
  onTestFinished(async () => await bitrix[Symbol.asyncDispose]())
  return bitrix
}

/** The sender under test, closed with the test. */
export function webhook(
  url: string,
  more: Partial<ConstructorParameters<typeof Webhook>[0]> = {},
  clock = Date.now,
) {
  const it = new Webhook(
    {
      url,
      proxy: null,
      ca: null,
      pinnedKeys: [],
      // The first request of all waits for its modules as well.
      ...{ connectMs: 60_000, answerMs: 60_000, totalMs: 60_000 },
      lanes: 2,
      ...more,
    },
    clock,
  )
  onTestFinished(() => it[Symbol.dispose]())
  return it
}

/** The port of a server that is closed, with all its connections, when the test is over. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** What went wrong, in English. */
export const why = ({ outcome }: Attempted) => ('why' in outcome ? outcome.why : '')
