/** The live view: the alternate screen, keys, and a picture four times a second. */
import { pause } from '../../drivers/index.ts'
import type { DemoOptions } from './options.ts'
import { drawScene } from './picture.ts'
import type { Story } from './story.ts'

const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l'
const frameMs = 250

/** Shows the story until the signal aborts, then gives the terminal back as it was. */
export async function openScreen(
  story: Story,
  options: DemoOptions,
  quit: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { stdin, stdout } = process
  const press = (key: string) => void act(story, key, quit).catch(() => undefined)
  const giveBack = () => void stdout.write(leave)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8').resume().on('data', press)
  process.on('exit', giveBack)
  stdout.write(enter)
  try {
    while (!signal.aborted) {
      await story.refresh()
      draw(story, options)
      await pause(frameMs, signal).catch(() => undefined)
    }
  } finally {
    stdin.off('data', press).pause()
    stdin.setRawMode(false)
    process.off('exit', giveBack)
    giveBack()
  }
}

function draw(story: Story, { language, colour, chaos }: DemoOptions): void {
  const { stdout } = process
  const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 }
  const rows = drawScene(story.scene(), { ...size, language, colour, chaos })
  stdout.write(`\u001b[H${rows.map((row) => `${row}\u001b[K`).join('\r\n')}\u001b[J`)
}

/** Digits, for they are the same on a Russian and an English keyboard. */
async function act(story: Story, key: string, quit: () => void): Promise<void> {
  switch (key) {
    case '1':
      return await story.togglePlug()
    case '2':
      return await story.toggleReceiver()
    case '3':
      return await story.killAgent()
    case '4':
      return await story.destroyDatabase()
    case '5':
      return await story.renewLink()
    case 'q':
    case 'Q':
    case 'й':
    case 'Й':
    case '\u001b':
    case '\u0003':
    case '\u0004':
      return quit()
    default:
  }
}
