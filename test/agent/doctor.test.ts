/** The judgements of the doctor: facts in, a finding out. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeClock } from '../../agent/doctor/clock.ts'
import { examineDisk, judgeDisk } from '../../agent/doctor/disk.ts'
import { judgeDrive } from '../../agent/doctor/drive.ts'
import { bad, firstBad, good, gravest, notReached, warning } from '../../agent/doctor/finding.ts'
import { missingNetwork } from '../../agent/doctor/neighbourhood.ts'
import { judgeQueue } from '../../agent/doctor/queue.ts'
import { judgeCertificate, type ShownCertificate } from '../../agent/doctor/tls.ts'
import type { Patient } from '../../agent/doctor/ward.ts'
import { text } from '../../agent/text.ts'
import type { Checkup, Identity } from '../../drivers/index.ts'

const say = (word: string) => text(word, word)
const now = Date.parse('2026-03-02T12:00:00Z')
const day = 86_400_000

test('the first bad thing is the first on the way of a receipt, in whatever order it was found', () => {
  expect(firstBad([bad('tls', say('a')), good('line', say('b')), bad('drive', say('c'))])?.step).toBe('drive')
  expect(firstBad([warning('line', say('a')), good('disk', say('b'))])).toBeNull()
})

test('what one step has to say is one finding: the gravest leads, nothing is left out', () => {
  const hint = say('do')
  const found = gravest('drive', [
    good('drive', say('a')),
    warning('drive', say('b'), { hint }),
    bad('drive', say('c')),
  ])
  expect(found).toMatchObject({ verdict: 'bad', text: { en: 'c; b; a' }, hint })
})

test('what is behind a bad step is not known', () => {
  const group = ['dns', 'tls', 'receiver'] as const
  expect(notReached('dns', group).map(({ step, verdict }) => [step, verdict])).toEqual([
    ['tls', 'unknown'],
    ['receiver', 'unknown'],
  ])
})

const identity: Identity = {
  ...{ model: 'РИТЕЙЛ-01Ф', firmware: null, serial: '1', registrationNumber: null, inn: null },
  ...{ organisation: null, address: null, storage: '9252440300123456', debugStorage: false },
  storageExpires: '2027-12-31',
}
const checkup: Checkup = {
  ...{ clock: null, undelivered: 0, undeliveredSince: null },
  ...{ storageClosed: false, storageWarnings: [] },
}
const newest = { storage: identity.storage, number: 7 }

test.each<
  [what: string, identity: Partial<Identity>, checkup: Partial<Checkup>, verdict: string, said: RegExp]
>([
  ['a sound one', {}, {}, 'good', /last document 7/],
  ['29 days left', { storageExpires: '2026-03-31' }, {}, 'warning', /30 days/],
  ['31 days left', { storageExpires: '2026-04-02' }, {}, 'good', /2026-04-02/],
  ['2 days left', { storageExpires: '2026-03-04' }, {}, 'bad', /expires on/],
  ['expired', { storageExpires: '2026-03-01' }, {}, 'bad', /expired on/],
  ['its own word of 3 days', { storageExpires: null }, { storageWarnings: ['days3'] }, 'bad', /3 days/],
  [
    'its own word of 30 days',
    { storageExpires: null },
    { storageWarnings: ['days30'] },
    'warning',
    /30 days/,
  ],
  ['nearly full', {}, { storageWarnings: ['full'] }, 'warning', /90 %/],
  ['closed', {}, { storageClosed: true }, 'bad', /archive/],
  ['debug', { debugStorage: true }, {}, 'warning', /debug/],
  [
    'waiting for an hour',
    {},
    { undelivered: 2, undeliveredSince: '2026-03-02T11:00' },
    'good',
    /for the OFD: 2/,
  ],
  [
    'waiting for 3 days',
    {},
    { undelivered: 2, undeliveredSince: '2026-02-27T11:00' },
    'warning',
    /2026-02-27/,
  ],
  ['waiting for 26 days', {}, { undelivered: 2, undeliveredSince: '2026-02-04T11:00' }, 'bad', /2026-02-04/],
  ['its own word of the operator', {}, { undelivered: null, storageWarnings: ['operator'] }, 'bad', /OFD/],
])('a drive, %s', (_what, changed, told, verdict, said) => {
  const found = judgeDrive({ ...identity, ...changed }, { ...checkup, ...told }, newest, now)
  expect(found).toMatchObject({ verdict, text: { en: expect.stringMatching(said) } })
  expect(verdict === 'good' || found.hint !== null).toBe(true)
})

test.each<[facts: Partial<Parameters<typeof judgeDisk>[0]>, verdict: string, said: RegExp]>([
  [{}, 'good', /10000 MB free/],
  [{ freeBytes: 400e6 }, 'warning', /400 MB/],
  [{ freeBytes: 49e6 }, 'bad', /almost no room/],
  [{ freeEntries: 100 }, 'warning', /free/],
  [{ freeEntries: 3 }, 'bad', /inodes/],
  [{ probe: { ms: 4_000 } }, 'warning', /4000 ms/],
  [{ probe: { code: 'EROFS' } }, 'bad', /read-only/],
  [{ probe: { code: 'EACCES' } }, 'bad', /no right/],
  [{ probe: { code: 'EIO' } }, 'bad', /EIO/],
])('a disk %j', (facts, verdict, said) => {
  const sound = { path: '/var/lib/chekpost', freeBytes: 10e9, freeEntries: 100_000, probe: { ms: 3 } }
  expect(judgeDisk({ ...sound, ...facts })).toMatchObject({
    verdict,
    text: { en: expect.stringMatching(said) },
  })
})

const clocks = { now, zone: 'Europe/Moscow', synchronised: true, siteOffsetMs: 0, register: null }
const registerAt = (local: string) => ({ clock: { local, at: now }, newestTime: null })
test.each<[facts: Partial<Parameters<typeof judgeClock>[0]>, verdict: string, said: RegExp]>([
  [{}, 'good', /kept right/],
  [{ synchronised: null }, 'good', /does not say/],
  [{ synchronised: false }, 'warning', /nobody keeps/],
  [{ siteOffsetMs: 119_000 }, 'good', /-119 s/],
  [{ siteOffsetMs: 121_000 }, 'bad', /-121 s/],
  [{ siteOffsetMs: -3_600_000 }, 'bad', /3600 s/],
  [{ register: registerAt('2026-03-02T15:03:00') }, 'good', /register's clock is right/],
  [{ register: registerAt('2026-03-02T15:07:00') }, 'warning', /\+7 min/],
  [
    { register: { clock: null, newestTime: '2026-03-04T10:00:00' } },
    'bad',
    /newest receipt is of 2026-03-04/,
  ],
])('clocks %j', (facts, verdict, said) => {
  expect(judgeClock({ ...clocks, ...facts })).toMatchObject({
    verdict,
    text: { en: expect.stringMatching(said) },
  })
})

test('a register whole hours away is a question of the time zone in the config', () => {
  const { hint } = judgeClock({ ...clocks, register: registerAt('2026-03-02T19:00:00') })
  expect(hint?.en).toContain('timezone')
  const late = judgeClock({ ...clocks, register: registerAt('2026-03-02T18:57:00') })
  expect(late.hint?.en).toContain('timezone')
  const wrong = judgeClock({ ...clocks, register: registerAt('2026-03-02T19:30:00') })
  expect(wrong.hint?.en).toContain("till's program")
})

test('of two clocks far apart the one that nobody keeps right is to be mended', () => {
  const apart = { ...clocks, siteOffsetMs: 600_000 }
  expect(judgeClock({ ...apart, synchronised: false }).hint?.en).toContain('timedatectl')
  expect(judgeClock({ ...apart, synchronised: true }).hint?.en).toContain("the site's is wrong")
})

test('folders that the daemon will make are no full disk', async () => {
  const stateDir = join(tmpdir(), 'chekpost-nowhere', 'a', 'b')
  const patient = { ward: { config: { stateDir } } } as unknown as Patient
  expect(await examineDisk(patient)).toMatchObject({
    verdict: 'good',
    text: { en: expect.stringContaining(`${stateDir} is not there yet`) },
  })
})

const shown: ShownCertificate = {
  ...{ subject: 'shop.example', issuer: "Let's Encrypt", wrongName: null, distrust: null, key: 'K' },
  ...{ validFrom: now - 30 * day, validTo: now + 60 * day },
}
test.each<[facts: Partial<ShownCertificate>, pinned: string[], verdict: string, said: RegExp]>([
  [{}, [], 'good', /60 days left/],
  [{}, ['K'], 'good', /shop\.example/],
  [{}, ['L'], 'bad', /pinnedKeys/],
  [{ validTo: now + 13 * day }, [], 'warning', /13 days left/],
  [{ validTo: now - day, distrust: 'CERT_HAS_EXPIRED' }, [], 'bad', /expired on 2026-03-01/],
  [{ validFrom: now + day, distrust: 'CERT_NOT_YET_VALID' }, [], 'bad', /from 2026-03-03/],
  [{ wrongName: 'no' }, [], 'bad', /another site's/],
  [{ distrust: 'SELF_SIGNED_CERT_IN_CHAIN' }, [], 'bad', /SELF_SIGNED/],
])('a certificate %j, pinned %j', (facts, pinned, verdict, said) => {
  const found = judgeCertificate({ ...shown, ...facts }, pinned, now)
  expect(found).toMatchObject({ verdict, text: { en: expect.stringMatching(said) } })
})

test('a queue in which a receipt is late, or parked, is worth a look', () => {
  const counts = {
    ...{ documents: 9, waiting: 2, parked: 1, accepted: 6, withoutBytes: 0 },
    ...{ oldestWaitingAt: now - 31 * 60_000, lastReadAt: null, lastAcceptedAt: null },
  }
  expect(judgeQueue(counts, 5e6, now).map(({ verdict }) => verdict)).toEqual(['good', 'warning', 'warning'])
  expect(judgeQueue({ ...counts, parked: 0, oldestWaitingAt: now }, 5e6, now)).toHaveLength(1)
})

test('a PC without a foot in the register’s network is told so; names and far addresses are not judged', () => {
  const feet = [{ address: '192.168.1.7', netmask: '255.255.255.0' }]
  expect(missingNetwork('tcp:192.168.137.111:7778', feet)?.text.en).toContain('192.168.137.*')
  expect(missingNetwork('tcp:192.168.1.20:7778', feet)).toBeNull()
  expect(missingNetwork('tcp:kassa.local:7778', feet)).toBeNull()
  expect(missingNetwork('tcp:8.8.8.8:7778', feet)).toBeNull()
  expect(missingNetwork('serial:/dev/ttyS0', feet)).toBeNull()
})
