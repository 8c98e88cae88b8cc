/** Whether the site's name (or the proxy's) is found, by whom, and how long that takes. */
import { promises as dns, getServers } from 'node:dns'
import { isIP } from 'node:net'
import { withDeadline } from '../../drivers/index.ts'
import { codeOf } from '../store/faults.ts'
import { text } from '../text.ts'
import { bad, good, warning } from './finding.ts'
import type { Finding } from './report.ts'
import type { WayThere } from './site.ts'

const limitMs = 10_000
const slowMs = 2_000

export async function examineName({ url, proxy }: WayThere, signal: AbortSignal): Promise<Finding> {
  const host = bare((proxy ?? url).hostname)
  const of = proxy === null ? host : `proxy ${host}`
  if (isIP(host) !== 0) return good('dns', text(`${of}: имя не нужно`, `${of}: no name is needed`))
  const servers = getServers().join(', ') || '?'
  const from = performance.now()
  try {
    const found = await withDeadline(limitMs, signal, (limited) => lookUp(host, limited))
    const ms = Math.round(performance.now() - from)
    const said = text(
      `${of} → ${found.join(', ')} за ${ms} мс (DNS ${servers})`,
      `${of} → ${found.join(', ')} in ${ms} ms (DNS ${servers})`,
    )
    if (ms <= slowMs) return good('dns', said)
    return warning('dns', said, {
      hint: text(
        'Сервер имён отвечает медленно: укажите другой DNS.',
        'The name server is slow: set another DNS.',
      ),
    })
  } catch (error) {
    signal.throwIfAborted()
    const code = codeOf(error) ?? 'ETIMEDOUT'
    return bad(
      'dns',
      text(
        `имя ${of} не найдено (${code}, DNS ${servers})`,
        `the name ${of} is not found (${code}, DNS ${servers})`,
      ),
      {
        hint:
          code === 'ENOTFOUND'
            ? text(
                'Проверьте имя сайта в bitrix.url; если верно, проверьте DNS этого ПК: resolvectl query имя',
                "Check the site's name in bitrix.url; if it is right, check this PC's DNS: resolvectl query NAME",
              )
            : text(
                'Сервер имён не отвечает: проверьте интернет магазина и DNS этого ПК (resolvectl status).',
                "The name server does not answer: check the shop's internet and this PC's DNS (resolvectl status).",
              ),
      },
    )
  }
}

/** The system's own look-up cannot be taken back; whoever waits for it may give up. */
function lookUp(host: string, signal: AbortSignal): Promise<string[]> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    dns
      .lookup(host, { all: true })
      .then((found) => resolve(found.map(({ address }) => address)))
      .catch(reject)
  })
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
