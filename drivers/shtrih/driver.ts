/**
 * Registers of the Shtrih-M family: ШТРИХ-М, -ЛАЙТ, -МИНИ, -ON-LINE, РИТЕЙЛ, ЭЛВЕС, POSCENTER, ЯРУС and others.
 * The state (10h) is always the first question, and with a receipt open it is the only one.
 */
import type { Checkup, Driver, Newest, RawDocument, Register, RegisterState } from '../contract.ts'
import { type Identity, RegisterError } from '../contract.ts'
import { pause } from '../deadline.ts'
import type { ShortStatus } from './answers.ts'
import { checkUp } from './checkup.ts'
import { askingNames, commands } from './commands.ts'
import { drainStream, finishing } from './documentstream.ts'
import { type Exchange, exchangeOver, garbled } from './exchange.ts'
import { explain } from './explain.ts'
import { carrierOver } from './framing.ts'
import { identify } from './identity.ts'
import { DocumentReader } from './reading.ts'
import { search } from './search.ts'
import { ShtrihSettings } from './settings.ts'
import { dataOutput, demandIdle, stateOf } from './state.ts'
import { words } from './words.ts'

/** How often the state is asked while another reader may be at work. */
const lookMs = 1_000

/** The driver of the registry; v1 or v2 frames as the settings say. */
export const shtrih: Driver<ShtrihSettings> = {
  name: 'shtrih',
  settings: ShtrihSettings,
  asks: askingNames,
  search,
  explain,
  words,
  async connect(line, settings, signal) {
    const exchange = exchangeOver(await carrierOver(line, settings, signal))
    demandIdle(await askState(exchange, settings, signal))
    const identity = await identify(exchange, { password: settings.password }, signal)
    return new ShtrihRegister(exchange, settings, identity)
  },
}

class ShtrihRegister implements Register {
  readonly identity: Identity
  readonly #exchange: Exchange
  readonly #settings: ShtrihSettings
  readonly #documents: DocumentReader
  /** What was last heard of the drive; the number is unknown until it is asked. */
  #newest: Newest

  constructor(exchange: Exchange, settings: ShtrihSettings, identity: Identity) {
    this.identity = identity
    this.#exchange = exchange
    this.#settings = settings
    this.#documents = new DocumentReader(exchange, { password: settings.password }, settings.finishMs)
    this.#newest = { storage: identity.storage, number: Number.POSITIVE_INFINITY }
  }

  state(signal: AbortSignal): Promise<RegisterState> {
    return askState(this.#exchange, this.#settings, signal)
  }

  async newest(signal: AbortSignal): Promise<Newest> {
    const newest = await this.#askNewest(signal)
    // LRC is an XOR and lets some damage through. A number that is too high would be taken for lost documents,
    // so whatever is not the next step from the number before is believed only when it is said twice.
    if (!isNext(this.#newest, newest) && !isNext(newest, await this.#askNewest(signal)))
      throw garbled(commands.driveStatus.code)
    this.#newest = newest
    return newest
  }

  async #askNewest(signal: AbortSignal): Promise<Newest> {
    const { password } = this.#settings
    const status = await this.#exchange.ask(commands.driveStatus, { password }, signal)
    if (status.currentDoc !== 0)
      throw new RegisterError('busy', {
        ru: 'Касса формирует документ',
        en: 'The register is forming a document',
      })
    return { storage: status.fn, number: status.lastFd }
  }

  readDocument(number: number, signal: AbortSignal, progress = () => {}): Promise<RawDocument> {
    return this.#documents.read(this.#newest.storage, number, signal, progress)
  }

  checkup(signal: AbortSignal): Promise<Checkup> {
    return checkUp(this.#exchange, { password: this.#settings.password }, signal)
  }
}

/** More documents than a till closes between two looks of ours. */
const mostAtOnce = 50

function isNext(before: Newest, after: Newest): boolean {
  const step = after.number - before.number
  return before.storage === after.storage && step >= 0 && step <= mostAtOnce
}

/** Asks the state. A document stream that somebody left open is read to its end, for the till's sake. */
async function askState(
  exchange: Exchange,
  settings: ShtrihSettings,
  signal: AbortSignal,
): Promise<RegisterState> {
  let status = await askStatus(exchange, settings, signal)
  // Another reader's stream must not be drained under its hands: it has its time to finish.
  for (let waited = 0; status.mode === dataOutput && waited < settings.otherReaderMs; waited += lookMs) {
    await pause(lookMs, signal)
    status = await askStatus(exchange, settings, signal)
  }
  if (status.mode === dataOutput) {
    await finishing(settings.finishMs, signal, (lasting) =>
      drainStream(exchange, { password: settings.password }, lasting),
    )
    status = await askStatus(exchange, settings, signal)
  }
  return stateOf(status)
}

function askStatus(exchange: Exchange, settings: ShtrihSettings, signal: AbortSignal): Promise<ShortStatus> {
  return exchange.ask(commands.shortStatus, { password: settings.operatorPassword }, signal)
}
