/** Where the transcript of a talk goes: a new file, or the terminal. */
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { whyOf } from '../systemwords.ts'
import { text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'

export interface Transcript extends Disposable {
  /** Takes transcript text. Never throws: whoever talks through us must not suffer from a full disk. */
  write(said: string): void
  /** Throws `Failure` when something said could not be written down. */
  demandWhole(): void
}

/**
 * A new file at `path`, readable by its owner alone, for a talk names buyers and cashiers; null means `out`. Every
 * piece is handed to the system at once, so that a kill cuts no more than the last. Throws `UsageError` when the file
 * exists already or cannot be made.
 */
export function openTranscript(path: string | null, out: NodeJS.WritableStream): Transcript {
  if (path === null)
    return writing(
      (said) => out.write(said),
      () => {},
    )
  const file = make(path)
  return writing(
    (said) => writeFileSync(file, said),
    () => closeSync(file),
  )
}

function writing(write: (said: string) => unknown, close: () => void): Transcript {
  let failure: unknown = null
  return {
    write(said) {
      if (failure !== null) return
      try {
        write(said)
      } catch (error) {
        failure = error
      }
    },
    demandWhole() {
      if (failure === null) return
      const why = whyOf(failure)
      throw new Failure(
        text(
          `Запись обмена неполная: ${why.ru}. Освободите место и запишите снова.`,
          `The transcript is not whole: ${why.en}. Free some space and record again.`,
        ),
        { cause: failure },
      )
    },
    [Symbol.dispose]: close,
  }
}

function make(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    const why = whyOf(cause)
    throw new UsageError(
      text(
        `Файл записи не создать: ${why.ru}. Укажите в --out новый файл.`,
        `The transcript cannot be made: ${why.en}. Name a new file with --out.`,
      ),
      { cause },
    )
  }
}
