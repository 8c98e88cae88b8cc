/** The demo as plain lines, where there is no terminal to draw on. */
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
  const more = () => {
    for (const { at, who, words } of story.happenings.slice(told))
      if (who === 'agent' || who === 'person')
        out.write(`${at.toTimeString().slice(0, 8)}  ${words[language]}\n`)
    told = story.happenings.length
    const numbers = numbersOf(story.scene(), language)
    if (numbers !== last) out.write(`${new Date().toTimeString().slice(0, 8)}  ${numbers}\n`)
    last = numbers
  }
  while (!signal.aborted) {
    await pause(1_000, signal).catch(() => undefined)
    more()
  }
}

function numbersOf(scene: Scene, language: DemoOptions['language']): string {
  const { closed, kept, waiting, delivered, repeats } = scene
  return language === 'ru'
    ? `закрыто ${closed} · сохранено ${kept} · в очереди ${waiting} · доставлено ${delivered} · повторов ${repeats}`
    : `closed ${closed} · kept ${kept} · queued ${waiting} · delivered ${delivered} · repeats ${repeats}`
}
