/**
 * The written form of a talk on a line: `> 05` to the register, `< 15` from it, `#` for remarks. The same form
 * stands in trace logs, in the fixtures of the tests and in what `chekpost explain` reads.
 */
import { fromHex, toHex } from '../bytes.ts'
import { type Line, RegisterError, type TalkPiece, type Text } from '../contract.ts'

/** A line of a transcript that is neither hex nor a remark. `text` names the line, counted from 1. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError'
  readonly text: Text

  constructor(lineNumber: number, found: string) {
    const shown = JSON.stringify(found.length > 40 ? `${found.slice(0, 40)}…` : found)
    const text = {
      ru: `Строка ${lineNumber}: ${shown} — не байты в шестнадцатеричном виде. Пример строки: «> 05» или «< 15».`,
      en: `Line ${lineNumber}: ${shown} is not bytes in hex. An example of a line: "> 05" or "< 15".`,
    }
    super(text.en)
    this.text = text
  }
}

/**
 * Reads a transcript or bare hex, one frame or piece a line. Either mark may be missing: `way` is then null.
 * Blank lines and everything after `#` are skipped; bytes may be glued or separated by blanks, commas, colons
 * or dashes, with or without `0x`. Throws `TranscriptError` for anything else.
 */
export function parseTranscript(transcript: string): TalkPiece[] {
  return transcript
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((line, index) => parsePiece(line, index + 1))
}

function parsePiece(line: string, lineNumber: number): TalkPiece[] {
  const said = line.replace(/#.*$/s, '').trim()
  if (said === '') return []
  const mark = said.startsWith('>') ? '>' : said.startsWith('<') ? '<' : null
  const digits = (mark === null ? said : said.slice(1)).replace(/0x|[,:;-]/gi, ' ')
  const bytes = fromHex(digits)
  if (bytes === null) throw new TranscriptError(lineNumber, said)
  return bytes.length === 0 ? [] : [{ way: mark, bytes }]
}

/** One piece of a talk as a line of a transcript, with its line end. */
export function formatPiece(way: '>' | '<', bytes: Uint8Array): string {
  return `${way} ${toHex(bytes).replace(/..(?=.)/g, '$& ')}\n`
}

/**
 * The same line, with everything said on it handed to `write` as transcript text. A piece to the register is
 * noted before it is sent, so that its answer never precedes it; a remark follows when sending failed.
 */
export function recordLine(line: Line, write: (text: string) => void): Line {
  return {
    async write(bytes, signal) {
      write(formatPiece('>', bytes))
      try {
        await line.write(bytes, signal)
      } catch (error) {
        write(`# not sent: ${inOneLine(error)}\n`)
        throw error
      }
    },
    async read(signal) {
      try {
        const bytes = await line.read(signal)
        write(formatPiece('<', bytes))
        return bytes
      } catch (error) {
        // An abort is the reader's own affair; the end of the line belongs to the talk.
        if (error instanceof RegisterError) write(`# ${inOneLine(error)}\n`)
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      await line[Symbol.asyncDispose]()
      write('# closed\n')
    },
  }
}

function inOneLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replace(/\s+/g, ' ')
}
