/** A person's word on a code, as the page writes it. */
import type { Site } from '../site.ts'

export interface Word {
  readonly kind: string
  readonly code: string
  /** Null: not kept on the site. */
  readonly product: number | null
  /** Null: the units decide. */
  readonly factor?: string | null
  readonly store?: string
}

export async function map(site: Site, word: Word): Promise<void> {
  const { kind, code, product, factor = null, store = '' } = word
  await site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
    Chekpost\\Receiver::open()->map->put(${JSON.stringify(store)}, '${kind}', ${JSON.stringify(code)},
      ${product ?? 'null'}, ${factor === null ? 'null' : `'${factor}'`}, 'test'); return true;`)
}
