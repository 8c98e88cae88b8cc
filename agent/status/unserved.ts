/** Why the page cannot be served, in words with the next step. */
import { findListeners, type Holder } from '../../drivers/index.ts'
import type { PageConfig } from '../config.ts'
import { codeOf } from '../store/faults.ts'
import { whyOf } from '../systemwords.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'

export async function whyUnserved(error: unknown, { host, port }: PageConfig): Promise<Text> {
  if (error instanceof UsageError)
    return text(followed(error.text.ru, byItself.ru), followed(error.text.en, byItself.en))
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return takenWords(at, port, await findListeners(host, port))
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return text(
        `у этого ПК нет адреса ${host}. Исправьте status.listen в настройках и перезапустите службу`,
        `this PC has no address ${host}. Correct status.listen in the config and restart the daemon`,
      )
    case 'EACCES':
      return text(
        `нет прав на порт ${port}. Впишите в status.listen порт от 1024 и перезапустите службу`,
        `no right to port ${port}. Write a port from 1024 on into status.listen and restart the daemon`,
      )
    default:
      return whyOf(error)
  }
}

function followed(sentence: string, next: string): string {
  return `${sentence.replace(/\.$/, '')}. ${next}`
}

const byItself = text(
  'После этого страница откроется сама за минуту.',
  'Then the page comes by itself within a minute.',
)

/** Of other users' programs the system tells the daemon nothing: then a person asks. */
function takenWords(at: string, port: number, [holder]: readonly Holder[]): Text {
  if (holder === undefined)
    return text(
      `адрес ${at} занят другой программой; какой: sudo ss -ltnp 'sport = :${port}'. Остановите её, и страница откроется сама за минуту; или впишите другой порт в status.listen и перезапустите службу`,
      `another program has ${at}; which one: sudo ss -ltnp 'sport = :${port}'. Stop it, and the page comes by itself within a minute; or write another port into status.listen and restart the daemon`,
    )
  const who = `${holder.name ?? '?'} (PID ${holder.pid})`
  return text(
    `адрес ${at} занят программой ${who}. Остановите её, и страница откроется сама за минуту; или впишите другой порт в status.listen и перезапустите службу`,
    `${at} is taken by the program ${who}. Stop it, and the page comes by itself within a minute; or write another port into status.listen and restart the daemon`,
  )
}
