/** What is wrong, and what a vendor's tool needs: the doctor, the wire, letting go of the port, the bundle for support. */
import { z } from 'zod'
import type { DoctorReport, Examination, Finding, Step } from '../../doctor/report.ts'
import { leavingText } from '../../respite.ts'
import { type Text, text } from '../../text.ts'
import { needsScript } from '../frame.ts'
import { type Html, html } from '../html.ts'
import type { RegisterStatus } from '../snapshot.ts'
import type { Action, Download, Face, Page, Reply, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { panel } from './panel.ts'
import { reasonField, reasonOf, TypedReason } from './reason.ts'
import { whoDidPart } from './whodid.ts'

export const diagnostics: Page = {
  path: '/diagnostics',
  name: text('Диагностика', 'Diagnostics'),
  inMenu: true,
  async draw(face, visit) {
    const { say } = visit
    const { registers } = await face.desk.status({}, visit.signal)
    const wires = registers.map(
      ({ name }) => html`<a class="button" href="/wire?register=${name}">${name}</a>`,
    )
    return html`${doctorSection(registers, visit)}
      ${panel('wires', say(text('Обмен с кассой', 'Talk with the register')), html`<p>${say(wireWords)}</p><p class="row">${wires}</p>`)}
      ${panel(
        'letting-go',
        say(text('Отпустить порт', 'Let go of the port')),
        html`<p>${say(pauseWords)}</p>
        <div id="ports">${ports(registers, lookOf(face, visit))}</div>
        ${needsScript(visit, 'chekpost pause till-1 --minutes 15')}`,
      )}
      ${panel(
        'bundle',
        say(text('Файл для поддержки', 'File for support')),
        html`<p>${say(supportWords)}</p>
        <form data-file data-into="support" action="/support.zip" method="get">
          <button class="second">${say(text('Скачать', 'Download'))}</button></form>
        <div id="support"></div>`,
      )}
      <div id="acts" data-renew>${await whoDidPart(face, visit)}</div>`
  },
}

const wireWords = text(
  'Что говорят касса и chekpost прямо сейчас, с расшифровкой. Пароли и содержимое чеков закрыты точками.',
  'What register and chekpost say right now, explained. Passwords and the content of receipts are dots.',
)
const pauseWords = text(
  'Программа кассы производителя не может открыть порт, пока его держит chekpost. Отпустите порт на время: начатое дочитывается (до двух минут), потом порт свободен; чеки останутся в ФН и будут прочитаны потом.',
  "The vendor's tool cannot open the port while chekpost holds it. Let go of it for a while: what is under way is finished first (up to two minutes), then the port is free; receipts stay in the fiscal drive and are read afterwards.",
)
const supportWords = text(
  'Архив с состоянием, настройками и журналом. Секретов, паролей и данных покупателей в нём нет.',
  'An archive with state, settings and log. It holds no secrets, passwords or data of buyers.',
)

function doctorSection(registers: readonly RegisterStatus[], visit: Visit): Html {
  const { say } = visit
  const body = html`<p>${say(text('Проверяет весь путь чека по шагам и называет первое, что не так.', 'Walks the way of a receipt step by step and names the first thing that is wrong.'))}</p>
    <form data-do="/do/doctor" data-into="findings">
      ${
        registers.length > 1 &&
        html`<label>${say(text('Касса', 'Register'))}
          <select name="register"><option value="">${say(text('все', 'all'))}</option>
            ${registers.map(({ name }) => html`<option>${name}</option>`)}</select></label>`
      }
      <button>${say(text('Проверить', 'Examine'))}</button>
    </form>
    ${needsScript(visit, 'chekpost doctor')}
    <div id="findings" role="status" aria-live="polite"></div>`
  return panel('doctor', say(text('Доктор', 'Doctor')), body)
}

const DoctorForm = z.object({ register: z.string().max(64).default('') })

export const examine: Action<z.infer<typeof DoctorForm>> = {
  path: '/do/doctor',
  input: DoctorForm,
  async act(face, { register }, visit) {
    const report = await face.desk.doctor(register === '' ? {} : { register }, visit.signal)
    return { html: reportPart(report, visit) }
  },
}

const verdicts = {
  good: { sign: '✓', colour: 'green', words: text('в порядке', 'good') },
  warning: { sign: '!', colour: 'amber', words: text('обратите внимание', 'mind this') },
  bad: { sign: '✗', colour: 'red', words: text('не так', 'wrong') },
  unknown: { sign: '·', colour: 'note', words: text('не проверено', 'not looked at') },
} as const

const stepNames: Readonly<Record<Step, Text>> = {
  line: text('Линия', 'Line'),
  frames: text('Обмен', 'Frames'),
  register: text('Касса', 'Register'),
  drive: text('ФН', 'Fiscal drive'),
  documents: text('Документы', 'Documents'),
  outbox: text('Очередь', 'Outbox'),
  disk: text('Диск', 'Disk'),
  clock: text('Часы', 'Clock'),
  dns: text('DNS', 'DNS'),
  tls: text('TLS', 'TLS'),
  receiver: text('Сайт', 'Site'),
}

function reportPart({ examinations }: DoctorReport, visit: Visit): Html {
  return html`${examinations.map((one) => examination(one, visit))}`
}

function examination({ register, findings }: Examination, { say }: Visit): Html {
  const first =
    findings.find(({ verdict }) => verdict === 'bad') ?? findings.find(({ verdict }) => verdict === 'warning')
  const colour = first === undefined ? 'green' : verdicts[first.verdict].colour
  return html`<section class="panel" aria-label="${register}">
    <h3>${register}</h3>
    <div class="health ${colour}"><p>${say(first?.text ?? text('Всё в порядке', 'All is well'))}</p>
      ${first?.hint != null && html`<p class="next">→ ${say(first.hint)}</p>`}</div>
    <ol class="findings">${findings.map((finding) => findingPart(finding, say))}</ol>
  </section>`
}

function findingPart({ step, verdict, text: said, hint, hex }: Finding, say: Visit['say']): Html {
  const { sign, colour, words } = verdicts[verdict]
  return html`<li><b class="${colour}"><span aria-hidden="true">${sign}</span>
      <span class="hidden">${say(words)}</span></b>
    <b>${say(stepNames[step])}</b>: ${say(said)}
    ${hint !== null && html`<br>→ ${say(hint)}`}${hex !== null && html`<br><code>${hex}</code>`}</li>`
}

/** Each that is let go of can be taken back; of the others one is chosen. */
function ports(registers: readonly RegisterStatus[], look: Look): Html {
  const isAway = ({ pausedUntil, leaving }: RegisterStatus) => pausedUntil !== null || leaving
  const held = registers.filter((one) => !isAway(one)).map(({ name }) => name)
  return html`${registers.filter(isAway).map((one) => away(one, look))}${held.length > 0 && letGoForm(held, look)}`
}

function away({ name, pausedUntil }: RegisterStatus, { say, at }: Look): Html {
  return html`<form data-do="/do/resume" data-into="ports">
      <p>${name}: ${say(pausedUntil === null ? leavingText : text(`порт отпущен до ${at(pausedUntil)}`, `let go of until ${at(pausedUntil)}`))}</p>
      <input type="hidden" name="register" value="${name}">
      <button>${say(text('Взять обратно', 'Take it back'))}</button></form>`
}

function letGoForm(names: readonly string[], { say }: Look): Html {
  return html`<form data-do="/do/pause" data-into="ports">
    <label>${say(text('Касса', 'Register'))} <select name="register">${names.map((name) => html`<option>${name}</option>`)}</select></label>
    <label>${say(text('На сколько минут', 'For how many minutes'))}
      <input type="number" name="minutes" min="1" max="240" value="15" required></label>
    ${reasonField(text('Зачем (останется в журнале)', 'Why (kept in the audit)'), { say })}
    <button class="second">${say(text('Отпустить', 'Let go'))}</button></form>`
}

const PauseForm = z.object({
  register: z.string().max(64),
  minutes: z.coerce.number().int().min(1).max(240),
  reason: TypedReason,
})

export const letGo: Action<z.infer<typeof PauseForm>> = {
  path: '/do/pause',
  input: PauseForm,
  async act(face, { reason: typed, ...given }, visit) {
    const wanted = text('Напишите, зачем отпустить порт', 'Write why the port is let go of')
    await face.desk.pause({ ...given, reason: reasonOf(typed, wanted), who: visit.who }, visit.signal)
    return await portsNow(face, visit)
  },
}

const ResumeForm = z.object({ register: z.string().max(64) })

export const takeBack: Action<z.infer<typeof ResumeForm>> = {
  path: '/do/resume',
  input: ResumeForm,
  async act(face, { register }, visit) {
    await face.desk.resume({ register, who: visit.who }, visit.signal)
    return await portsNow(face, visit)
  },
}

async function portsNow(face: Face, visit: Visit): Promise<Reply> {
  const { registers } = await face.desk.status({}, visit.signal)
  return { html: ports(registers, lookOf(face, visit)), done: true }
}

export const supportFile: Download = {
  path: '/support.zip',
  async make(face, visit) {
    const { name, zip } = await face.desk.support({}, visit.signal)
    return { name, type: 'application/zip', bytes: Buffer.from(zip, 'base64') }
  },
}
