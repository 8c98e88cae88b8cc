/** The page beyond this computer: encrypted, behind a password, by its own names only. */
import { execFileSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guardingHeaders } from '../../../agent/status/door.ts'
import { type Text, text } from '../../../agent/text.ts'
import { UsageError } from '../../../agent/usage.ts'
import { keepPort } from '../../fakes/ports.ts'
import { openServed, type Served } from './served.ts'

const password = 'correct horse battery'
let folder = ''
let page: Served

function certificate(name: string): { certFile: string; keyFile: string } {
  const files = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) }
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  const where = ['-subj', `/CN=${name}`, '-out', files.certFile, '-keyout', files.keyFile]
  execFileSync('openssl', ['req', '-x509', ...made, ...where], { stdio: 'ignore' })
  return files
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-tls-'))
  page = await openServed({ password, tls: certificate('first'), limits: { retryMs: 50 } })
})
afterAll(async () => {
  await page[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function basic(given: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`prometheus:${given}`).toString('base64')}` }
}

test('a password opens the page, with a cookie that only goes over TLS', async () => {
  const wrong = await page.post('/do/login', { password: 'correct horse' })
  expect([wrong.status, wrong.headers['set-cookie']]).toEqual([403, undefined])
  const answer = await page.post('/do/login', { password })
  expect(JSON.parse(answer.body)).toEqual({ go: '/' })
  const cookie = answer.headers['set-cookie'] ?? ''
  expect(cookie).toMatch(
    new RegExp(
      `^__Host-chekpost-${page.port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict$`,
    ),
  )
  expect((await page.get('/', { cookie: /^[^;]*/.exec(cookie)?.[0] ?? '' })).status).toBe(200)
})

test('only the names of the config are answered, nothing is over plain http', async () => {
  for (const host of [
    `127.0.0.1:${page.port}`,
    `localhost:${page.port}`,
    `0.0.0.0:${page.port}`,
    'evil.example',
  ])
    expect((await page.get('/', { host })).status, host).toBe(421)
  await expect(fetch(`http://127.0.0.1:${page.port}/`)).rejects.toThrow()
})

test('programs show the password for numbers; whether the process lives is no secret', async () => {
  for (const path of ['/metrics', '/readyz']) {
    const asked = await page.get(path)
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, 'Basic realm="chekpost"'])
    expect(asked.headers).toMatchObject(guardingHeaders)
    expect((await page.get(path, basic('wrong'))).status).toBe(401)
    expect((await page.get(path, { authorization: 'Basic' })).status).toBe(401)
    expect((await page.get(path, { authorization: 'Bearer x' })).status).toBe(401)
    expect((await page.get(path, basic(password))).status).toBe(200)
    expect((await page.get(path, { cookie: page.cookie() })).status).toBe(200)
  }
  expect((await page.get('/status', basic(password))).status).toBe(401)
  expect((await page.get('/', basic(password))).status).toBe(302)
  expect((await page.get('/healthz')).body).toBe('{"ok":true}')
})

test('passwords are guessed ten times a minute, at the form and at the numbers together', async () => {
  await using own = await openServed({ password, tls: certificate('guessed') })
  for (let time = 0; time < 5; time++) {
    expect((await own.post('/do/login', { password: `guess ${time}` })).status).toBe(403)
    expect((await own.get('/metrics', basic(`guess ${time}`))).status).toBe(401)
  }
  const late = await own.post('/do/login', { password })
  expect(late.status).toBe(429)
  expect(JSON.parse(late.body)).toMatchObject({
    failure: { en: expect.stringContaining('Wait for a minute') },
  })
  expect((await own.get('/metrics', basic(password))).status).toBe(429)
  expect((await own.get('/metrics', { cookie: own.cookie() })).status).toBe(200)
})

function subject(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

test('a certificate that is renewed on the disk is taken; half of one is not, and the old one goes on', async () => {
  const used = certificate('old')
  await using own = await openServed({ password, tls: used, limits: { retryMs: 20 } })
  expect(await subject(own.port)).toBe('old')
  const renewed = certificate('renewed')
  copyFileSync(renewed.certFile, used.certFile)
  await own.until(() => own.log.some((line) => line.includes('cannot be used')))
  expect(await subject(own.port)).toBe('old')
  copyFileSync(renewed.keyFile, used.keyFile)
  await own.until(async () => (await subject(own.port)) === 'renewed')
  expect(own.log.some((line) => line.includes('is used'))).toBe(true)
})

test('old TLS is not spoken', async () => {
  const said = await new Promise<string>((resolve) => {
    const options = { port: page.port, host: '127.0.0.1', rejectUnauthorized: false } as const
    const socket = connect(
      { ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
      () => resolve('connected'),
    )
    socket.once('error', ({ message }) => resolve(message))
  })
  expect(said).toMatch(/alert protocol version/)
})

test('a key that cannot be read is said once, and the page comes when it can', async () => {
  const { certFile, keyFile } = certificate('late')
  const later = join(folder, 'later.key')
  await using own = await openServed({ password, tls: { certFile, keyFile: later }, limits: { retryMs: 20 } })
  expect(own.log).toHaveLength(1)
  expect(own.log[0]).toMatch(/"level":50.*later\.key.*the status page cannot be served/)
  writeFileSync(later, 'no key')
  await own.until(() => own.log.length > 1)
  copyFileSync(keyFile, later)
  await own.until(async () => (await own.get('/healthz').catch(() => null))?.status === 200)
  expect(own.log.filter((line) => line.includes('no such file'))).toHaveLength(1)
})

test('without a password that can be used nothing is served beyond this computer; it comes when there is one', async () => {
  const fault = text('Пароль страницы короткий', "The page's password is short")
  const said: unknown[] = []
  let isMended = false
  await using own = await openServed({
    ...{ password, tls: certificate('locked'), limits: { retryMs: 20 }, tell: (why) => said.push(why) },
    keysOr: (keys) => {
      if (isMended) return keys
      throw new UsageError(fault)
    },
  })
  expect(own.log).toHaveLength(1)
  expect(own.log[0]).toMatch(/password is short.*the status page cannot be served/)
  await expect(own.get('/healthz')).rejects.toThrow()
  await own.until(() => said.length > 2)
  isMended = true
  await own.until(async () => (await own.get('/healthz').catch(() => null))?.status === 200)
  expect(own.log).toHaveLength(1)
  const told = {
    ru: 'Пароль страницы короткий. После этого страница откроется сама за минуту.',
    en: "The page's password is short. Then the page comes by itself within a minute.",
  }
  expect([said[0], said.at(-1)]).toEqual([told, null])
})

test('a port that is taken is waited for, and each try leaves nothing behind', async () => {
  await using kept = await keepPort()
  const { port } = kept
  const taken = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => void taken.listen(port, '127.0.0.1', resolve))
  let tries = 0
  const said: (Text | null)[] = []
  const tell = (why: Text | null) => {
    tries++
    said.push(why)
  }
  await using own = await openServed({ port, limits: { retryMs: 20 }, tell })
  expect(own.log[0]).toContain(`another program has 127.0.0.1:${port}`)
  expect(said[0]?.ru).toMatch(/занят другой программой.*status\.listen/)
  await own.until(() => tries > 3)
  const heard = getEventListeners(own.signal, 'abort').length
  await own.until(() => tries > 8)
  expect(getEventListeners(own.signal, 'abort').length).toBeLessThanOrEqual(heard)
  await new Promise((resolve) => taken.close(resolve))
  await own.until(async () => (await own.get('/healthz').catch(() => null))?.status === 200)
})
