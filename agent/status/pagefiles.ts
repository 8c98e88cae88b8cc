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

function checkCertificate({ certFile, keyFile }: NonNullable<PageConfig['tls']>): void {
  try {
    createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) })
  } catch (cause) {
    const why = whyOf(cause)
    throw new UsageError(
      text(
        `Сертификат страницы не годится (${certFile}, ${keyFile}): ${why.ru}. Нужны PEM-файлы, доступные группе chekpost.`,
        `The page's certificate cannot be used (${certFile}, ${keyFile}): ${why.en}. PEM files readable by the group chekpost are wanted.`,
      ),
      { cause },
    )
  }
}
