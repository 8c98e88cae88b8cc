/**
 * The compiled agent with kill points in it, written beside the original. Rewriting every module as it is loaded
 * would give the same and cost each of a thousand starts a third of a second.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Place, rewrite } from './rewrite.ts'

/** A kill point by name: `agent/follow.ts:135 before await register.newest(signal)`. */
export interface Point extends Place {
  readonly number: number
  readonly file: string
  readonly name: string
}

export interface Tree {
  /** The program with the points in it. */
  readonly program: string
  readonly points: readonly Point[]
}

/** A fault put into the product on its way here: the account must see it. */
export interface Plant {
  readonly name: string
  /** In the compiled tree. */
  readonly file: string
  readonly find: string
  readonly put: string
}

/** The commands' side, what only records, shows or explains, and the thread that checks: no intake and no delivery. */
const untouched =
  /^agent\/(?:cli|commands\/|recording\/|desk\/open|doctor\/|fiscal\/|status\/|store\/checkworker)|^drivers\/(?:shtrih\/explain|transport\/recorded)/

/** The checkout, found from the sources and from the compiled tree alike. */
function root(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'package.json'))) at = dirname(at)
  return at
}

/** Writes `dist/kill/<name>`. Needs `npm run build`. */
export function growTree(name: string, plants: readonly Plant[] = []): Tree {
  const built = join(root(), 'dist')
  const target = join(built, 'kill', name)
  const killpoint = pathToFileURL(join(built, 'test/kill/killpoint.js')).href
  rmSync(target, { recursive: true, force: true })
  for (const part of ['agent', 'drivers'])
    cpSync(join(built, part), join(target, part), {
      recursive: true,
      filter: (path) => !path.endsWith('.map'),
    })
  const points: Point[] = []
  for (const file of modulesIn(built)) {
    const source = planted(readFileSync(join(built, file), 'utf8'), file, plants)
    const { code, places } = rewrite(source, points.length, killpoint)
    if (places.length === 0 && !plants.some((plant) => plant.file === file)) continue
    writeFileSync(join(target, file), code)
    points.push(...named(places, file, points.length, mapOf(join(built, file))))
  }
  return { program: join(target, 'agent/cli.js'), points }
}

function modulesIn(built: string): string[] {
  return ['agent', 'drivers']
    .flatMap((part) =>
      readdirSync(join(built, part), { recursive: true, encoding: 'utf8' }).map((path) => join(part, path)),
    )
    .filter((file) => file.endsWith('.js') && !untouched.test(file))
    .sort()
}

function planted(source: string, file: string, plants: readonly Plant[]): string {
  return plants
    .filter((plant) => plant.file === file)
    .reduce((text, { find, put, name }) => {
      if (text.split(find).length !== 2) throw new Error(`${name}: not exactly once in ${file}: ${find}`)
      return text.replace(find, () => put)
    }, source)
}

function mapOf(path: string): SourceMap {
  return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')))
}

function named(places: readonly Place[], file: string, first: number, map: SourceMap): Point[] {
  const source = file.replace(/\.js$/, '.ts')
  const seen = new Map<string, number>()
  return places.map((place, i) => {
    const entry = map.findEntry(place.line - 1, place.column)
    const line = 'originalLine' in entry ? entry.originalLine + 1 : 0
    const name = `${source}:${line} ${place.when} ${place.words}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return { ...place, number: first + i, file: source, name: times === 1 ? name : `${name} #${times}` }
  })
}
