/**
 * Whether everything that an import brings has an owner here. A drive that nobody knows is nobody's until a person says
 * whose it is, and what has to be delivered goes with the secret of a register of the config or not at all: kept under
 * any other name it would wait for ever. What is merely history may be of a register that is gone.
 */
import { type Text, text } from '../text.ts'
import { Failure } from '../usage.ts'
import { plainly } from '../wording/plain.ts'
import { asInFile, nobody } from './place.ts'
import type { ImportedDrive, ImportReport } from './tally.ts'

/** New documents of a drive that is in the way of an import. */
export interface Ownerless {
  readonly kind: 'stranger' | 'unconfigured'
  readonly drives: readonly ImportedDrive[]
}

/** Null = nothing is in the way. */
export function ownerlessOf(
  { drives, registers }: Pick<ImportReport, 'drives' | 'registers'>,
  configured?: readonly string[],
): Ownerless | null {
  if (registers.includes(nobody))
    return {
      kind: 'stranger',
      drives: drives.filter(({ register, kept }) => register === nobody && kept > 0),
    }
  const lost = new Set(registers.filter((name) => configured?.includes(name) === false))
  if (lost.size === 0) return null
  return {
    kind: 'unconfigured',
    drives: drives.filter(({ register, owed }) => owed > 0 && lost.has(register)),
  }
}

/** Throws `Failure` that says what is in the way, and what to type. */
export function demandOwners(
  report: Pick<ImportReport, 'drives' | 'registers'>,
  configured?: readonly string[],
): void {
  const ownerless = ownerlessOf(report, configured)
  if (ownerless === null) return
  const [said, next] = [ownerlessWords(ownerless), ownerHint(ownerless)]
  throw new Failure(text(`${said.ru}. ${next.ru}`, `${said.en}. ${next.en}`))
}

/** What is wrong. */
export function ownerlessWords({ kind, drives }: Ownerless): Text {
  const named = namesOf(drives)
  return kind === 'stranger'
    ? text(`Здесь ещё не было ФН ${named.ru}`, `Fiscal drives not seen here: ${named.en}`)
    : text(
        `Отправить эти чеки некому, их касс нет в настройках: ФН ${named.ru}`,
        `Nobody can send these receipts, their registers are not in the config: drives ${named.en}`,
      )
}

const mostNamed = 5

function namesOf(drives: readonly ImportedDrive[]): Text {
  const listed = (own: string, inFile: (name: string) => string) =>
    drives
      .slice(0, mostNamed)
      .map(({ storage, register, told }) => {
        if (register !== nobody) return `${storage} (${own} ${plainly(register, longestName)})`
        return told === null ? storage : `${storage} (${inFile(plainly(told, longestName))})`
      })
      .join(', ') + (drives.length > mostNamed ? ', …' : '')
  return text(
    listed('касса', (name) => `в файле касса ${name}`),
    listed('register', (name) => `register ${name} in the file`),
  )
}

/** A file may name a register as it likes. */
const longestName = 64

/** What to type. */
export function ownerHint({ kind }: Ownerless): Text {
  return kind === 'stranger'
    ? text(
        `Если это чеки этого магазина, укажите их кассу: chekpost outbox import --register till-1 файл. Восстановление этой же установки: --register '${asInFile}', кассы как в файле`,
        `If they are of this shop, name their register: chekpost outbox import --register till-1 file. To restore this very installation: --register '${asInFile}', registers as in the file`,
      )
    : text(
        'Верните эти кассы в настройки и перезапустите службу, затем повторите',
        'Put these registers back into the config and restart the daemon, then try again',
      )
}

/** What a person is asked about first: something would go to the site, or a drive of somebody else is taken up. */
export function wantsConsent({ owed, drives }: Pick<ImportReport, 'owed' | 'drives'>): boolean {
  return owed > 0 || drives.some(({ isKnown, kept }) => !isKnown && kept > 0)
}
