/**
 * A browser without a screen, in the lab's guest: comes in by the link of `chekpost token` and looks around. Each line
 * that begins with "ok" is a promise that held.
 *   node visitor.mjs status PATH              the status of an open page, for /readyz and /healthz
 *   node visitor.mjs look LINK NUMBER         every promise of the page, with a receipt of this number
 *   node visitor.mjs receipt LINK NUMBER      the search alone
 */
import { request } from 'node:http'

const [order, given, number] = process.argv.slice(2)
const own = '127.0.0.1:8321'
let broken = 0

function ask(path, headers = {}) {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: 8321, path, headers: { host: own, ...headers } }, async (answer) => {
      let body = ''
      for await (const part of answer) body += part
      resolve({ status: answer.statusCode, headers: answer.headers, body })
    })
      .on('error', reject)
      .end()
  })
}

function promise(said, holds, seen) {
  if (!holds) broken++
  console.log(`${holds ? 'ok' : 'FAILED'}: ${said}${holds ? '' : `: ${JSON.stringify(seen).slice(0, 2000)}`}`)
}

/** The cookie of whoever comes by the link. */
async function comeIn(link) {
  const { pathname, search } = new URL(link)
  const answer = await ask(pathname + search)
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  return { path: pathname + search, answer, cookie, jar: { cookie: cookie.split(';')[0] } }
}

async function findReceipt(jar) {
  const list = await ask(`/receipts?number=${number}`, jar)
  const found = [...list.body.matchAll(/href="(\/receipt\?[^"]*)"/g)].map(([, href]) =>
    href.replaceAll('&amp;', '&'),
  )
  const link = found.find((href) => href.endsWith(`fd=${number}`))
  promise(`the receipt ${number} is found`, list.status === 200 && link !== undefined, list)
  if (link === undefined) return
  const receipt = await ask(link, jar)
  promise('and shown', receipt.status === 200 && receipt.body.includes(number), receipt)
}

async function look() {
  const before = await ask('/')
  promise(
    'without the link nobody sees anything',
    !before.body.includes('till-1') && before.status !== 200,
    before,
  )
  const { path, answer, cookie, jar } = await comeIn(given)
  promise(
    'the link of chekpost token lets in',
    answer.status === 200 && cookie.startsWith('chekpost-8321='),
    answer,
  )
  promise(
    'its cookie is for the page alone',
    /HttpOnly/i.test(cookie) && /SameSite=Strict/i.test(cookie),
    cookie,
  )
  const again = await ask(path)
  promise('it serves once', again.status === 403, again)
  const overview = await ask('/', jar)
  promise(
    'the overview names the register',
    overview.status === 200 && overview.body.includes('till-1'),
    overview,
  )
  await findReceipt(jar)
  const foreign = await ask('/', { ...jar, host: 'evil.example' })
  promise('by a foreign name it is not opened, cookie or not', foreign.status === 421, foreign)
  const stranger = await ask('/status')
  promise('/status wants the login', stranger.status === 401, stranger)
  const inside = await ask('/status', jar)
  promise('and tells who has it', inside.status === 200 && 'health' in JSON.parse(inside.body), inside)
  const metrics = await ask('/metrics')
  const connected = /^chekpost_register_connected\{.*\} 1$/m.test(metrics.body)
  promise('/metrics says that the register is connected', metrics.status === 200 && connected, metrics)
  const alive = await ask('/healthz')
  promise('/healthz answers', alive.status === 200, alive)
  const bundle = await ask('/diagnostics', jar)
  promise('the diagnostics open', bundle.status === 200, bundle)
}

if (order === 'status') console.log((await ask(given)).status)
else if (order === 'look') await look()
else await findReceipt((await comeIn(given)).jar)
process.exit(broken === 0 ? 0 : 1)
