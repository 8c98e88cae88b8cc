// Sends forms to the daemon and shows what it says; keeps the page fresh. Everything can be read without it.
const { failed, busy } = document.body.dataset

/** Puts HTML that the daemon has drawn into an element; whoever types there keeps his place. */
function put(into, how, html) {
  const element = document.getElementById(into)
  if (element === null) return
  if (how === 'append') {
    element.insertAdjacentHTML('beforeend', html)
    while (element.children.length > 500) element.firstElementChild.remove()
    if (element.dataset.follow !== undefined) element.scrollTop = element.scrollHeight
    return
  }
  const focused = document.activeElement
  const place = reachable(element).indexOf(focused)
  const open = [...element.querySelectorAll('details[open][id]')].map(({ id }) => id)
  element.innerHTML = html
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (place < 0) return
  const again = focused.id === '' ? reachable(element)[place] : document.getElementById(focused.id)
  again?.focus({ preventScroll: true })
}

/** What the keyboard stops at, in its order. */
function reachable(element) {
  return [...element.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
}

const pieceBytes = 512 * 1024

/** A file of a form with data-pieces goes in pieces beforehand; in its field stands how the daemon calls it. */
async function upload(path, file, went) {
  let name = ''
  for (let at = 0; at === 0 || at < file.size; at += pieceBytes) {
    const piece = await base64Of(file.slice(at, at + pieceBytes))
    const fields = { upload: name, at: `${at}`, of: `${file.size}`, piece }
    const { html } = await post(path, JSON.stringify(fields))
    name = html
    went(Math.min(100, Math.round(((at + pieceBytes) / (file.size || 1)) * 100)))
  }
  return `${name} ${file.name}`
}

function base64Of(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(blob)
  })
}

/** What the daemon said; rejects with what it refused. */
async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-chekpost': '1' },
    body,
  })
  const said = await answer.json()
  if (!answer.ok) throw new Refusal(said.failure)
  return said
}

class Refusal extends Error {
  constructor(failure) {
    super('refused')
    this.words = wordsOf(failure)
  }
}

async function bodyOf(form, button) {
  const fields = {}
  const { pieces } = form.dataset
  const went = (percent) => tell(form, `${busy} ${percent} %`, 'note')
  for (const [name, value] of new FormData(form, button)) {
    let said = value
    if (typeof value !== 'string')
      said = pieces === undefined ? await value.text() : await upload(pieces, value, went)
    if (!(name in fields)) fields[name] = said
    else fields[name] = [].concat(fields[name], said)
  }
  return JSON.stringify(fields)
}

/** The words of a refusal in the language of the page. */
function wordsOf(failure) {
  return failure?.[document.documentElement.lang] ?? failed
}

function tell(form, words, kind) {
  const place = document.getElementById(form.dataset.into ?? '') ?? form
  let line = place.querySelector(':scope > .said')
  if (line === null) {
    line = document.createElement('p')
    place.append(line)
  }
  line.className = `said ${kind}`
  line.setAttribute('role', kind === 'red' ? 'alert' : 'status')
  line.textContent = words
}

async function send(form, button) {
  const buttons = form.querySelectorAll('button')
  const { into } = form.dataset
  try {
    // Fields are read at once, before the buttons rest and the form perhaps goes: the pressed button is a field too.
    const body = bodyOf(form, button)
    // What was shown for another question goes; what the form itself stands in stays until there is an answer.
    if (into !== undefined && document.getElementById(into)?.contains(form) === false)
      put(into, 'replace', '')
    tell(form, busy, 'note')
    for (const each of buttons) each.disabled = true
    const said = await post(form.dataset.do, await body)
    if (said.go !== undefined) location.assign(said.go)
    else if (into !== undefined) put(into, 'replace', said.html)
  } catch (error) {
    tell(form, error instanceof Refusal ? error.words : failed, 'red')
  } finally {
    for (const each of buttons) each.disabled = false
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.do === undefined) return
  event.preventDefault()
  void send(form, event.submitter)
})

/** A break of a moment is no news; one that lasts is. */
const patienceMs = 4000
/** Whoever was refused comes again no sooner: to be asked costs the daemon something as well. */
const refusedMs = 30_000

/** Fresh while somebody sees it: a browser has six connections to a daemon, however many tabs. */
function keepFresh(element) {
  const banner = document.getElementById('lost')
  const silence = banner.textContent
  let source = null
  let worry
  let again
  const say = (words) => {
    if (banner.textContent !== words) banner.textContent = words
    banner.hidden = false
  }
  const calm = () => {
    clearTimeout(worry)
    worry = undefined
  }
  const rest = () => {
    source?.close()
    source = null
    calm()
    clearTimeout(again)
  }
  const open = () => {
    rest()
    if (document.hidden) return
    const mine = new EventSource(element.dataset.live)
    source = mine
    mine.addEventListener('message', ({ data }) => {
      const { into, how, html } = JSON.parse(data)
      put(into, how, html)
    })
    mine.addEventListener('open', () => {
      calm()
      banner.hidden = true
    })
    mine.addEventListener('error', () => {
      if (mine !== source) return
      // Most ends are breaks, and the browser comes again; a refusal is for good.
      if (mine.readyState !== EventSource.CLOSED) worry ??= setTimeout(() => say(silence), patienceMs)
      else again = setTimeout(() => void ask(mine), patienceMs)
    })
  }
  /** Why there is no stream: the browser does not tell what it was answered. */
  const ask = async (refused) => {
    const { status, words } = await refusalAt(element.dataset.live)
    if (refused !== source) return
    calm()
    if (status === 401) location.assign('/login')
    else if (status === 200) open()
    else {
      say(words ?? silence)
      again = setTimeout(open, words === null ? patienceMs : refusedMs)
    }
  }
  document.addEventListener('visibilitychange', open)
  addEventListener('pagehide', rest)
  addEventListener('pageshow', ({ persisted }) => persisted && open())
  if (element.dataset.follow !== undefined) element.scrollTop = element.scrollHeight
  open()
}

/** With what a stream is refused: its status and words, or null in place of words. A stream that opens is left at once. */
async function refusalAt(address) {
  const leave = new AbortController()
  try {
    const answer = await fetch(address, { signal: leave.signal })
    if (answer.ok) return { status: 200, words: null }
    const { status } = answer
    const said = await answer.json().catch(() => null)
    return { status, words: said?.failure === undefined ? null : wordsOf(said.failure) }
  } catch {
    return { status: 0, words: null }
  } finally {
    leave.abort()
  }
}

for (const element of document.querySelectorAll('[data-live]')) keepFresh(element)
