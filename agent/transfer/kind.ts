/** What a file is by its first bytes: a person picks the picture of a receipt as easily as its JSON. */
import { type Text, text } from '../text.ts'

/** So many bytes of the beginning tell. */
export const tellingBytes = 512

/** Words for a file that cannot be an import at all; null for what may be one. */
export function foreignKind(head: Uint8Array): Text | null {
  if (head.length === 0) return empty
  const latin = Buffer.from(head.subarray(0, tellingBytes)).toString('latin1')
  const found = signatures.find(([begins]) => latin.startsWith(begins))
  if (found !== undefined) return found[1]
  if (isWide(head)) return wide
  if (/^\W*<(!doctype|html|head|body)/i.test(latin)) return isHtml
  return /^\W*<\?xml/i.test(latin) ? isXml : null
}

const empty = text('Файл пуст. Скачайте его ещё раз', 'The file is empty. Download it again')
const picture = text(
  'Это картинка, чек в ней не прочитать. Нужен файл JSON; QR с чека сканируется на странице «Отправить вручную»',
  'This is a picture; no receipt can be read from it. A JSON file is wanted; the QR of a receipt is scanned on the page "Send by hand"',
)
const pdf = text(
  'Это PDF. Скачайте те же чеки в формате JSON',
  'This is a PDF. Download the same receipts as JSON',
)
const table = text(
  'Это таблица или архив (XLSX, DOCX, ZIP). Распакуйте его или скачайте те же чеки в формате JSON',
  'This is a spreadsheet or an archive (XLSX, DOCX, ZIP). Unpack it, or download the same receipts as JSON',
)
const isHtml = text(
  'Это веб-страница (HTML), а не чеки: возможно, вместо файла скачалась страница входа. Нужен файл JSON',
  'This is a web page (HTML) and no receipts: perhaps a login page came instead of the file. A JSON file is wanted',
)
const isXml = text(
  'Это XML. Скачайте те же чеки в формате JSON',
  'This is XML. Download the same receipts as JSON',
)
const database = text(
  'Это база SQLite, а не выгрузка. Выгрузите: chekpost outbox export > файл',
  'This is an SQLite database and no export. Export it: chekpost outbox export > file',
)
const wide = text(
  'Файл в кодировке UTF-16. Сохраните его в UTF-8 и выберите снова',
  'The file is in UTF-16. Save it as UTF-8 and choose it again',
)

/** Bytes that do not occur in UTF-8 text of this file. */
export const notUtf8: Text = text(
  'Файл не в UTF-8, похоже на Windows-1251. Сохраните его в UTF-8 и выберите снова',
  'The file is not in UTF-8, perhaps in Windows-1251. Save it as UTF-8 and choose it again',
)

const signatures: readonly (readonly [begins: string, words: Text])[] = [
  ['\u0089PNG', picture],
  ['\u00ff\u00d8\u00ff', picture],
  ['GIF8', picture],
  ['BM', picture],
  ['RIFF', picture],
  ['%PDF', pdf],
  ['PK', table],
  ['\u00d0\u00cf\u0011\u00e0', table],
  ['\u001f\u008b', table],
  ['Rar!', table],
  ['7z\u00bc\u00af', table],
  ['SQLite format 3', database],
]

/** By its mark, or by the zeros that every second byte of it is. */
function isWide(head: Uint8Array): boolean {
  const [first, second] = head
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  const zeros = head.filter((byte) => byte === 0).length
  return head.length >= 4 && zeros >= head.length / 4 && [0, 1].some((odd) => head[odd] === 0)
}
