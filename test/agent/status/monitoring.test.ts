import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { Metrics } from '../../../agent/status/metrics.ts'
import { readExposition } from './exposition.ts'
import { factsOf, now } from './facts.ts'

const docs = new URL('../../../docs/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, docs), 'utf8')

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.record(z.string(), z.string()),
        }),
      ),
    }),
  ),
})
const rules = Rules.parse(parse(read('monitoring/alerts.yaml'))).groups.flatMap(({ rules }) => rules)

const Dashboard = z.object({
  uid: z.literal('chekpost'),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
  }),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      datasource: z.object({ uid: z.string() }).optional(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) })).default([]),
    }),
  ),
})
const dashboard = Dashboard.parse(JSON.parse(read('monitoring/grafana.json')))

/** What a running registry tells, with everything known that can be. */
async function families() {
  const audit = { at: new Date(now).toISOString(), documents: 9, gaps: { notRead: 1 }, asked: true }
  const site = { ledgerId: 'l', host: 'h', since: '', changed: null, audit }
  return readExposition((await new Metrics().metricsOf(factsOf({ site }))).body)
}

/** The names and labels that an expression asks for, without functions, words and what stands in quotes. */
function asked(expression: string): { names: string[]; labels: string[] } {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  return {
    names: [...bare.matchAll(/\b(?:chekpost|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name),
    labels: [...bare.matchAll(/([a-z_]+)(?:=~|!~|!=|=)""/g)].map(([, label = '']) => label),
  }
}

const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.templating.list.map(({ name, definition = '' }) => [name, definition] as const),
]

test('every name and label that an alert or the dashboard asks for is exported', async () => {
  const exported = await families()
  const samples = [...exported.values()].flatMap(({ samples }) => samples)
  const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)))
  const names = new Set(samples.map(({ name }) => name))
  for (const [where, expression] of expressions) {
    for (const name of asked(expression).names) expect(names.has(name), `${name} in ${where}`).toBe(true)
    for (const label of asked(expression).labels)
      expect(['job', 'instance'].includes(label) || labels.has(label), `${label} in ${where}`).toBe(true)
  }
  expect(expressions.flatMap(([, expression]) => asked(expression).names).length).toBeGreaterThan(40)
})

test('every state, outcome and kind that is asked for by its value can occur', async () => {
  const samples = [...(await families()).values()].flatMap(({ samples }) => samples)
  const own = new Set(samples.flatMap(({ labels }) => Object.entries(labels).map((pair) => pair.join('='))))
  for (const [where, expression] of expressions)
    for (const [, label, values = ''] of expression.matchAll(
      /(state|outcome|kind|colour)(?:=~|!~|!=|=)"([^"]*)"/g,
    ))
      for (const value of values.split('|'))
        expect(own.has(`${label}=${value}`), `${value} in ${where}`).toBe(true)
})

test('every exported metric stands in the table with its help and its labels, and no other does', async () => {
  const table = new Map(
    [...read('monitoring.md').matchAll(/^\| `(chekpost_\w+)` \| ([^|]*) \| (.*) \|$/gm)].map(
      ([, name = '', labels = '', help = '']) => [name, { labels: labels.split(', ').filter(Boolean), help }],
    ),
  )
  const exported = new Map(
    [...(await families())].flatMap(([name, { help, samples }]) => {
      if (!name.startsWith('chekpost_')) return []
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)))
      return [[name, { labels: [...labels], help }]]
    }),
  )
  const sorted = (map: typeof table) =>
    Object.fromEntries([...map].map(([name, { labels, help }]) => [name, { help, labels: labels.sort() }]))
  expect(sorted(table)).toEqual(sorted(exported))
})

test('every alert says in both languages what is wrong and what to do', () => {
  expect(rules.length).toBeGreaterThan(10)
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { annotations } of rules) {
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'summary_en', 'description_en'])
    expect(annotations['summary']).toMatch(/[а-я]/)
    expect(annotations['description']).toMatch(/[а-я]/)
    expect(`${annotations['summary_en']}${annotations['description_en']}`).not.toMatch(/[а-яё]/i)
  }
})

test('the commands that the alerts name exist', () => {
  const commands = readdirSync(new URL('../agent/commands/', docs)).map((file) => file.replace('.ts', ''))
  for (const { annotations } of rules)
    for (const text of Object.values(annotations))
      for (const [, command = ''] of text.matchAll(/\bchekpost (?!or )([a-z]+)/g))
        expect(commands).toContain(command)
})

test('the dashboard takes its data source from a variable, and no two panels lie on one another', () => {
  expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' })
  const uids = dashboard.panels.flatMap(({ datasource, targets }) => [
    ...(datasource === undefined ? [] : [datasource.uid]),
    ...targets.map((target) => target.datasource.uid),
  ])
  expect(new Set(uids)).toEqual(new Set([`$\{datasource}`]))
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
})
