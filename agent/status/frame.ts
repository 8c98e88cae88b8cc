/** What every page has around it. */
import { type Text, text } from '../text.ts'
import { version } from '../version.ts'
import { type Content, type Html, html } from './html.ts'
import type { Page, Visit } from './visit.ts'

type Framed = Pick<Visit, 'language' | 'say'>

/** Where a page stands among the others. */
export interface Place {
  readonly menu: readonly Page[]
  /** Its path with the query. */
  readonly address: string
  /** Whose time is shown, as `zoneName` calls it. */
  readonly zone: string
}

/** A whole page for somebody who is logged in. */
export function framed(page: Page, body: Html, { menu, address, zone }: Place, visit: Framed): Html {
  const { say } = visit
  return document(
    say(page.name),
    visit,
    html`<header>
      <a class="home" href="/"><b>chekpost</b></a>
      <nav aria-label="${say(text('Разделы', 'Sections'))}">
        ${menu.map(
          ({ path, name }) =>
            html`<a href="${path}"${path === page.path ? html` aria-current="page"` : path === page.under && html` aria-current="true"`}>${say(name)}</a>`,
        )}
      </nav>
      <p class="lost" id="lost" role="alert" data-word="${say(text('Нет связи', 'No connection'))}" data-out="${say(text('Вход закончился', 'Logged out'))}" hidden>${say(lost)}</p>
    </header>
    <main id="main" tabindex="-1">${backFrom(page, menu, say)}<h1>${say(page.name)}</h1>${body}</main>
    <footer>
      ${languageSwitch(address, visit)}
      <form data-do="/do/logout" action="/logout" method="get"><button class="link">${say(text('Выйти', 'Log out'))}</button></form>
      <span>chekpost ${version()}</span>
      <span>${say(clockWords(zone))}</span>
    </footer>`,
  )
}

function backFrom({ under }: Page, menu: readonly Page[], say: Framed['say']): Content {
  const above = menu.find(({ path }) => path === under)
  return above !== undefined && html`<p class="back"><a href="${above.path}">← ${say(above.name)}</a></p>`
}

function clockWords(zone: string): Text {
  return text(
    `Время магазина: ${zone}; на чеках – по часам кассы`,
    `Time of the shop: ${zone}; on receipts by the register's clock`,
  )
}

const lost = text(
  'Служба не отвечает, страница устарела. Проверьте: systemctl status chekpost',
  'The daemon does not answer and the page is out of date. Check: systemctl status chekpost',
)

/** A page with nothing but a message: the login, an error. */
export function bare(title: string, body: Content, address: string, visit: Framed): Html {
  return document(
    title,
    visit,
    html`<header><a class="home" href="/"><b>chekpost</b></a></header>
    <main id="main" tabindex="-1"><h1>${title}</h1>${body}</main>
    <footer>${languageSwitch(address, visit)}</footer>`,
  )
}

/** Pressing buttons takes a script; reading does not. */
export function needsScript({ say }: Pick<Visit, 'say'>, command: string): Html {
  const words = text(
    'Кнопки работают с JavaScript. То же командой:',
    'The buttons need JavaScript. The same as a command:',
  )
  return html`<noscript><p class="note">${say(words)} <code>${command}</code></p></noscript>`
}

function languageSwitch(address: string, { language }: Framed): Html {
  const other = language === 'ru' ? { to: 'en', name: 'English' } : { to: 'ru', name: 'Русский' }
  const back = encodeURIComponent(address)
  return html`<a href="/lang?to=${other.to}&amp;back=${back}" lang="${other.to}" hreflang="${other.to}">${other.name}</a>`
}

function document(title: string, { language, say }: Framed, body: Html): Html {
  return html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · chekpost</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/page.css">
    <link rel="stylesheet" href="/assets/parts.css">
    <script src="/assets/page.js" defer></script>
  </head>
  <body data-failed="${say(failed)}" data-busy="${say(text('Выполняется…', 'Working…'))}">
    <a class="skip" href="#main">${say(text('К содержанию', 'To the content'))}</a>
    ${body}
  </body>
</html>
`
}

const failed = text(
  'Не получилось: служба не ответила. Повторите; если не поможет: systemctl status chekpost',
  'That failed: the daemon did not answer. Try again; if that does not help: systemctl status chekpost',
)
