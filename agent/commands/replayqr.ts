/** `chekpost replay --qr "t=…"`: which document a scanned receipt is, and where it is when it is not here. */
import type { Desk, InputOf, QrFinding } from '../desk/desk.ts'
import { type Text, text } from '../text.ts'
import { Failure } from '../usage.ts'
import { type Context, say } from './context.ts'

/** Rejects with `Failure` that names the next step when the receipt is not in the outbox. */
export async function selectionByQr(context: Context, desk: Desk, qr: string): Promise<InputOf<'list'>> {
  const finding = await desk.findByQr({ qr }, context.signal)
  const { storage, number } = finding.qr
  if (finding.document === null || finding.askAt !== null) throw new Failure(nextStep(finding))
  if (finding.differs.length > 0) say(context, differing(finding))
  return { storage, fromNumber: number, toNumber: number }
}

function nextStep({ qr: { storage, number }, askAt }: QrFinding): Text {
  if (askAt !== null)
    return text(
      `Чека ${number} в очереди нет, но он может быть в кассе: chekpost read --register ${askAt} --fd ${number} --keep`,
      `Receipt ${number} is not in the outbox; the register may hold it: chekpost read --register ${askAt} --fd ${number} --keep`,
    )
  return text(
    `Чека ${number} (ФН ${storage}) нет в очереди, и ни одна касса его не держит. Скачайте его в JSON и примите: chekpost outbox import файл`,
    `Receipt ${number} (drive ${storage}) is not in the outbox, and no register holds it. Download it as JSON and import it: chekpost outbox import file`,
  )
}

const parts = {
  sign: text('фискальный признак', 'fiscal sign'),
  time: text('время', 'time'),
  total: text('сумма', 'sum'),
  operation: text('вид расчёта', 'operation'),
} as const

function differing({ differs }: QrFinding): Text {
  const names = (language: 'ru' | 'en') => differs.map((part) => parts[part][language]).join(', ')
  return text(
    `Внимание: на бумаге другое: ${names('ru')}`,
    `Attention: the paper says otherwise: ${names('en')}`,
  )
}
