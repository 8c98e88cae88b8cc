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
  const focused = element.contains(document.activeElement) ? document.activeElement.id : ''
  const open = [...element.querySelectorAll('details[open][id]')].map(({ id }) => id)
  element.innerHTML = html
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (focused !== '') document.getElementById(focused)?.focus()
}

async function bodyOf(form, button) {
  const fields = {}
  for (const [name, value] of new FormData(form, button)) {
    const said = typeof value === 'string' ? value : await value.text()
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
  const body = await bodyOf(form, button)
  for (const each of buttons) each.disabled = true
  if (form.dataset.into !== undefined) put(form.dataset.into, 'replace', '')
  tell(form, busy, 'note')
  try {
    const answer = await fetch(form.dataset.do, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-chekpost': '1' },
      body,
    })
    const said = await answer.json()
    if (!answer.ok) tell(form, wordsOf(said.failure), 'red')
    else if (said.go !== undefined) location.assign(said.go)
    else if (form.dataset.into !== undefined) put(form.dataset.into, 'replace', said.html)
  } catch {
    tell(form, failed, 'red')
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

function keepFresh(element) {
  const source = new EventSource(element.dataset.live)
  const banner = document.getElementById('lost')
  let worry
  source.addEventListener('message', ({ data }) => {
    const { into, how, html } = JSON.parse(data)
    put(into, how, html)
  })
  source.addEventListener('open', () => {
    clearTimeout(worry)
    worry = undefined
    banner.hidden = true
  })
  source.addEventListener('error', () => {
    worry ??= setTimeout(() => {
      banner.hidden = false
    }, patienceMs)
    // A refusal ends the stream for good; a new daemon may let us in again.
    if (source.readyState === EventSource.CLOSED)
      setTimeout(() => {
        clearTimeout(worry)
        keepFresh(element)
      }, patienceMs)
  })
  addEventListener('pagehide', () => source.close())
}

for (const element of document.querySelectorAll('[data-live]')) keepFresh(element)
