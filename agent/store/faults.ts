/** What can go wrong with the outbox's file, in the words that the caller must act upon. */
import type { Text } from '../../drivers/index.ts'
import type { DocumentKey } from '../outbox.ts'
import { text } from '../text.ts'

/**
 * - `full`, `io`, `readonly`, `busy`: the world; nothing was written, the same call may succeed later.
 * - `damaged`: the file is not to be trusted any more; the next opening sets it aside and begins a new one.
 * - `newer`, `foreign`, `unsafe`, `denied`, `absent`: it cannot be opened at all until a person acts.
 */
export type StoreFault =
  | 'full'
  | 'io'
  | 'readonly'
  | 'busy'
  | 'damaged'
  | 'newer'
  | 'foreign'
  | 'unsafe'
  | 'denied'
  | 'absent'

/** The one error of the outbox's file. `message` is English, for the log; `text` says what to do next. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly fault: StoreFault
  readonly text: Text

  constructor(fault: StoreFault, said: Text, options?: ErrorOptions) {
    super(said.en, options)
    this.fault = fault
    this.text = said
  }
}

/** The register (or an import) says something else about a document that is kept already; nothing was changed. */
export class DocumentConflict extends Error {
  override readonly name = 'DocumentConflict'
  readonly key: DocumentKey
  /** What differs: the fiscal sign, the type, or the bytes themselves. */
  readonly differs: 'sign' | 'type' | 'bytes'
  readonly text: Text

  constructor(key: DocumentKey, differs: 'sign' | 'type' | 'bytes') {
    const words = {
      sign: { ru: 'фискальным признаком', en: 'fiscal sign' },
      type: { ru: 'типом', en: 'type' },
      bytes: { ru: 'содержимым', en: 'content' },
    } as const
    const said = text(
      `ФН ${key.storage}, ФД ${key.number}: уже сохранён документ с другим ${words[differs].ru}. ` +
        'Сохранённый не изменён. Сравните с кассой: chekpost read --fd ' +
        `${key.number}, и обратитесь в поддержку.`,
      `Drive ${key.storage}, document ${key.number}: one with another ${words[differs].en} ` +
        `is kept already and was not changed. Compare it with the register: chekpost read --fd ${key.number}`,
    )
    super(said.en)
    this.key = key
    this.differs = differs
    this.text = said
  }
}

interface Meaning {
  readonly fault: StoreFault
  readonly ru: string
  readonly en: string
}

/** SQLite's result codes (sqlite.org/rescode.html) by the beginning of their names; the first that fits counts. */
const meanings: readonly (readonly [code: RegExp, meaning: Meaning])[] = [
  [
    /^SQLITE_FULL|^SQLITE_IOERR_SHMSIZE|^ENOSPC|^EDQUOT/,
    {
      fault: 'full',
      ru: 'Диск заполнен: новые чеки не сохраняются, они остаются в ФН и будут прочитаны. Освободите место на диске',
      en: 'The disk is full: new receipts wait in the fiscal drive and will be read. Free some space on the disk',
    },
  ],
  [
    /^SQLITE_READONLY|^EROFS/,
    {
      fault: 'readonly',
      ru: 'Каталог состояния доступен только для чтения. Проверьте диск (dmesg) и права владельца каталога',
      en: 'The state directory is read-only. Check the disk (dmesg) and who owns the directory',
    },
  ],
  [
    /^SQLITE_CORRUPT|^SQLITE_NOTADB|^SQLITE_FORMAT/,
    {
      fault: 'damaged',
      ru: 'Файл базы повреждён: он будет отложен, а чеки прочитаны из ФН заново. Проверьте диск компьютера',
      en: 'The database file is damaged: it is set aside and the receipts are read again. Check the disk of this PC',
    },
  ],
  [
    /^SQLITE_BUSY|^SQLITE_LOCKED|^SQLITE_PROTOCOL/,
    {
      fault: 'busy',
      ru: 'База занята другой программой. Закройте её (команды chekpost при остановленной службе) и повторите',
      en: 'Another program holds the database. Close it and try again',
    },
  ],
  [
    /^SQLITE_CANTOPEN|^SQLITE_PERM|^SQLITE_AUTH|^EACCES|^EPERM|^ENOENT|^ENOTDIR|^EEXIST|^EISDIR/,
    {
      fault: 'denied',
      ru: 'База не открывается. Проверьте, что каталог состояния есть и принадлежит пользователю службы',
      en: 'The database cannot be opened. Check that the state directory exists and belongs to the daemon',
    },
  ],
  [
    /^SQLITE_IOERR|^EIO/,
    {
      fault: 'io',
      ru: 'Диск отвечает ошибкой. Чеки остаются в ФН и будут прочитаны. Проверьте диск (dmesg, SMART)',
      en: 'The disk answers with an error; receipts wait in the fiscal drive. Check the disk (dmesg, SMART)',
    },
  ],
]

/** The code of an SQLite or system error, or null for anything else. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  return error.code
}

/** SQLite's and the file system's errors in our words; every other error comes back as it is (it is a bug). */
export function asStoreError(error: unknown): unknown {
  const code = codeOf(error)
  const found = code === null ? undefined : meanings.find(([pattern]) => pattern.test(code))
  if (found === undefined || !(error instanceof Error)) return error
  const [, { fault, ru, en }] = found
  return new StoreError(fault, text(`${ru} (${code}).`, `${en} (${code}: ${error.message}).`), {
    cause: error,
  })
}
