/** Debian's Chromium, driven as a person drives it; nothing is ever downloaded. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'

export const languages = ['ru', 'en'] as const
export type Language = (typeof languages)[number]
export const colourSchemes = ['light', 'dark'] as const
export type ColourScheme = (typeof colourSchemes)[number]
/** A small phone, and a window on a desk. */
export const screens = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } } as const
export type Screen = keyof typeof screens

/** How a person looks at the page. */
export interface View {
  readonly language: Language
  readonly colours: ColourScheme
  readonly screen: Screen
  /** False: the browser runs no script at all. */
  readonly scripts: boolean
}

export const usualView: View = { language: 'ru', colours: 'light', screen: 'desktop', scripts: true }

/** Both languages, by day and by night, on a desk and on a phone. */
export const views: readonly View[] = languages.flatMap((language) =>
  colourSchemes.flatMap((colours) =>
    (['desktop', 'phone'] as const).map((screen) => ({ ...usualView, language, colours, screen })),
  ),
)

export function nameOf({ language, colours, screen }: View): string {
  return `${screen}-${colours}-${language}`
}

/** One for a whole test file: starting it takes a second. Its end is the caller's duty (`await using`). */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: found('chromium'),
    // Root has no sandbox; a container's /dev/shm is too small for the pictures of a page.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  })
}

/** What a browser is told of the one who looks. */
export function contextOf({ language, colours, screen, scripts }: View): BrowserContextOptions {
  return {
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    timezoneId: 'Europe/Moscow',
    colorScheme: colours,
    viewport: screens[screen],
    isMobile: screen === 'phone',
    hasTouch: screen === 'phone',
    reducedMotion: 'reduce',
    javaScriptEnabled: scripts,
  }
}

function found(program: string): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${program} is not installed: apt-get install ${program}`)
}
