/** `--set key=value`: a driver's settings for a register that is not in the config. */
import type { Driver } from '../../drivers/index.ts'
import { faultsOf, inBoth } from '../configfaults.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'

/** The driver's settings with every default. Throws `UsageError` that names what is wrong. */
export function settingsFor(driver: Driver, pairs: readonly string[]): unknown {
  const settings = driver.settings.safeParse(settingPairs(pairs), { error: inBoth })
  if (settings.success) return settings.data
  const { ru, en } = faultsOf(settings.error, null)
  throw new UsageError(text(`Неверная настройка в --set:\n${ru}`, `A wrong setting in --set:\n${en}`))
}

/** The pairs as an object: whole numbers as numbers, anything else as text. */
export function settingPairs(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      const value = pair.slice(at + 1)
      return [pair.slice(0, at), /^\d{1,9}$/.test(value) ? Number(value) : value]
    }),
  )
}
