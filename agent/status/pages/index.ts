/** Every page, button, file and stream: one line each. */
import type { Action, Download, Page, Stream } from '../visit.ts'
import { diagnostics, examine, letGo, supportFile, takeBack } from './diagnostics.ts'
import { overview, overviewStream } from './overview.ts'
import { resendActions } from './resend.ts'
import { wire, wireStream } from './wire.ts'

export const pages: readonly Page[] = [overview, diagnostics, wire]

export const actions: readonly Action[] = [...resendActions, examine, letGo, takeBack]

export const downloads: readonly Download[] = [supportFile]

export const streams: readonly Stream[] = [overviewStream, wireStream]
