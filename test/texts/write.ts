/** `npm run texts`: writes docs/texts/ru.md and docs/texts/en.md anew. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { catalogue } from './catalogue.ts'

mkdirSync('docs/texts', { recursive: true })
for (const language of ['ru', 'en'] as const)
  writeFileSync(`docs/texts/${language}.md`, catalogue(process.cwd(), language))
