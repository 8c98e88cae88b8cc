<?php

declare(strict_types=1);

namespace Fake;

use CCatalogProduct;
use CCatalogStoreProduct;

/** The standard exchange with 1C, as far as stock goes. */
final class Import
{
    /** @param array<int|string, array<int|string, string>> $amounts product → store → amount */
    public static function run(array $amounts): void
    {
        foreach ($amounts as $product => $stores) {
            foreach ($stores as $store => $amount) {
                CCatalogStoreProduct::UpdateFromForm([
                    'PRODUCT_ID' => (int) $product,
                    'STORE_ID' => (int) $store,
                    'AMOUNT' => (float) $amount,
                ]);
            }
            $sum = Rows::one('SELECT COALESCE(SUM(a.AMOUNT), 0) S FROM b_catalog_store_product a JOIN b_catalog_store s'
                . " ON s.ID = a.STORE_ID WHERE s.ACTIVE = 'Y' AND a.PRODUCT_ID = " . (int) $product);
            $row = Rows::one('SELECT QUANTITY_RESERVED R FROM b_catalog_product WHERE ID = ' . (int) $product);
            if ($sum !== false && $row !== false) {
                CCatalogProduct::Update((int) $product, ['QUANTITY' => (float) $sum['S'] - (float) $row['R']]);
            }
        }
        /* catalog 22.900: once for every file that has been read, and once more at the end of the exchange. */
        foreach (['OnSuccessCatalogImport1C', 'OnCompleteCatalogImport1C'] as $event) {
            foreach (GetModuleEvents('catalog', $event, true) as $handler) {
                ExecuteModuleEventEx($handler, [[], $_SERVER['DOCUMENT_ROOT'] . '/upload/1c_catalog/offers.xml']);
            }
        }
    }
}
