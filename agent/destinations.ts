/** The receivers of the config: registers that deliver to one address share its lanes, connections and breaker. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config, RegisterConfig } from './config.ts'
import type { DestinationOptions, WayOptions } from './dispatch.ts'
import type { Environment } from './environment.ts'
import { readSecrets } from './secrets.ts'
import { whyOf } from './systemwords.ts'
import { text } from './text.ts'
import { UsageError } from './usage.ts'

/** One register's part of a receiver. */
export interface ReceiverWay extends WayOptions {
  /** `<store>/<name>` */
  readonly id: string
  /** 0 = it sends none. */
  readonly heartbeatMs: number
}

/** One address, and what beside documents is asked of it. */
export interface Receiver extends DestinationOptions {
  /** Null where nobody can know it. */
  readonly ledgerUrl: string | null
  readonly ways: readonly ReceiverWay[]
}

/** Reads the secrets and the authorities' files. Throws `UsageError` that names the file. */
export function destinationsOf(config: Config, environment: Environment, configPath: string): Receiver[] {
  const groups = new Map<string, RegisterConfig[]>()
  for (const register of config.registers) {
    const { secretFile: _secret, sendAll: _sendAll, siteOrders: _siteOrders, ...rest } = register.bitrix
    const { heartbeatMinutes: _minutes, ...address } = rest
    const key = JSON.stringify(address)
    groups.set(key, [...(groups.get(key) ?? []), register])
  }
  return [...groups.values()].flatMap((registers) => {
    const [first] = registers
    return first === undefined ? [] : [destinationOf(first, registers, environment, configPath)]
  })
}

function destinationOf(
  { bitrix }: RegisterConfig,
  registers: readonly RegisterConfig[],
  environment: Environment,
  configPath: string,
): Receiver {
  const connectMs = bitrix.connectSeconds * 1000
  const answerMs = bitrix.answerSeconds * 1000
  return {
    url: bitrix.url,
    ledgerUrl: bitrix.ledgerUrl ?? ledgerBeside(bitrix.url),
    proxy: bitrix.proxy ?? null,
    ca: bitrix.caFile === undefined ? null : readAuthorities(bitrix.caFile),
    pinnedKeys: bitrix.pinnedKeys,
    connectMs,
    answerMs,
    totalMs: connectMs + 2 * answerMs,
    lanes: bitrix.lanes,
    ways: registers.map((register) => wayOf(register, environment, configPath)),
  }
}

function wayOf(
  { name, id, store, bitrix }: RegisterConfig,
  environment: Environment,
  configPath: string,
): ReceiverWay {
  const secrets = readSecrets(bitrix.secretFile, environment, configPath)
  const heartbeatMs = bitrix.heartbeatMinutes * 60_000
  return { register: name, id, store, secrets, sendAll: bitrix.sendAll, heartbeatMs }
}

/**
 * `sale.php` has its ledger beside it; the documented alias `pos-sale-callback.php` stands for the receiver in its
 * usual folder. Null for any other address: `bitrix.ledgerUrl` names it.
 */
export function ledgerBeside(url: string): string | null {
  const address = new URL(url)
  const [, folder = '', file = ''] = /^(.*\/)([^/]*)$/.exec(address.pathname) ?? []
  if (file === 'sale.php') address.pathname = `${folder}ledger.php`
  else if (file === 'pos-sale-callback.php') address.pathname = '/local/chekpost/ledger.php'
  else return null
  return address.href
}

function readAuthorities(path: string): string {
  try {
    const pem = readFileSync(path, 'utf8')
    // TLS takes a file without any certificate in silence, and then trusts nobody.
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    const why = whyOf(cause)
    throw new UsageError(
      text(
        `caFile ${path} не читается: ${why.ru}. Нужен файл PEM с сертификатом; проверьте путь и права.`,
        `caFile ${path} cannot be read: ${why.en}. A PEM file with a certificate is wanted; check path and rights.`,
      ),
      { cause },
    )
  }
}
