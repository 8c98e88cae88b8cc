/** Texts for a person, Russian and English side by side. */
import type { Text } from '../drivers/index.ts'

export type { Text }

export type Language = keyof Text

export function text(ru: string, en: string): Text {
  return { ru, en }
}
