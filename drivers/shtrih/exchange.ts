/** One question and its answer, whatever the wire layer. */
import { ShortRead } from '../bytes.ts'
import { RegisterError } from '../contract.ts'
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

/** No answer to `code` came in time. */
export function silent(code: number): RegisterError {
  return new RegisterError(
    'silent',
    {
      ru: `Касса не отвечает (${opcodeName(code)})`,
      en: `The register does not answer (${opcodeName(code)})`,
    },
    {
      hint: {
        ru: 'Проверьте питание кассы, кабель, адрес и скорость порта; программа кассы не должна занимать этот же порт. Если касса работает по протоколу v2, она тоже молчит.',
        en: "Check the register's power, cable, address and baud rate; the till's program must not hold the same port. A register that speaks protocol v2 is silent too.",
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
