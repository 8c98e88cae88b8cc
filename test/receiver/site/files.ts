/** The document root of a site: the kernel linked, the receiver copied as an owner copies it, no tests inside. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const receiverFolder = findReceiver()
export const kernelFolder = join(receiverFolder, 'tests/kernel')
export const schemaOfSite = join(kernelFolder, 'schema.sql')
export const seedOfSite = join(kernelFolder, 'seed.sql')
export const schemaOfReceiver = join(receiverFolder, 'src/schema.sql')

export interface FilesOptions {
  readonly socket: string
  readonly database: string
  readonly core: 'new' | 'old'
  readonly naive: boolean
}

export function makeSiteFolder({ socket, database, core, naive }: FilesOptions): string {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-site-'))
  const root = join(folder, 'www')
  for (const part of ['www/bitrix', 'www/local/ajax', 'www/upload', 'www/fake', 'sessions', 'tmp'])
    mkdirSync(join(folder, part), { recursive: true })
  const connection = { host: 'localhost', socket, database, login: 'root', password: '', core }
  const entries = Object.entries(connection).map(([key, value]) => `'${key}' => '${value}'`)
  writeFileSync(
    join(root, 'bitrix/.settings.php'),
    `<?php\nreturn ['connections' => ['value' => ['default' => [${entries.join(', ')}]]]];\n`,
  )
  symlinkSync(join(kernelFolder, 'modules'), join(root, 'bitrix/modules'))
  symlinkSync(join(kernelFolder, 'scripts/login.php'), join(root, 'fake/login.php'))
  for (const part of readdirSync(receiverFolder))
    if (part !== 'tests')
      cpSync(join(receiverFolder, part), join(root, 'local/chekpost', part), { recursive: true })
  writeFileSync(
    join(root, 'local/ajax/pos-sale-callback.php'),
    "<?php\nrequire $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/sale.php';\n",
  )
  if (naive) cpSync(join(receiverFolder, 'tests/naive'), join(root, 'local/naive'), { recursive: true })
  return folder
}

/** The tests run from their sources and, built, from `dist`. */
function findReceiver(): string {
  for (const up of ['../../../receiver', '../../../../receiver']) {
    const folder = fileURLToPath(new URL(up, import.meta.url))
    if (existsSync(join(folder, 'tests/kernel'))) return folder
  }
  throw new Error('the folder receiver is not where it was')
}
