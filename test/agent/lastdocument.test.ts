import { expect, test } from 'vitest'
import { LastDocuments } from '../../agent/lastdocument.ts'
import type { KeptDocument, Outbox, Storage } from '../../agent/outbox.ts'

const drive = { storage: '9252440300123456' } as Storage
const kept = (number: number, type: number) =>
  ({
    storage: drive.storage,
    number,
    type,
    bytes: new Uint8Array(4),
    summary: null,
  }) as unknown as KeptDocument

function lookingAt(documents: KeptDocument[]) {
  let asked = 0
  const outbox = {
    storages: () => [drive],
    lastKept: () => documents.at(-1) ?? null,
  } as unknown as Outbox
  const lasts = new LastDocuments(outbox, () => {
    asked++
    return { time: '2026-11-26T20:15:00', shift: 7 }
  })
  return { of: () => lasts.of('till-1'), asked: () => asked }
}

test.each([
  [3, true],
  [2, true],
  [31, true],
  [5, false],
  [1, null],
  [21, null],
])('a document of type %i says whether its shift is open: %s', (type, isOpen) => {
  expect(lookingAt([kept(9, type)]).of()).toEqual({
    storage: drive.storage,
    number: 9,
    type,
    time: '2026-11-26T20:15:00',
    shift: 7,
    shiftIsOpen: isOpen,
  })
})

test('a document is decoded once, however often it is asked for, and the next one is seen', () => {
  const documents = [kept(9, 3)]
  const { of, asked } = lookingAt(documents)
  for (let look = 0; look < 5; look++) of()
  expect(asked()).toBe(1)
  documents.push(kept(10, 5))
  expect(of()).toMatchObject({ number: 10, shiftIsOpen: false })
  expect(asked()).toBe(2)
})

test('what cannot be decoded is still the last document', () => {
  const outbox = { storages: () => [drive], lastKept: () => kept(9, 3) } as unknown as Outbox
  const lasts = new LastDocuments(outbox, () => {
    throw new Error('no TLV')
  })
  expect(lasts.of('till-1')).toMatchObject({ number: 9, time: null, shift: null })
})

test('a register that nothing was kept of has none', () => {
  expect(lookingAt([]).of()).toBeNull()
})
