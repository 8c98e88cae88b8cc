/** Every page, button, file and stream: one line each. */
import type { Action, Download, Page, Stream } from '../visit.ts'
import { diagnostics, examine, letGo, supportFile, takeBack } from './diagnostics.ts'
import { importActions, importing } from './import.ts'
import { overview, overviewStream } from './overview.ts'
import { parked } from './parked.ts'
import { receipt } from './receipt.ts'
import { receipts } from './receipts.ts'
import { replay } from './replay.ts'
import { rereadActions, rereadStream } from './replayreread.ts'
import { resendActions } from './resend.ts'
import { wire, wireStream } from './wire.ts'

export const pages: readonly Page[] = [
  overview,
  receipts,
  receipt,
  parked,
  replay,
  importing,
  diagnostics,
  wire,
]

export const actions: readonly Action[] = [
  ...resendActions,
  ...rereadActions,
  ...importActions,
  examine,
  letGo,
  takeBack,
]

export const downloads: readonly Download[] = [supportFile]

export const streams: readonly Stream[] = [overviewStream, wireStream, rereadStream]
