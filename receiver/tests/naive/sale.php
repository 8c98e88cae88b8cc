<?php

/**
 * What the common advice on the Internet amounts to, put together in good faith. It exists to be caught: the promises
 * that the receiver keeps are put to it as well, and it must break them (test/receiver/naive.system.test.ts).
 *
 * ?variant=S (a "sale" document of type S), deduct (the right type), update (SQL, no document), both (SQL and then "the
 * correct way", a document).
 */

declare(strict_types=1);

require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

use Bitrix\Main\Application;
use Bitrix\Main\Loader;

if (!class_exists('Fake\\Boot', false)) {
    // On a real site it would sell to anybody who asks.
    http_response_code(404);
    exit;
}

Loader::includeModule('iblock');
Loader::includeModule('catalog');

$variant = (string) ($_GET['variant'] ?? 'deduct');
$sale = json_decode((string) file_get_contents('php://input'), true);

// No signature: "the address is secret anyway".
$type = $sale['type'] === 'pos.return' ? 'R' : ($variant === 'S' ? 'S' : 'D');
$elements = [];
foreach ($sale['lines'] as $line) {
    // Ids from the caller when he gives them; else the code is taken for an id, then for a barcode.
    $sku = $line['code']['ean'] ?? $line['code']['article'] ?? '';
    $product = CCatalogProduct::GetByID($line['product_id'] ?? $sku);
    if (!$product) {
        $found = Application::getConnection()->query(
            "SELECT PRODUCT_ID ID FROM b_catalog_store_barcode WHERE BARCODE = '"
            . Application::getConnection()->getSqlHelper()->forSql($sku) . "'"
        )->fetch();
        $product = $found ?: null;
    }
    if (!$product) {
        continue; // "skip what the site does not sell"
    }
    $store = (int) ($line['store_id'] ?? 1);
    $elements[] = [
        'ELEMENT_ID' => (int) $product['ID'],
        'STORE_FROM' => $store,
        'STORE_TO' => $store,
        'AMOUNT' => (float) $line['quantity'],
    ];
}

if ($variant === 'update' || $variant === 'both') {
    foreach ($elements as $element) {
        $where = " WHERE PRODUCT_ID = {$element['ELEMENT_ID']} AND STORE_ID = {$element['STORE_FROM']}";
        $row = Application::getConnection()->query('SELECT AMOUNT FROM b_catalog_store_product' . $where)->fetch();
        Fake\Fault::betweenReadAndWrite();
        $amount = ($row['AMOUNT'] ?? 0) - ($type === 'R' ? -$element['AMOUNT'] : $element['AMOUNT']);
        Application::getConnection()->queryExecute("UPDATE b_catalog_store_product SET AMOUNT = $amount" . $where);
        // "Recalculates the quantity": the sum of all stores.
        Application::getConnection()->queryExecute(
            'UPDATE b_catalog_product SET QUANTITY = (SELECT SUM(AMOUNT) FROM b_catalog_store_product'
            . " WHERE PRODUCT_ID = {$element['ELEMENT_ID']}) WHERE ID = {$element['ELEMENT_ID']}"
        );
    }
}
if ($variant !== 'update') {
    $id = CCatalogDocs::add([
        'DOC_TYPE' => $type,
        'SITE_ID' => 's1',
        'RESPONSIBLE_ID' => 1,
        'DOC_NUMBER' => $sale['eventId'],
        'ELEMENT' => $elements,
    ]);
    CCatalogDocs::conductDocument($id);
}

header('Content-Type: application/json');
echo json_encode(['eventId' => $sale['eventId'], 'state' => 'booked']);
