import type { TagRow } from './row.ts'

/**
 * Tags added in 2025 and 2026, and withdrawn ones that old firmware still prints. They have no key in the tax
 * service's published JSON, so the names of 1234 to 1238 and of the counters are ours.
 */
export const tags2025: readonly TagRow[] = [
  [1148, 'selfCorrectionCount', 'number', 4, 'Количество самостоятельных корректировок'],
  [1149, 'orderCorrectionCount', 'number', 4, 'Количество корректировок по предписанию'],
  [1151, 'correctionTax18Sum', 'number', 6, 'Сумма коррекций НДС по ставке 20%'],
  [1152, 'correctionTax10Sum', 'number', 6, 'Сумма коррекций НДС по ставке 10%'],
  [1153, 'correctionTax18118Sum', 'number', 6, 'Сумма коррекций НДС по расч. ставке 20/120'],
  [1154, 'correctionTax10110Sum', 'number', 6, 'Сумма коррекций НДС по расч. ставке 10/110'],
  [1155, 'correctionTax0Sum', 'number', 6, 'Сумма коррекций с НДС по ставке 0%'],
  [1177, 'correctionName', 'text', 256, 'Описание коррекции'],
  [1184, 'correctionTaxFreeSum', 'number', 6, 'Сумма коррекций без НДС'],
  [1234, 'nonCashPayments', 'group', 0, 'Сведения обо всех оплатах безналичными'],
  [1235, 'nonCashPayment', 'group', 0, 'Сведения об оплате безналичными'],
  [1236, 'nonCashWay', 'number', 1, 'Признак способа оплаты безналичными'],
  [1237, 'nonCashIdentifiers', 'text', 256, 'Идентификаторы безналичной оплаты'],
  [1238, 'nonCashDetails', 'text', 256, 'Дополнительные сведения о безналичной оплате'],
]

/** What five old numbers mean since 2025; `tags.ts` tells from the value and the parent which one it is. */
export const reusedTags = {
  receiptVat: [1115, 'amountsReceiptNds', 'group', 0, 'Суммы НДС чека'],
  vat: [1119, 'amountsNds', 'group', 0, 'Сумма НДС'],
  vatSum: [1120, 'ndsSum', 'number', 8, 'Сумма НДС'],
  internet: [1125, 'internetPayment', 'number', 1, 'Признак расчета в Интернете'],
  nonCashSum: [1082, 'nonCashSum', 'number', 8, 'Сумма оплаты безналичными'],
} as const satisfies Record<string, TagRow>
