/** A simulated register, a receiver and a config between them, for the doctor to examine without a daemon. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readConfig } from '../../agent/config.ts'
import { firstBad } from '../../agent/doctor/finding.ts'
import { openOwnWard } from '../../agent/doctor/own.ts'
import type { Finding, Step } from '../../agent/doctor/report.ts'
import { makeRound } from '../../agent/doctor/walk.ts'
import { type Bitrix, type BitrixOptions, openBitrix } from '../fakes/bitrix.ts'
import { createRegister, type RegisterOptions, type SimulatedRegister } from '../fakes/register.ts'
import { environment, never, secret } from './daemon.ts'

/** What the config of a test says otherwise than a sound one. */
export interface Configured {
  readonly address?: string
  readonly register?: string
  readonly url?: string
  readonly bitrix?: string
  /** As `--v2`. */
  readonly isBold?: boolean
}

export interface Examined {
  readonly findings: readonly Finding[]
  readonly first: Finding | null
  readonly of: (step: Step) => Finding
}

export class Clinic {
  readonly folder = mkdtempSync(join(tmpdir(), 'chekpost-clinic-'))
  readonly stateDir = join(this.folder, 'state')
  readonly configPath = join(this.folder, 'chekpost.yaml')
  readonly register: SimulatedRegister
  readonly bitrix: Bitrix
  readonly address: string

  private constructor(register: SimulatedRegister, bitrix: Bitrix, address: string) {
    this.register = register
    this.bitrix = bitrix
    this.address = address
    mkdirSync(this.stateDir)
    writeFileSync(join(this.folder, 'webhook'), `${secret}\n`)
  }

  static async open(register: RegisterOptions = {}, site: Partial<BitrixOptions> = {}): Promise<Clinic> {
    const made = createRegister({ drive: { receipts: 3 }, ...register })
    const bitrix = await openBitrix({ secrets: { 'shop/till-1': [secret] }, ...site })
    const clinic = new Clinic(made, bitrix, (await made.listenTcp()).address)
    onTestFinished(async () => {
      await made[Symbol.asyncDispose]()
      await bitrix[Symbol.asyncDispose]()
      rmSync(clinic.folder, { recursive: true, force: true })
    })
    return clinic
  }

  async examine({
    address,
    register = '',
    url,
    bitrix = '',
    isBold = false,
  }: Configured = {}): Promise<Examined> {
    writeFileSync(
      this.configPath,
      `store: shop
timezone: Europe/Moscow
stateDir: ${this.stateDir}
registers:
  - { name: till-1, driver: shtrih, address: '${address ?? this.address}', ${register} }
bitrix: { url: '${url ?? this.bitrix.url}', secretFile: webhook, ${bitrix} }
`,
    )
    using ward = openOwnWard(readConfig(this.configPath), environment, this.configPath, isBold)
    const told: Finding[] = []
    const { examinations } = await makeRound(ward, undefined, (_, finding) => told.push(finding), never)
    const findings = examinations[0]?.findings ?? []
    return { findings, first: firstBad(findings), of: (step) => found(findings, step) }
  }
}

function found(findings: readonly Finding[], step: Step): Finding {
  const [finding, ...more] = findings.filter((one) => one.step === step)
  if (finding === undefined || more.length > 0) throw new Error(`${more.length} more findings of ${step}`)
  return finding
}
