/**
 * Which of the two wire layers is spoken. A register that was just switched on takes the first byte it hears for
 * the choice and keeps it until it is switched off («Протокол работы ККТ с ФН» 1.16, 1.17): whoever is first
 * chooses for the till's program too, and the wrong choice leaves the till without its register. So the layer is
 * a setting, and `auto` is for finding out beside a till that has already spoken (docs/decisions/007).
 */
import { type Line, RegisterError } from '../contract.ts'
import { commands } from './commands.ts'
import { type Carrier, silent } from './exchange.ts'
import { NumberedTalk } from './numberedtalk.ts'
import type { ShtrihSettings } from './settings.ts'
import { StandardTalk } from './standardtalk.ts'

type Frames = 'v1' | 'v2'

/** How often ENQ must stay unanswered before a v2 frame may be sent. */
const enquiries = 3

/**
 * What `auto` has found, by the settings of the register, for as long as the program runs. `neither` was looked for
 * once and not found: from then on only ENQ is sent, for a register that is off would take a v2 frame for the choice
 * when it comes up.
 */
const found = new WeakMap<ShtrihSettings, Frames | 'neither'>()

/** The talk that the settings ask for; with `auto`, that which the register answers. Rejects with `RegisterError`. */
export async function carrierOver(
  line: Line,
  settings: ShtrihSettings,
  signal: AbortSignal,
): Promise<Carrier> {
  const frames = settings.frames === 'auto' ? await findFrames(line, settings, signal) : settings.frames
  return frames === 'v1' ? new StandardTalk(line, settings) : new NumberedTalk(line, settings)
}

async function findFrames(line: Line, settings: ShtrihSettings, signal: AbortSignal): Promise<Frames> {
  const before = found.get(settings)
  if (before === 'v1' || before === 'v2') return before
  const frames = (await answersEnquiry(line, settings, signal))
    ? 'v1'
    : before === 'neither'
      ? null
      : await findNumbered(line, settings, signal)
  found.set(settings, frames ?? 'neither')
  if (frames === null) throw silent(commands.shortStatus.code, 'auto')
  return frames
}

async function answersEnquiry(line: Line, settings: ShtrihSettings, signal: AbortSignal): Promise<boolean> {
  const talk = new StandardTalk(line, settings)
  for (let asked = 0; asked < enquiries; asked++) {
    const state = await talk.enquire(signal)
    if (state === 'ready' || state === 'answering') return true
  }
  return false
}

/** Null when nothing answers. A register that has executed nothing yet may have taken our frame for the choice. */
async function findNumbered(
  line: Line,
  settings: ShtrihSettings,
  signal: AbortSignal,
): Promise<Frames | null> {
  const state = await new NumberedTalk(line, settings).hail(signal)
  if (state === 'silent') return null
  if (state === 'used') return 'v2'
  found.set(settings, 'neither')
  throw untouched()
}

/** A v2 answer of a register that has executed nothing since it was switched on. */
export function untouched(): RegisterError {
  return new RegisterError(
    'refused',
    {
      ru: 'Касса отвечает кадрами v2, но после включения с ней ещё никто не работал: протокол программы кассы неизвестен',
      en: "The register answers v2 frames, and nobody has worked with it since it was switched on: the till program's framing is unknown",
    },
    {
      hint: {
        ru: 'Укажите settings.frames: v1 или v2, как в программе кассы. Если в ней v1, выключите и включите кассу: до этого она может не отвечать программе.',
        en: "Set settings.frames to v1 or v2, as in the till's program. If that uses v1, switch the register off and on: until then it may not answer the till.",
      },
    },
  )
}
