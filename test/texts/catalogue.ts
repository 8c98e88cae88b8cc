/** All texts for people, one list a language in the same order, for whoever reads proofs. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textsOf } from './pairs.ts'

export type Language = 'ru' | 'en'

const heads: Readonly<Record<Language, string>> = {
  ru: '# Тексты по-русски\n\nСписок делает `npm run texts` из исходников; исправлять надо там, не здесь. `{…}`: подставляется.',
  en: '# Texts in English\n\n`npm run texts` makes this list from the sources; mend them there, not here. `{…}` is filled in.',
}

/** The sources that speak to people, in the order of their names. */
export function sourceFiles(root: string): readonly string[] {
  return ['agent', 'drivers']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => name.endsWith('.ts'))
    .sort()
}

export function catalogue(root: string, language: Language): string {
  const parts = sourceFiles(root).flatMap((file) => {
    const { pairs } = textsOf(readFileSync(join(root, file), 'utf8'))
    const lines = pairs.map((pair) => `- ${pair[language].trim().replace(/\s*\n\s*/g, ' ⏎ ')}`)
    return lines.length === 0 ? [] : [`## ${file}\n\n${lines.join('\n')}`]
  })
  return `${[heads[language], ...parts].join('\n\n')}\n`
}
