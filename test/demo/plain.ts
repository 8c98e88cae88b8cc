/** The demo as plain lines, where there is no terminal to draw on. */
import { type Text, text } from '../../agent/text.ts'
import { pause } from '../../drivers/index.ts'
import type { DemoOptions } from './options.ts'
import type { Scene, Story } from './story.ts'

/** A line a second with the numbers, and one for each thing that happened but the receipts themselves. */
export async function narrate(
  story: Story,
  out: NodeJS.WritableStream,
  { language }: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  let told = 0
  let last = ''
  let link: string | null = null
  let tip: Text | null = null
  const more = () => {
    for (const { at, who, words } of story.happenings.slice(told))
      if (who === 'agent' || who === 'person')
        out.write(`${at.toTimeString().slice(0, 8)}  ${words[language]}\n`)
    told = story.happenings.length
    const scene = story.scene()
    if (scene.link !== link && scene.link !== null) out.write(`${pageWords[language]} ${scene.link}\n`)
    link = scene.link
    if (scene.tip !== tip && scene.tip !== null) out.write(`▶ ${scene.tip[language]}\n`)
    tip = scene.tip
    const numbers = numbersOf(scene, language)
    if (numbers !== last) out.write(`${new Date().toTimeString().slice(0, 8)}  ${numbers}\n`)
    last = numbers
  }
  while (!signal.aborted) {
    await pause(1_000, signal).catch(() => undefined)
    await story.refresh()
    more()
  }
}

const pageWords = text('Страница состояния (ссылка на один вход):', 'Status page (the link serves once):')

function numbersOf(scene: Scene, language: DemoOptions['language']): string {
  const { closed, kept, waiting, delivered, repeats } = scene
  return language === 'ru'
    ? `закрыто ${closed} · сохранено ${kept} · в очереди ${waiting} · доставлено ${delivered} · повторов ${repeats}`
    : `closed ${closed} · kept ${kept} · queued ${waiting} · delivered ${delivered} · repeats ${repeats}`
}
