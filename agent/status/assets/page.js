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

/** A file goes in pieces beforehand, to where data-pieces of its form says; in its field stands how the daemon calls it. */
async function upload(path, file, went) {
  let name = ''
  for (let at = 0; at === 0 || at < file.size; at += pieceBytes) {
    const piece = await base64Of(file.slice(at, at + pieceBytes))
    const fields = { upload: name, at: `${at}`, of: `${file.size}`, piece }
    const { html } = await post(path, JSON.stringify(fields)).catch((error) => {
      // Of several files one must be told from the others.
      if (error.words !== undefined) error.words = `${file.name}: ${error.words}`
      throw error
    })
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

/** Our own header says that it is this script who asks; rejects with what the daemon refused. */
async function ask(path, request) {
  const answer = await fetch(path, { ...request, headers: { ...request.headers, 'x-chekpost': '1' } })
  if (answer.ok) return answer
  const said = await answer.json().catch(() => null)
  throw new Refusal(answer.status, said?.failure)
}

/** What the daemon said. */
async function post(path, body) {
  const headers = { 'content-type': 'application/json' }
  return await (await ask(path, { method: 'POST', headers, body })).json()
}

/** Keeps a file that takes its time to be made as the browser keeps any other. */
async function keepFile(path) {
  const answer = await ask(path, {})
  const [, name = ''] = /filename="([^"]*)"/.exec(answer.headers.get('content-disposition') ?? '') ?? []
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = name
  link.click()
  // A browser may begin to read it a little later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return { html: '' }
}

class Refusal extends Error {
  constructor(status, failure) {
    super('refused')
    this.status = status
    /** In the language of the page. */
    this.words = failure?.[document.documentElement.lang]
  }
}

async function bodyOf(form, button) {
  const fields = {}
  const went = (percent) => tell(form, `${busy} ${percent} %`, 'note')
  for (const [name, value] of new FormData(form, button)) {
    const said = typeof value === 'string' ? value : await upload(form.dataset.pieces, value, went)
    if (!(name in fields)) fields[name] = said
    else fields[name] = [].concat(fields[name], said)
  }
  return JSON.stringify(fields)
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

/** What the form asks for. Its fields are read at once; the pressed button is a field too. */
async function answerOf(form, button) {
  const { do: path } = form.dataset
  return path === undefined ? await keepFile(form.action) : await post(path, await bodyOf(form, button))
}

async function send(form, button) {
  const { into } = form.dataset
  // Whatever else would answer in the same place rests as well.
  const others = into === undefined ? [] : document.querySelectorAll(`form[data-into="${into}"] button`)
  const buttons = [...form.querySelectorAll('button'), ...others]
  try {
    const work = answerOf(form, button)
    // What was shown for another question goes; what the form itself stands in stays until there is an answer.
    if (into !== undefined && document.getElementById(into)?.contains(form) === false)
      put(into, 'replace', '')
    tell(form, busy, 'note')
    for (const each of buttons) each.disabled = true
    await show(await work, into)
  } catch (error) {
    tell(form, error.words ?? failed, 'red')
  } finally {
    for (const each of buttons) each.disabled = false
  }
}

async function show({ go, html, done }, into) {
  if (go !== undefined) return location.assign(go)
  const top = done ? document.getElementById('done') : null
  if (into !== undefined) put(into, 'replace', top === null ? html : '')
  if (top !== null) {
    put(top.id, 'replace', html)
    // It may stand far from the button, and that goes.
    top.focus()
  }
  if (done) await renew().catch(() => undefined) // It was done all the same, and says so.
}

/** The page as it would be drawn now. */
async function drawnNow() {
  const answer = await ask(location.href, {})
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

/** Draws the marked parts of the page anew. */
async function renew() {
  const parts = document.querySelectorAll('[data-renew]')
  if (parts.length === 0) return
  const page = await drawnNow()
  for (const { id } of parts) {
    const drawn = page.getElementById(id)
    if (drawn !== null) put(id, 'replace', drawn.innerHTML)
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.do === undefined && form.dataset.file === undefined) return
  event.preventDefault()
  void send(form, event.submitter)
})

/** A break of a moment is no news; one that lasts is. */
const patienceMs = 4000
/** Whoever was refused, or is not looked at, asks no sooner again: to be asked costs the daemon something as well. */
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
  /** A tab that nobody sees holds no connection; it looks now and then, for what it says in the row of tabs. */
  const peek = async () => {
    let isOut = false
    try {
      const health = (await drawnNow()).getElementById('health')
      if (!document.hidden) return
      if (health === null) return say(silence)
      put('health', 'replace', health.innerHTML)
      banner.hidden = true
    } catch (error) {
      if (!document.hidden) return
      // Whoever looks at it next is led to the login.
      isOut = error.status === 401
      if (isOut) banner.dataset.word = banner.dataset.out
      say(error.words ?? silence)
    } finally {
      if (document.hidden && !isOut) again = setTimeout(peek, refusedMs)
    }
  }
  const open = () => {
    rest()
    if (document.hidden) {
      if (document.getElementById('health') !== null) again = setTimeout(peek, refusedMs)
      return
    }
    const mine = new EventSource(element.dataset.live)
    source = mine
    mine.addEventListener('message', ({ data }) => {
      const { into, how, html, stale } = JSON.parse(data)
      if (stale !== undefined) return say(stale)
      banner.hidden = true
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
      else again = setTimeout(() => void askWhy(mine), patienceMs)
    })
  }
  /** Why there is no stream: the browser does not tell what it was answered. */
  const askWhy = async (refused) => {
    const { status, words } = await refusalAt(element.dataset.live)
    if (refused !== source) return
    calm()
    if (status === 401) location.assign('/login')
    else if (status === 200) open()
    else {
      say(words ?? silence)
      again = setTimeout(open, words === undefined ? patienceMs : refusedMs)
    }
  }
  document.addEventListener('visibilitychange', open)
  addEventListener('pagehide', rest)
  addEventListener('pageshow', ({ persisted }) => persisted && open())
  if (element.dataset.follow !== undefined) element.scrollTop = element.scrollHeight
  open()
}

/** With what a stream is refused: its status and words, as far as there are any. One that opens is left at once. */
async function refusalAt(address) {
  const leave = new AbortController()
  try {
    return await ask(address, { signal: leave.signal })
  } catch (error) {
    return error
  } finally {
    leave.abort()
  }
}

/** What the row of tabs says: behind the name of the page the state in a word, and its colour and shape as a picture. */
function keepTab(health) {
  const banner = document.getElementById('lost')
  const icon = document.querySelector('link[rel="icon"]')
  const named = document.title
  const tell = () => {
    const part = health.querySelector('.health')
    const colour = ['green', 'amber', 'red'].find((one) => part?.classList.contains(one))
    const word = part?.querySelector('.hidden')?.textContent.replace(/:\s*$/, '')
    const [state, said] = banner.hidden ? [colour, word] : ['lost', banner.dataset.word]
    if (state === undefined || said === undefined) return
    icon.href = `/assets/icon-${state}.svg`
    document.title = named.replace(' · ', `: ${said.toLowerCase()} · `)
  }
  const watch = new MutationObserver(tell)
  watch.observe(health, { childList: true })
  watch.observe(banner, { attributeFilter: ['hidden', 'data-word'] })
  tell()
}

for (const element of document.querySelectorAll('[data-live]')) keepFresh(element)
for (const health of document.querySelectorAll('#health')) keepTab(health)
