/** A scene as the rows of a terminal. Pure. */
import type { Language } from '../../agent/text.ts'
import type { Happening, Scene, Ware, Who } from './story.ts'

export interface Canvas {
  readonly columns: number
  readonly rows: number
  readonly language: Language
  readonly colour: boolean
  readonly chaos: boolean
}

type Ink = 'plain' | 'dim' | 'bold' | 'green' | 'amber' | 'red' | 'cyan' | 'magenta'

const inks: Readonly<Record<Ink, string>> = {
  plain: '0',
  dim: '2',
  bold: '1',
  green: '32',
  amber: '33',
  red: '31;1',
  cyan: '36',
  magenta: '35',
}

/** Text of one ink; its width counts, its colour does not. */
interface Span {
  readonly words: string
  readonly ink: Ink
}

type Row = readonly Span[]

const span = (words: string, ink: Ink = 'plain'): Span => ({ words, ink })

/** Exactly as many rows as fit, none wider than the canvas. */
export function drawScene(scene: Scene, canvas: Canvas): string[] {
  const width = Math.min(canvas.columns, 120)
  const t = words[canvas.language]
  const head = [
    ...heading(scene, canvas, width),
    ...stations(scene, canvas, width),
    ...verdict(scene, canvas),
  ]
  const foot = [rule(width), keys(scene, canvas)]
  const room = Math.max(3, canvas.rows - head.length - foot.length)
  const left = Math.min(40, Math.floor(width * 0.44))
  const stock = [
    [span(t.stock, 'dim')],
    ...scene.wares.slice(0, room - 1).map((ware) => wareRow(ware, left - 2, canvas.language)),
  ]
  const events = [
    [span(t.events, 'dim')],
    ...scene.happenings
      .slice(-(room - 1))
      .reverse()
      .map((each) => eventRow(each, canvas)),
  ]
  const body = Array.from({ length: room }, (_, n) => [
    ...sized([span(' '), ...(stock[n] ?? [])], left),
    span('│ ', 'dim'),
    ...(events[n] ?? []),
  ])
  return [...head, ...body, ...foot]
    .slice(0, canvas.rows)
    .map((row) => paint(sized(row, width), canvas.colour))
}

function heading(scene: Scene, { language, chaos }: Canvas, width: number): Row[] {
  const t = words[language]
  const time = `${String(Math.floor(scene.seconds / 60)).padStart(2, '0')}:${String(scene.seconds % 60).padStart(2, '0')}`
  const right = `${chaos ? `${t.chaos}  ` : ''}${time} `
  const left = ` ${t.title}`
  return [
    [
      span(left, 'bold'),
      span(' '.repeat(Math.max(1, width - left.length - right.length))),
      span(right, chaos ? 'amber' : 'dim'),
    ],
    rule(width),
  ]
}

/** Register → agent → site, each with its state and its two numbers. */
function stations(scene: Scene, { language }: Canvas, width: number): Row[] {
  const t = words[language]
  const column = Math.floor((width - 10) / 3)
  const arrow = (whole: boolean) => (whole ? span(' ──▶ ', 'dim') : span(' ─╳  ', 'red'))
  const columns = [
    registerStation(scene, language),
    agentStation(scene, language),
    siteStation(scene, language),
  ]
  const between = [arrow(scene.plugged && scene.agent), arrow(scene.open && scene.agent)]
  const rows = [0, 1, 2, 3].map(
    (line): Row => [
      span(' '),
      ...columns.flatMap((station, n) => [
        ...sized(station[line] ?? [], column),
        ...(n === 2 ? [] : [line === 1 ? (between[n] ?? span('')) : span('     ')]),
      ]),
    ],
  )
  const tip = scene.tip === null ? [] : [[span(` ▶ ${scene.tip[language]}`, 'amber')]]
  return [...rows, [span(` ${t.line}: ${scene.line}`, 'dim')], ...page(scene, language, width), ...tip]
}

/** A link that is cut opens nothing, so a window too narrow says so. */
function page({ link }: Scene, language: Language, width: number): Row[] {
  const t = words[language]
  if (link === null) return []
  const fits = link.length + 1 <= width
  return [[span(` ${fits ? t.page : t.pageTooWide}`, 'dim')], ...(fits ? [[span(` ${link}`, 'cyan')]] : [])]
}

function registerStation(scene: Scene, language: Language): Row[] {
  const t = words[language]
  return [
    [span(t.register, 'bold')],
    [scene.plugged ? span(`● ${t.plugged}`, 'green') : span(`■ ${t.unplugged}`, 'red')],
    number(t.closed, scene.closed),
    number(t.newest, scene.newest),
  ]
}

function agentStation(scene: Scene, language: Language): Row[] {
  const t = words[language]
  const { health } = scene
  const state =
    !scene.agent || health === null
      ? span(scene.agent ? `▲ ${t.starting}` : `■ ${t.killed}`, scene.agent ? 'amber' : 'red')
      : span(
          `${{ green: '●', amber: '▲', red: '■' }[health.colour]} ${t.health[health.colour]}`,
          health.colour,
        )
  return [
    [span(scene.deaths > 0 ? `${t.agent} (${t.restarts} ${scene.deaths})` : t.agent, 'bold')],
    [state],
    number(t.kept, scene.kept),
    number(t.queue, scene.waiting, scene.waiting > 5 ? 'amber' : 'plain'),
  ]
}

function siteStation(scene: Scene, language: Language): Row[] {
  const t = words[language]
  return [
    [span(t.site, 'bold')],
    [scene.open ? span(`● ${t.open}`, 'green') : span(`■ ${t.shut}`, 'red')],
    number(t.delivered, scene.delivered, scene.delivered === scene.closed ? 'green' : 'plain'),
    number(t.repeats, scene.repeats),
  ]
}

function number(label: string, value: number, ink: Ink = 'plain'): Row {
  return [span(`${label} `.padEnd(13), 'dim'), span(String(value).padStart(6), ink)]
}

/** What the agent says of itself, and the faults that must stay at zero. */
function verdict(scene: Scene, { language, columns }: Canvas): Row[] {
  const t = words[language]
  const faults: readonly (readonly [string, number])[] = [
    [t.twice, scene.twice],
    [t.forbidden, scene.forbidden],
    [t.undrained, scene.undrained],
  ]
  const health = scene.health
  return [
    rule(Math.min(columns, 120)),
    [
      span(` ${t.says}: `, 'dim'),
      span(health === null ? '…' : health.text[language], health?.colour ?? 'dim'),
    ],
    [
      span(' '),
      ...faults.flatMap(([label, count], n) => [
        ...(n === 0 ? [] : [span(' · ', 'dim')]),
        span(`${label} `, 'dim'),
        span(String(count), count === 0 ? 'green' : 'red'),
      ]),
    ],
    rule(Math.min(columns, 120)),
  ]
}

function wareRow({ name, left }: Ware, width: number, language: Language): Row {
  const amount = language === 'ru' ? decimal(left).replace('.', ',') : decimal(left)
  const room = width - amount.length - 2
  return [span(clip(name, room).padEnd(room)), span(' '), span(amount, left < 0n ? 'red' : 'cyan')]
}

const whose: Readonly<Record<Who, Ink>> = {
  register: 'plain',
  agent: 'magenta',
  site: 'green',
  person: 'amber',
}

function eventRow({ at, who, words: said }: Happening, { language }: Canvas): Row {
  return [
    span(`${at.toTimeString().slice(0, 8)} `, 'dim'),
    span(`${words[language].who[who]} `, 'dim'),
    span(said[language], whose[who]),
  ]
}

function keys(scene: Scene, { language }: Canvas): Row {
  const t = words[language]
  if (scene.ending) return [span(` ${t.ending}`, 'amber')]
  const all: readonly (readonly [string, string])[] = [
    ['1', scene.plugged ? t.doUnplug : t.doPlug],
    ['2', scene.open ? t.doShut : t.doOpen],
    ['3', t.doKill],
    ['4', t.doDestroy],
    ['Q', t.doQuit],
  ]
  return all.flatMap(([key, does]) => [span(` ${key}`, 'bold'), span(` ${does} `, 'dim')])
}

/** Exact; without noughts at the end. */
function decimal(millionths: bigint): string {
  const sign = millionths < 0n ? '-' : ''
  const digits = String(millionths < 0n ? -millionths : millionths).padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0+$/, '')
  return `${sign}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`
}

function rule(width: number): Row {
  return [span('─'.repeat(width), 'dim')]
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}

/** Cut or filled up to this very width. */
function sized(row: Row, width: number): Row {
  const out: Span[] = []
  let rest = width
  for (const { words: said, ink } of row) {
    if (rest === 0) break
    const part = clip(said, rest)
    out.push({ words: part, ink })
    rest -= part.length
  }
  return rest === 0 ? out : [...out, span(' '.repeat(rest))]
}

function paint(row: Row, colour: boolean): string {
  const plain = row.map(({ words: said }) => said).join('')
  if (!colour) return plain.trimEnd()
  return row
    .map(({ words: said, ink }) => (ink === 'plain' ? said : `\u001b[${inks[ink]}m${said}\u001b[0m`))
    .join('')
}

const words = {
  ru: {
    title: 'чекпост: из кассы на сайт, каждый чек ровно один раз',
    chaos: 'ХАОС',
    register: 'КАССА',
    plugged: 'на связи',
    unplugged: 'кабель выдернут',
    closed: 'чеков закрыто',
    newest: 'последний ФД',
    agent: 'АГЕНТ',
    restarts: 'перезапусков',
    killed: 'убит',
    starting: 'запускается',
    kept: 'сохранено',
    queue: 'в очереди',
    site: 'САЙТ',
    open: 'принимает',
    shut: 'остановлен',
    delivered: 'проведено',
    repeats: 'повторов',
    line: 'линия',
    page: 'страница состояния, ссылка на один вход (5 – новая):',
    pageTooWide: 'страница состояния: расширьте окно, чтобы ссылка поместилась',
    says: 'агент говорит',
    twice: 'проведено дважды',
    forbidden: 'запрещённых команд',
    undrained: 'недочитано',
    stock: 'ОСТАТКИ НА САЙТЕ',
    events: 'СОБЫТИЯ',
    health: { green: 'работает', amber: 'ждёт', red: 'нужен человек' },
    who: { register: 'касса', agent: 'агент', site: 'сайт ', person: '  >>>' },
    doUnplug: 'вынуть кабель',
    doPlug: 'вернуть кабель',
    doShut: 'остановить сайт',
    doOpen: 'включить сайт',
    doKill: 'убить агента',
    doDestroy: 'испортить базу',
    doQuit: 'выход',
    ending: 'касса закрыта, дожидаемся последних чеков… (ещё раз Q – выйти сразу)',
  },
  en: {
    title: 'chekpost: from the register to the site, every receipt exactly once',
    chaos: 'CHAOS',
    register: 'REGISTER',
    plugged: 'connected',
    unplugged: 'unplugged',
    closed: 'closed',
    newest: 'last FD',
    agent: 'AGENT',
    restarts: 'restarts',
    killed: 'killed',
    starting: 'starting',
    kept: 'kept',
    queue: 'queued',
    site: 'SITE',
    open: 'accepts',
    shut: 'stopped',
    delivered: 'booked',
    repeats: 'repeats',
    line: 'line',
    page: 'status page, the link serves once (5: a new one):',
    pageTooWide: 'status page: widen the window so that the link fits',
    says: 'the agent says',
    twice: 'booked twice',
    forbidden: 'forbidden commands',
    undrained: 'undrained',
    stock: 'STOCK OF THE SITE',
    events: 'EVENTS',
    health: { green: 'works', amber: 'waits', red: 'needs a person' },
    who: { register: 'till ', agent: 'agent', site: 'site ', person: '  >>>' },
    doUnplug: 'pull cable',
    doPlug: 'plug cable',
    doShut: 'stop site',
    doOpen: 'start site',
    doKill: 'kill agent',
    doDestroy: 'corrupt database',
    doQuit: 'quit',
    ending: 'the till is closed, the last receipts are on their way… (Q again: leave now)',
  },
} as const
