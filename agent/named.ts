/** The registers of a config, as people name them. */
import { text } from './text.ts'
import { Failure } from './usage.ts'

/** The one of that name, or all without a name. Throws `Failure` that says which there are. */
export function registersNamed<Named extends { readonly name: string }>(
  registers: readonly Named[],
  name: string | undefined,
): readonly Named[] {
  if (name === undefined) return registers
  const found = registers.filter((one) => one.name === name)
  if (found.length > 0) return found
  const all = registers.map((one) => one.name).join(', ')
  throw new Failure(
    text(
      `Кассы ${name} нет в настройках, есть: ${all}`,
      `There is no register ${name} in the config, there is: ${all}`,
    ),
  )
}

/** Throws as `registersNamed` does. */
export function registerNamed<Named extends { readonly name: string }>(
  registers: readonly Named[],
  name: string,
): Named {
  const [found] = registersNamed(registers, name)
  if (found === undefined) throw new Error('no register at all')
  return found
}
