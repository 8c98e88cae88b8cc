/** Faults between this PC and the site, provoked for real and named as the first bad thing. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../fakes/bitrix.ts'
import { makeCertificates } from './bitrix/bench.ts'
import { Clinic } from './clinic.ts'

const { ca, site: tls, other } = makeCertificates()

/** A certificate of the same authority that ended in 2021. */
function expired() {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-expired-'))
  const openssl = (args: string) => execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'pipe' })
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority')
  openssl('req -newkey rsa:2048 -nodes -keyout k.pem -out c.csr -subj /CN=localhost')
  writeFileSync(join(folder, 'db'), '')
  writeFileSync(join(folder, 'serial'), '01\n')
  writeFileSync(
    join(folder, 'ca.cnf'),
    `[ca]
default_ca=own
[own]
database=db
serial=serial
new_certs_dir=.
default_md=sha256
policy=any
x509_extensions=names
[any]
commonName=supplied
[names]
subjectAltName=DNS:localhost
`,
  )
  openssl(
    'ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -in c.csr -out c.pem -startdate 20210101000000Z -enddate 20210201000000Z -notext',
  )
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const made = { ca: read('ca.pem'), key: read('k.pem'), cert: read('c.pem') }
  rmSync(folder, { recursive: true, force: true })
  return made
}

test('a name that nobody knows, with the name servers that were asked', async () => {
  const clinic = await Clinic.open()
  const { first, of } = await clinic.examine({ url: 'https://shop.invalid/local/chekpost/sale.php' })
  expect(first).toMatchObject({
    step: 'dns',
    text: { en: expect.stringMatching(/shop\.invalid is not found/) },
  })
  expect([of('tls').verdict, of('receiver').verdict]).toEqual(['unknown', 'unknown'])
})

describe('the certificate', () => {
  const trusting = (clinic: Clinic, authority: string) => {
    const path = join(clinic.folder, 'ca.pem')
    writeFileSync(path, authority)
    return `caFile: ${path}`
  }

  test('is good for a day: works, and is worth a warning', async () => {
    const clinic = await Clinic.open({}, { tls })
    const { first, of } = await clinic.examine({ bitrix: trusting(clinic, ca) })
    expect(first).toBeNull()
    expect(of('tls')).toMatchObject({
      verdict: 'warning',
      text: { en: expect.stringContaining('0 days left') },
    })
    expect(of('receiver').verdict).toBe('good')
  })

  test('that has expired', async () => {
    const { ca: authority, ...old } = expired()
    const clinic = await Clinic.open({}, { tls: old })
    const { first } = await clinic.examine({ bitrix: trusting(clinic, authority) })
    expect(first).toMatchObject({
      step: 'tls',
      text: { en: expect.stringContaining('expired on 2021-02-01') },
    })
  })

  test('of an authority that this PC does not know', async () => {
    const clinic = await Clinic.open({}, { tls })
    const { first } = await clinic.examine()
    expect(first).toMatchObject({
      step: 'tls',
      text: { en: expect.stringMatching(/does not trust.*authority/) },
    })
  })

  test('of another site', async () => {
    const clinic = await Clinic.open({}, { tls: other })
    const { first } = await clinic.examine({ bitrix: trusting(clinic, ca) })
    expect(first).toMatchObject({
      step: 'tls',
      text: { en: expect.stringMatching(/another site's.*other\.example/) },
    })
  })

  test('with another key than the pinned one', async () => {
    const clinic = await Clinic.open({}, { tls })
    const pinned = `pinnedKeys: ['${'A'.repeat(43)}=']`
    const { first } = await clinic.examine({ bitrix: `${trusting(clinic, ca)}, ${pinned}` })
    expect(first).toMatchObject({ step: 'tls', text: { en: expect.stringContaining('pinnedKeys') } })
  })
})

describe('the receiver', () => {
  const answers: readonly (readonly [what: string, behaviour: Behaviour, said: RegExp])[] = [
    ['403', { status: 403 }, /forbids/],
    ['404', { status: 404 }, /nothing at this address/],
    ['410', { status: 410 }, /disabled/],
    ['a redirection', 'redirect', /redirects/],
    ['a page in place of an acknowledgement', 'html', /no acknowledgement/],
    ['an error, with its reason', { status: 503, body: '{"reasons":["wrong-site"]}' }, /wrong-site/],
  ]
  test.each(answers)('that answers with %s', async (_what, behaviour, said) => {
    const clinic = await Clinic.open()
    clinic.bitrix.behave = () => behaviour
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'receiver', text: { en: expect.stringMatching(said) } })
  })

  test('that does not know the secret', async () => {
    const clinic = await Clinic.open({}, { secrets: {} })
    const { first } = await clinic.examine()
    expect(first).toMatchObject({
      step: 'receiver',
      text: { en: expect.stringContaining('401') },
      hint: { en: expect.stringContaining('secret') },
    })
  })

  test('whose secret is not on this PC', async () => {
    const clinic = await Clinic.open()
    rmSync(join(clinic.folder, 'webhook'))
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'receiver', text: { en: expect.stringContaining('webhook') } })
  })

  test('that is down', async () => {
    const clinic = await Clinic.open()
    await clinic.bitrix.down()
    const { first } = await clinic.examine()
    expect(first).toMatchObject({ step: 'tls', text: { en: expect.stringContaining('refused') } })
  })
})
