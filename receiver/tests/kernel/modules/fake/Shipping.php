<?php

declare(strict_types=1);

namespace Fake;

use Bitrix\Main\Application;
use Bitrix\Main\Event;
use Bitrix\Sale\Shipment;
use CCatalogProduct;
use CCatalogStoreProduct;
use RuntimeException;

/** Site orders leave a store. */
final class Shipping
{
    /**
     * sale with store control: the shipment reads each amount, computes, and writes the absolute value; it takes none
     * of our locks. The event comes when the shipment has been saved.
     */
    public static function ship(int $order, int $store, bool $isShipped): void
    {
        $connection = Application::getConnection();
        $row = Rows::one("SELECT * FROM b_sale_order_delivery WHERE ORDER_ID = $order AND `SYSTEM` = 'N'");
        if ($row === false) {
            throw new RuntimeException('no shipment of order ' . $order);
        }
        $lines = Rows::all('SELECT * FROM b_sale_basket WHERE ORDER_ID = ' . $order . ' ORDER BY PRODUCT_ID');
        foreach ($lines as $line) {
            self::move((int) $line['PRODUCT_ID'], $store, ($isShipped ? -1 : 1) * (float) $line['QUANTITY']);
        }
        $mark = $isShipped ? 'Y' : 'N';
        $connection->queryExecute("UPDATE b_sale_order_delivery SET DEDUCTED = '$mark', DATE_DEDUCTED = NOW()"
            . ' WHERE ID = ' . (int) $row['ID']);
        $connection->queryExecute("UPDATE b_sale_order SET DEDUCTED = '$mark', DATE_DEDUCTED = NOW()"
            . " WHERE ID = $order");
        (new Event('sale', 'OnShipmentDeducted', [
            'ENTITY' => new Shipment(['ID' => (int) $row['ID'], 'ORDER_ID' => $order, 'DEDUCTED' => $mark]),
            'VALUES' => ['DEDUCTED' => $isShipped ? 'N' : 'Y'],
        ]))->send();
    }

    private static function move(int $product, int $store, float $change): void
    {
        $row = Rows::one('SELECT AMOUNT FROM b_catalog_store_product'
            . " WHERE PRODUCT_ID = $product AND STORE_ID = $store");
        Fault::gate('gate_of_shipment');
        CCatalogStoreProduct::UpdateFromForm([
            'PRODUCT_ID' => $product,
            'STORE_ID' => $store,
            'AMOUNT' => ($row === false ? 0.0 : (float) $row['AMOUNT']) + $change,
        ]);
        $sum = Rows::one('SELECT COALESCE(SUM(a.AMOUNT), 0) S FROM b_catalog_store_product a JOIN b_catalog_store s'
            . " ON s.ID = a.STORE_ID WHERE s.ACTIVE = 'Y' AND a.PRODUCT_ID = $product");
        if ($sum !== false) {
            CCatalogProduct::Update($product, ['QUANTITY' => (float) $sum['S']]);
        }
    }
}
