/** Why the system would not do something with a file or a port, in words for people. */
import { codeOf } from './store/faults.ts'
import { type Text, text } from './text.ts'

const words: Readonly<Record<string, readonly [ru: string, en: string]>> = {
  ENOENT: ['нет такого файла или папки', 'there is no such file or folder'],
  EEXIST: ['такой файл уже есть', 'there is such a file already'],
  EISDIR: ['это папка', 'it is a folder'],
  ENOTDIR: ['вместо папки на этом пути файл', 'there is a file instead of a folder on this path'],
  EACCES: ['нет прав', 'no right'],
  EPERM: ['нет прав', 'no right'],
  EROFS: ['диск доступен только для чтения', 'the disk is read-only'],
  ENOSPC: ['на диске нет места', 'there is no room on the disk'],
  EADDRINUSE: ['он занят другой программой', 'another program has it'],
  EADDRNOTAVAIL: ['у этого ПК нет такого адреса', 'this PC has no such address'],
}

/** The system's own words where ours are missing. */
export function whyOf(cause: unknown): Text {
  const known = words[codeOf(cause) ?? '']
  if (known !== undefined) return text(...known)
  const said = cause instanceof Error ? cause.message : String(cause)
  return text(said, said)
}

/** For want of a right, another try with more of it may do. */
export function lacksRight(cause: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(codeOf(cause) ?? '')
}
