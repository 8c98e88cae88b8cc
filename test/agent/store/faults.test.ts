import { expect, test } from 'vitest'
import { asStoreError, DocumentConflict, StoreError } from '../../../agent/store/faults.ts'
import { drive } from './workshop.ts'

function failing(code: string): Error {
  return Object.assign(new Error('it failed'), { code })
}

test.each([
  ['SQLITE_FULL', 'full'],
  ['SQLITE_IOERR_SHMSIZE', 'full'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['SQLITE_IOERR_FSYNC', 'io'],
  ['SQLITE_IOERR', 'io'],
  ['EIO', 'io'],
  ['SQLITE_READONLY', 'readonly'],
  ['SQLITE_READONLY_DIRECTORY', 'readonly'],
  ['EROFS', 'readonly'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_BUSY_SNAPSHOT', 'busy'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_CORRUPT_INDEX', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_CANTOPEN', 'denied'],
  ['EACCES', 'denied'],
] as const)('%s is %s, with the code and the next step in both languages', (code, fault) => {
  const found = asStoreError(failing(code))
  expect(found).toBeInstanceOf(StoreError)
  expect(found).toMatchObject({
    fault,
    text: { ru: expect.stringMatching(new RegExp(`[а-я]{4}.*${code}`)), en: expect.stringContaining(code) },
  })
})

test('an error of ours stays what it is', () => {
  for (const error of [
    new Error('a bug'),
    failing('SQLITE_CONSTRAINT_CHECK'),
    failing('ERR_ASSERTION'),
    'text',
    null,
  ])
    expect(asStoreError(error)).toBe(error)
})

test('a conflict names the document and what differs', () => {
  const conflict = new DocumentConflict({ storage: drive, number: 7 }, 'sign')
  expect(conflict.text.ru).toContain(`ФН ${drive}, ФД 7: уже сохранён документ с другим фискальным признаком`)
  expect(conflict.message).toContain('another fiscal sign')
})
