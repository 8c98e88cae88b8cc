/**
 * What the short status (10h) means for a reader beside the till: only shift open, shift closed and no submode
 * are idle («Протокол работы ККТ с ФН» 1.17, modes and submodes of the register).
 */
import { RegisterError, type RegisterState, type Text } from '../contract.ts'
import type { ShortStatus } from './answers.ts'

/** Mode 1: a document's stream was not read to its end, and the till's commands fail until it is. */
export const dataOutput = 1

const workingModes = [2, 3, 4]
const openDocument = 8
const printing = 5

const submodes: readonly (Text | null)[] = [
  null,
  { ru: 'В кассе нет бумаги', en: 'The register is out of paper' },
  { ru: 'Бумага кончилась во время печати', en: 'The paper ran out while printing' },
  { ru: 'Касса ждёт продолжения печати', en: 'The register waits to continue printing' },
  { ru: 'Касса печатает отчёт', en: 'The register prints a report' },
  { ru: 'Касса печатает', en: 'The register prints' },
]

const stops: ReadonlyMap<number, { readonly text: Text; readonly hint: Text }> = new Map([
  [
    5,
    {
      text: {
        ru: 'Касса заблокирована: неверный пароль налогового инспектора',
        en: 'The register is locked by a wrong tax password',
      },
      hint: { ru: 'Вызовите сервисный центр.', en: 'Call the service centre.' },
    },
  ],
  [
    6,
    {
      text: { ru: 'Касса ждёт подтверждения даты', en: 'The register waits for its date to be confirmed' },
      hint: {
        ru: 'Подтвердите дату и время в программе кассы.',
        en: "Confirm date and time in the till's program.",
      },
    },
  ],
  [
    7,
    {
      text: {
        ru: 'Касса ждёт настройки десятичной точки',
        en: 'The register waits for its decimal point to be set',
      },
      hint: { ru: 'Вызовите сервисный центр.', en: 'Call the service centre.' },
    },
  ],
  [
    9,
    {
      text: { ru: 'Кассе нужно техническое обнуление', en: 'The register needs a technical reset' },
      hint: {
        ru: 'Вызовите сервисный центр, сами обнуление не делайте.',
        en: 'Call the service centre, do not reset it yourself.',
      },
    },
  ],
])

/** The state of the register as its short status tells it. */
export function stateOf(status: ShortStatus): RegisterState {
  const stop = stops.get(status.mode)
  if (stop !== undefined) return { kind: 'stopped', ...stop }
  if (status.mode === openDocument)
    return { kind: 'busy', text: { ru: 'На кассе открыт чек', en: 'A receipt is open on the register' } }
  if (status.mode === dataOutput)
    return {
      kind: 'busy',
      text: { ru: 'С кассы читают документ', en: 'A document is being read out of the register' },
    }
  if (!workingModes.includes(status.mode))
    return {
      kind: 'busy',
      text: { ru: `Касса занята (режим ${status.mode})`, en: `The register is busy (mode ${status.mode})` },
    }
  if (status.lastPrint === printing && status.submode === 0) return { kind: 'busy', text: busyText(printing) }
  return status.submode === 0 ? { kind: 'idle' } : { kind: 'busy', text: busyText(status.submode) }
}

function busyText(submode: number): Text {
  return (
    submodes[submode] ?? {
      ru: `Касса занята (подрежим ${submode})`,
      en: `The register is busy (submode ${submode})`,
    }
  )
}

/** Throws `busy` or `refused` unless the register is idle. */
export function demandIdle(state: RegisterState): void {
  if (state.kind === 'busy') throw new RegisterError('busy', state.text)
  if (state.kind === 'stopped') throw new RegisterError('refused', state.text, { hint: state.hint })
}
