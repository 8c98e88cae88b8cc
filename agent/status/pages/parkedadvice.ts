/** What a person does about a parked receipt, by the kind of its reason (docs/operations.md). */
import { type Text, text } from '../../text.ts'

/** The kinds of reasons for which something different is to be done. */
export type ParkedKind =
  | 'malformed'
  | 'tooBig'
  | 'contradicts'
  | 'firewall'
  | 'oldAfterLoss'
  | 'manyAfterLoss'
  | 'shortRecord'
  | 'unreadable'
  | 'other'

/** The first that fits counts. */
const kinds: readonly (readonly [pattern: RegExp, kind: ParkedKind])[] = [
  [/; a test passed, so it is about this document$/, 'firewall'],
  [/^not in Bitrix after a loss, and older/, 'oldAfterLoss'],
  [/^not in Bitrix after a loss, as are/, 'manyAfterLoss'],
  [/^rejected: only the short record was read/, 'shortRecord'],
  [/^rejected: /, 'unreadable'],
  [/^400: /, 'malformed'],
  [/^413: /, 'tooBig'],
  [/^422: /, 'contradicts'],
]

/** Of the reason that stands in the outbox. */
export function kindOfReason(why: string): ParkedKind {
  return kinds.find(([pattern]) => pattern.test(why))?.[1] ?? 'other'
}

/** What to do, step by step; then it is sent again. */
export const advice: Readonly<Record<ParkedKind, Text>> = {
  malformed: text(
    'Приёмник на сайте и chekpost разных версий или приёмник чужой. Обновите оба и отправьте ещё раз. Не помогло: файл для поддержки на странице «Диагностика».',
    'The receiver and chekpost are of different versions, or the receiver is not ours. Update both and send again. No help: the file for support on the page "Diagnostics".',
  ),
  tooBig: text(
    'Сервер сайта не берёт такой большой запрос. Поднимите на нём client_max_body_size и post_max_size до 1 МБ и отправьте ещё раз.',
    "The site's server takes no request of this size. Raise its client_max_body_size and post_max_size to 1 MB and send again.",
  ),
  contradicts: text(
    'Прочитайте ответ сайта. Если на сайте под этим номером уже есть чек с другими данными, он не от этой кассы: отмените его на сайте и смените секрет (chekpost secret rotate). Потом отправьте ещё раз.',
    "Read the site's answer. If the site has a receipt of this number with other facts, that one is not from this register: cancel it on the site and change the secret (chekpost secret rotate). Then send again.",
  ),
  firewall: text(
    'Фильтр хостинга не пропускает именно этот чек, обычно из-за слова в названии товара. Попросите хостинг не проверять запросы на адрес приёмника и отправьте ещё раз.',
    'A filter of the hosting stops this very receipt, usually for a word in the name of goods. Ask the hosting not to filter requests to the address of the receiver and send again.',
  ),
  oldAfterLoss: text(
    'Посмотрите на сайте, не учтена ли продажа иначе: ручным документом или инвентаризацией. Учтена: ничего не делайте. Нет: отправьте.',
    'Look on the site whether the sale is accounted for otherwise: by a document made by hand or by stocktaking. It is: do nothing. It is not: send it.',
  ),
  manyAfterLoss: text(
    'Похоже, сайт восстановлен из старой копии или его чеки удалены. Сравните: chekpost audit. Если их на сайте правда нет, отправьте всю группу.',
    'It looks as if the site was restored from an old copy, or its receipts were removed. Compare: chekpost audit. If they really are not there, send the whole group.',
  ),
  shortRecord: text(
    'Касса больше не отдаёт этот чек целиком. Загрузите его из выгрузки ОФД или налоговой на странице «Чеки из файла», и он уйдёт сам.',
    'The register no longer gives this receipt in full. Import it from the operator\'s or the tax service\'s file on the page "Receipts from a file", and it goes by itself.',
  ),
  unreadable: text(
    'Обновите chekpost и отправьте ещё раз: новый разбор может его понять. Не помогло: проведите продажу на сайте вручную и пришлите файл для поддержки.',
    'Update chekpost and send again: a newer one may understand it. No help: book the sale on the site by hand and send the file for support.',
  ),
  other: text(
    'Прочитайте причину, устраните её и отправьте ещё раз.',
    'Read the reason, mend it and send again.',
  ),
}
