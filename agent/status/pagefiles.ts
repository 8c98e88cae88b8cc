/** The files that the status page is served with beyond this computer: looked at by `config check`. */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Config, PageConfig } from '../config.ts'
import type { Environment } from '../environment.ts'
import { readPassword } from '../secrets.ts'
import { whyOf } from '../systemwords.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'

/** Throws `UsageError` that names the file which cannot be used. */
export function checkPage({ page }: Config, environment: Environment, configPath: string): void {
  if (page === null) return
  if (page.passwordFile !== null) readPassword(page.passwordFile, environment, configPath)
  if (page.tls !== null) checkCertificate(page.tls)
}

/** Throws `UsageError` that names the file which cannot be used. */
export function checkCertificate({ certFile, keyFile }: NonNullable<PageConfig['tls']>): void {
  const cert = usable(certFile, () => readFileSync(certFile))
  const key = usable(keyFile, () => readFileSync(keyFile))
  usable(`${certFile}, ${keyFile}`, () => createSecureContext({ cert, key }))
}

function usable<Result>(files: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    const why = whyOf(cause)
    throw new UsageError(
      text(
        `Сертификат страницы не годится (${files}): ${why.ru}. Нужны PEM-файлы, доступные группе chekpost.`,
        `The page's certificate cannot be used (${files}): ${why.en}. PEM files readable by the group chekpost are wanted.`,
      ),
      { cause },
    )
  }
}
