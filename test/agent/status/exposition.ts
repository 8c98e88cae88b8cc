/** Reads Prometheus' text format, version 0.0.4, strictly: what it does not understand is a fault. */

/** One line of the exposition. */
export interface Read {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly help: string
  readonly type: string
  readonly samples: Read[]
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy

/** By family name. Throws for a line without HELP and TYPE before it, and for a sample told twice. */
export function readExposition(body: string): Map<string, Family> {
  const families = new Map<string, { help: string; type: string; samples: Read[] }>()
  const seen = new Set<string>()
  let current = ''
  for (const row of body.split('\n')) {
    const [, kind, name = '', said = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(row) ?? []
    if (kind === 'HELP') {
      if (families.has(name)) throw new Error(`twice: ${row}`)
      current = name
      families.set(name, { help: said, type: '', samples: [] })
    } else if (kind === 'TYPE') {
      const family = families.get(name)
      if (family === undefined || name !== current) throw new Error(`no HELP before: ${row}`)
      family.type = said
    } else if (row !== '') {
      if (seen.has(row.slice(0, row.lastIndexOf(' ')))) throw new Error(`twice: ${row}`)
      seen.add(row.slice(0, row.lastIndexOf(' ')))
      families.get(current)?.samples.push(readSample(row, current, families.get(current)?.type ?? ''))
    }
  }
  return families
}

function readSample(row: string, family: string, type: string): Read {
  const [, name = '', labels = '', said = ''] = line.exec(row) ?? []
  const own = type === 'histogram' || type === 'summary' ? /^(?:_bucket|_sum|_count)?$/ : /^$/
  if (!name.startsWith(family) || !own.test(name.slice(family.length))) throw new Error(`astray: ${row}`)
  const value = said === 'Nan' || said === 'NaN' ? Number.NaN : Number(said.replace('Inf', 'Infinity'))
  if (Number.isNaN(value) && !/^nan$/i.test(said)) throw new Error(`no number: ${row}`)
  return { name, labels: readLabels(labels, row), value }
}

function readLabels(labels: string, row: string): Record<string, string> {
  const read: Record<string, string> = {}
  label.lastIndex = 0
  for (let at = 0; at < labels.length; at = label.lastIndex) {
    const [, key, value] = label.exec(labels) ?? []
    if (key === undefined || value === undefined) throw new Error(`wrong labels: ${row}`)
    read[key] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return read
}
