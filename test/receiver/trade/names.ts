/** What a person does on the receiver's page: ties the names on receipts to products. */
import type { Site } from '../site.ts'

/** A name as the till writes it; null: not kept on this site; how many of the product are in one. */
export type Known = readonly [name: string, product: number | null, factor: string]

export async function tieNames(site: Site, names: readonly Known[]): Promise<void> {
  await site.php(`
    require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
    $map = new \\Chekpost\\ProductMap(new \\Chekpost\\Database(new \\Chekpost\\Bitrix()), new \\Chekpost\\SystemClock());
    foreach (json_decode('${JSON.stringify(names).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}', true) as [$name, $product, $factor]) {
      $map->put('', 'name', $name, $product, $factor, 'test');
    }
    return null;`)
}
