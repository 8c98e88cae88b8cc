/** A technician reads why a document was not understood, and where. */
import { expect, test } from 'vitest'
import { parseTlv, TlvError } from '../../../agent/fiscal/tlv.ts'
import { inWords } from '../../../agent/fiscal/tlvwords.ts'

test('a damaged document is told with the place of the damage, in both languages', () => {
  // Tag 1059 of 8 bytes, with a name (1030) inside that says 9.
  const cut = Uint8Array.of(0x23, 0x04, 8, 0, 0x06, 0x04, 9, 0, 1, 2, 3, 4)
  try {
    parseTlv(cut)
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
    expect(inWords(error)).toEqual({
      ru: 'он обрезан (байт 4, тег 1059 > 1030)',
      en: 'it is cut off (byte 4, tag 1059 > 1030)',
    })
  }
  expect(inWords(new TlvError('notHex', 'text')).ru).toBe('это не hex (байт 0)')
})
