/** The page of the real daemon: in by `chekpost token`, and no secret and no buyer's data on any of its answers. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { ListedRow } from '../../../agent/desk/desk.ts'
import { remoteDesk } from '../../../agent/desk/remote.ts'
import { actions, downloads, pages, streams } from '../../../agent/status/pages/index.ts'
import { openShop } from '../../demo/shop.ts'
import { keepPort } from '../../fakes/ports.ts'

/** Planted where the daemon knows them. */
const planted = { proxy: 'pr0xy-Passw0rd', cashier: 'Заплаткина', buyer: '+00000000000' }
const evil = `<img src=x onerror=alert(1)>"'`

test('a link of chekpost token opens the page, and nothing private stands on any page, file, stream or number', async () => {
  await using kept = await keepPort()
  const base = `http://127.0.0.1:${kept.port}`
  await using shop = await openShop({
    tills: { 'till-1': { owner: { cashier: planted.cashier } } },
    bitrix: { proxy: `http://shop:${planted.proxy}@127.0.0.1:9` },
    config: { status: { listen: `127.0.0.1:${kept.port}` }, logLevel: 'debug' },
  })
  shop.register().closeReceipt({ real: 'tlv-advance-with-buyer-email-2020' })
  shop.register().closeReceipt({ lines: [{ name: evil, quantity: '1', price: 100 }] })
  shop.start()
  await shop.until(
    () =>
      fetch(`${base}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'the page is served',
  )

  const printed = await shop.command('token', '--json')
  const { url, token } = JSON.parse(printed.stdout) as { url: string; token: string }
  expect(url).toBe(`${base}/login?token=${token}`)
  const login = await fetch(url, { redirect: 'manual' })
  const cookie = /^[^;]*/.exec(login.headers.get('set-cookie') ?? '')?.[0] ?? ''
  const sessions = join(shop.stateDir, 'sessions.json')
  expect(statSync(sessions).mode & 0o777).toBe(0o600)

  const desk = remoteDesk(join(shop.stateDir, 'control.sock'))
  let documents: readonly ListedRow[] = []
  await shop.until(async () => {
    const found = await desk.search({ limit: 50 }, AbortSignal.timeout(60_000)).catch(() => null)
    documents = found?.documents ?? []
    return documents.length === shop.register().documents.length
  }, 'all documents are found')
  const receipts = documents.map(({ storage, number }) => `/receipt?fn=${storage}&fd=${number}`)
  const paths = [...pages.map(({ path }) => path), ...downloads.map(({ path }) => path), ...receipts]
  const said: Record<string, string> = {}
  for (const path of [...paths, '/status', '/metrics', '/readyz']) {
    const answer = await fetch(base + path, { headers: { cookie, 'accept-language': 'ru' } })
    said[path] = plain(Buffer.from(await answer.arrayBuffer()))
  }
  // Else nothing would be found in it, whatever it holds.
  expect(said['/support.zip']).toContain('/// config.yaml')
  for (const { path } of streams) said[path] = await firstOf(`${base}${path}`, cookie)
  for (const { path } of actions) {
    const headers = { cookie, origin: base, 'x-chekpost': '1', 'content-type': 'application/json' }
    said[path] = await (await fetch(base + path, { method: 'POST', headers, body: '{}' })).text()
  }
  said['sessions.json'] = readFileSync(sessions, 'utf8')
  said['log'] = shop.agent.log
  const key = cookie.slice(cookie.indexOf('=') + 1)
  const secrets = [...shop.secrets, ...Object.values(planted), token, key]
  const leaks = Object.entries(said).flatMap(([path, text]) =>
    secrets
      .flatMap((secret) => [
        secret,
        Buffer.from(secret, 'utf8').toString('latin1'),
        encodeURIComponent(secret),
      ])
      .filter((secret) => text.includes(secret))
      .map((secret) => `${path} says ${secret}`),
  )
  expect(leaks).toEqual([])
  const drawn = Object.entries(said).filter(([, text]) => text.includes('onerror=alert'))
  expect(drawn.map(([path]) => path)).toContain(receipts[0])
  expect(drawn.filter(([, text]) => text.includes('<img'))).toEqual([])
})

/** What was answered, byte for byte; of an archive what lies in it. */
function plain(bytes: Buffer): string {
  if (bytes.toString('latin1', 0, 2) !== 'PK') return bytes.toString('latin1')
  const files = Object.entries(unzipSync(bytes))
  return files.map(([name, file]) => `/// ${name}\n${Buffer.from(file).toString('latin1')}`).join('\n')
}

/** What a stream says first. */
async function firstOf(url: string, cookie: string): Promise<string> {
  const leave = new AbortController()
  const { body } = await fetch(url, { headers: { cookie }, signal: leave.signal })
  const reader = body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  leave.abort()
  return Buffer.from(value ?? []).toString('latin1')
}
