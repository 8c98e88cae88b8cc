/** One question and its answer, whatever the wire layer. */
import { ShortRead } from '../bytes.ts'
import { RegisterError, type Text } from '../contract.ts'
import { type Command, encode, readAnswered } from './commands.ts'
import { refusal } from './errors.ts'
import { opcodeName } from './wire.ts'

export interface Exchange {
  /**
   * Asks and reads the answer. Rejects with `RegisterError`; with `AnswerLost` when a command that must not be
   * repeated may have been executed and its answer is gone.
   */
  ask<Question, Answer>(
    command: Command<Question, Answer>,
    question: Question,
    signal: AbortSignal,
  ): Promise<Answer>
}

/** The answer to a command that moves a cursor is lost: nobody knows whether the register executed it. */
export class AnswerLost extends RegisterError {
  constructor(code: number) {
    super('garbled', {
      ru: `Потерян ответ кассы на ${opcodeName(code)}`,
      en: `The register's answer to ${opcodeName(code)} is lost`,
    })
  }
}

/** A wire layer: brings a payload to the register and the payload that answers it back. */
export interface Carrier {
  /** The answer for which `answers` is true. `code` and `repeatable` as in `Command`. */
  carry(request: Carried, signal: AbortSignal): Promise<Uint8Array>
}

export interface Carried {
  readonly code: number
  readonly payload: Uint8Array
  readonly timeoutMs: number
  readonly repeatable: boolean
  /** Does this payload answer the request? Opcodes alone tell our answer from one to the till. */
  answers(payload: Uint8Array): boolean
}

/** Asks through a wire layer: encodes, tells refusals, reads. */
export function exchangeOver(carrier: Carrier): Exchange {
  return {
    async ask(command, question, signal) {
      const { code, timeoutMs, repeatable } = command
      const payload = encode(command, question)
      const answers = (answer: Uint8Array) => readAnswered(command, answer) !== null
      const answer = await carrier.carry({ code, payload, timeoutMs, repeatable, answers }, signal)
      const answered = readAnswered(command, answer)
      if (answered === null) throw garbled(code)
      if (answered.error !== 0) throw refusal(code, answered.error)
      try {
        return command.read(answered.data)
      } catch (error) {
        if (error instanceof ShortRead) throw garbled(code, error)
        throw error
      }
    },
  }
}

/** No answer to `code` came in time, though it was asked in `frames`. */
export function silent(code: number, frames: keyof typeof otherFraming): RegisterError {
  const other = otherFraming[frames]
  return new RegisterError(
    'silent',
    {
      ru: `Касса не отвечает (${opcodeName(code)})`,
      en: `The register does not answer (${opcodeName(code)})`,
    },
    {
      hint: {
        ru: `Проверьте питание кассы, кабель, адрес и скорость порта; программа кассы не должна занимать этот же порт. ${other.ru}`,
        en: `Check the register's power, cable, address and baud rate; the till's program must not hold the same port. ${other.en}`,
      },
    },
  )
}

/** A register locked to one wire layer is deaf to the other, so silence may mean no more than that. */
const otherFraming = {
  v1: {
    ru: 'Если программа кассы говорит по протоколу v2, касса на v1 молчит: укажите settings.frames: v2.',
    en: "If the till's program speaks protocol v2, the register is silent to v1: set settings.frames: v2.",
  },
  v2: {
    ru: 'Если программа кассы говорит по протоколу v1, касса на v2 молчит: укажите settings.frames: v1.',
    en: "If the till's program speaks protocol v1, the register is silent to v2: set settings.frames: v1.",
  },
  auto: {
    ru: 'Протокол v2 ищется один раз за запуск: если касса была выключена, перезапустите chekpost при работающей кассе или укажите settings.frames: v2.',
    en: 'Protocol v2 is looked for once a run: if the register was off, restart chekpost beside a working till, or set settings.frames: v2.',
  },
} as const satisfies Record<string, Text>

/** Another client of the register uses the frame numbers (v2) at the same time. */
export function othersSpeak(): RegisterError {
  return new RegisterError(
    'busy',
    {
      ru: 'С кассой сейчас говорит другая программа по тому же протоколу v2',
      en: 'Another program is talking to the register over the same protocol v2 right now',
    },
    {
      hint: {
        ru: 'Счётчик кадров v2 у кассы один на всех: программы мешают друг другу. Дайте chekpost отдельный интерфейс кассы или переведите его на v1.',
        en: 'The register has one v2 frame count for all, so that programs disturb each other. Give chekpost an interface of the register to itself, or one that speaks v1.',
      },
    },
  )
}

/** Something answered `code`, and it cannot be understood. */
export function garbled(code: number, cause?: unknown): RegisterError {
  return new RegisterError(
    'garbled',
    {
      ru: `Ответ кассы на ${opcodeName(code)} не разобрать`,
      en: `The register's answer to ${opcodeName(code)} cannot be understood`,
    },
    {
      cause,
      hint: {
        ru: 'Проверьте кабель, скорость порта и что по адресу отвечает касса Штрих-М.',
        en: 'Check the cable, the baud rate, and that a Shtrih-M register is at this address.',
      },
    },
  )
}
