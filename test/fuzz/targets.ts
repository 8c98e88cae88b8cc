/** Every target by its name. Loaded when it is asked for, so that a worker counts the branches of one alone. */
import type { Target } from './target.ts'

export const targets: Readonly<Record<string, () => Promise<Target>>> = {
  frames1: async () => (await import('./targets/frames1.ts')).frames1,
  frames2: async () => (await import('./targets/frames2.ts')).frames2,
  documents: async () => (await import('./targets/documents.ts')).documents,
  completeness: async () => (await import('./targets/completeness.ts')).completeness,
  taxjson: async () => (await import('./targets/taxjson.ts')).taxjson,
  codes: async () => (await import('./targets/codes.ts')).codes,
  hid: async () => (await import('./targets/hid.ts')).hid,
  transcripts: async () => (await import('./targets/transcripts.ts')).transcripts,
  answers: async () => (await import('./targets/answers.ts')).answers,
  imports: async () => (await import('./targets/imports.ts')).imports,
  qr: async () => (await import('./targets/qr.ts')).qr,
  config: async () => (await import('./targets/config.ts')).config,
  peers: async () => (await import('./targets/peers.ts')).peersTarget(),
  talks: async () => (await import('./targets/talks.ts')).talksTarget(),
  'planted-checksum': async () => (await import('./targets/planted.ts')).plantedChecksum,
  'planted-sum': async () => (await import('./targets/planted.ts')).plantedSum,
  'planted-hang': async () => (await import('./targets/planted.ts')).plantedHang,
  'planted-magic': async () => (await import('./targets/planted.ts')).plantedMagic,
}
