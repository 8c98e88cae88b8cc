/** Small PHP texts for `site.php`. */

export const head = `'SITE_ID' => 's1', 'RESPONSIBLE_ID' => 2`
export const from1 = `'STORE_FROM' => 1`
export const to1 = `'STORE_TO' => 1`
/** The text of the last refusal. */
export const refusal = `(string) ($APPLICATION->GetException() ? $APPLICATION->GetException()->GetString() : '')`
export const catalog = 'global $APPLICATION, $USER; Bitrix\\Main\\Loader::includeModule("catalog");'
export const connected = '$db = Bitrix\\Main\\Application::getConnection();'

export function line(product: number, amount: number | string, stores: string): string {
  return `['ELEMENT_ID' => ${product}, 'AMOUNT' => ${amount}, ${stores}]`
}

/** `$id` is a new document. */
export function added(type: string, ...lines: readonly string[]): string {
  return `${catalog} $id = CCatalogDocs::add(['DOC_TYPE' => '${type}', ${head}, 'ELEMENT' => [${lines.join(',')}]]);`
}

/** Adds and conducts; returns what conduct returned and the text of its refusal. */
export function conducting(type: string, ...lines: readonly string[]): string {
  return `${added(type, ...lines)} $is = CCatalogDocs::conductDocument($id, 2); return [$is, ${refusal}];`
}

/** Does it in a transaction, and rolls back when conduct says no or anything throws. */
export function inTransaction(type: string, ...lines: readonly string[]): string {
  return `${connected} $db->startTransaction();
    try {
      ${added(type, ...lines)}
      if (CCatalogDocs::conductDocument($id, 2) !== true) { $db->rollbackTransaction(); return 'refused'; }
      $db->commitTransaction();
      return 'done';
    } catch (Throwable $error) {
      $db->rollbackTransaction();
      return get_class($error);
    }`
}
