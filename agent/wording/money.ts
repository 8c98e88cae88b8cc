/** Which tags hold money: whole kopecks (order ЕД-7-20/662@, "types of requisites": VLN of a sum). */

import type { Field } from '../fiscal/model.ts'

const sumsOfReceipts = [1020, 1031, 1043, 1079, 1081, 1082, 1215, 1216, 1217] as const
const vat = [
  ...[1102, 1103, 1104, 1105, 1106, 1107, 1120, 1198, 1200],
  ...[1139, 1140, 1141, 1142, 1143, 1151, 1152, 1153, 1154, 1155, 1183, 1184],
] as const
const counters = [1136, 1138, 1201, 1218, 1219, 1220] as const
/** Of format 1.0 and of agents. */
const older = [1010, 1011, 1035, 1064, 1072, 1087, 1099] as const

const moneyTags: ReadonlySet<number> = new Set([...sumsOfReceipts, ...vat, ...counters, ...older])

/** True for an element whose number is a sum in kopecks. 1120 was the code of a directory before it was a sum of VAT. */
export function isMoney({ tag, name }: Pick<Field, 'tag' | 'name'>): boolean {
  return moneyTags.has(tag) && (tag !== 1120 || name === 'ndsSum')
}
