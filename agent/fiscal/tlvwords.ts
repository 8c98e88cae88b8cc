/** Why bytes are no document, in words for people. */
import type { TlvError, TlvFault } from './tlv.ts'

const faults: Readonly<Record<TlvFault, readonly [ru: string, en: string]>> = {
  empty: ['в нём ничего нет', 'there is nothing in it'],
  truncated: ['он обрезан', 'it is cut off'],
  deep: ['в нём слишком много вложений', 'it is nested too deep'],
  trailing: ['за ним идут лишние байты', 'bytes follow that belong to no document'],
  long: ['в нём больше байтов, чем бывает', 'it has more bytes than a document can have'],
  noType: ['не сказано, какого он вида', 'its type is not known'],
  otherType: ['он другого вида', 'it is of another type'],
  notHex: ['это не hex', 'it is not hex'],
}

/** With the place of the damage: the byte, and the tags on the way to it. */
export function inWords({ fault, offset, path }: TlvError): { readonly ru: string; readonly en: string } {
  const [ru, en] = faults[fault]
  const tags = path.join(' > ')
  return {
    ru: `${ru} (байт ${offset}${tags && `, тег ${tags}`})`,
    en: `${en} (byte ${offset}${tags && `, tag ${tags}`})`,
  }
}
