/** Every page, button, file and stream: one line each. */
import type { Action, Download, Page, Stream } from '../visit.ts'
import { overview, overviewStream } from './overview.ts'

export const pages: readonly Page[] = [overview]

export const actions: readonly Action[] = []

export const downloads: readonly Download[] = []

export const streams: readonly Stream[] = [overviewStream]
