<?php

declare(strict_types=1);

use Fake\Rows;

/** Amounts in stores, one row each. */
class CCatalogStoreProduct
{
    /** @param array<string, mixed> $fields @return bool|int */
    public static function UpdateFromForm($fields)
    {
        $row = Rows::one('SELECT ID FROM b_catalog_store_product WHERE PRODUCT_ID = ' . (int) $fields['PRODUCT_ID']
            . ' AND STORE_ID = ' . (int) $fields['STORE_ID']);
        return $row === false ? self::Add($fields) : self::Update((int) $row['ID'], $fields);
    }

    /** @param array<string, mixed> $fields @return int|false */
    public static function Add($fields)
    {
        foreach (GetModuleEvents('catalog', 'OnBeforeStoreProductAdd', true) as $handler) {
            if (ExecuteModuleEventEx($handler, [&$fields]) === false) {
                return false;
            }
        }
        $id = Rows::insert('b_catalog_store_product', $fields);
        foreach (GetModuleEvents('catalog', 'OnStoreProductAdd', true) as $handler) {
            ExecuteModuleEventEx($handler, [$id, $fields]);
        }
        return $id;
    }

    /** @param array<string, mixed> $fields */
    public static function Update(int $id, $fields): bool
    {
        foreach (GetModuleEvents('catalog', 'OnBeforeStoreProductUpdate', true) as $handler) {
            if (ExecuteModuleEventEx($handler, [$id, &$fields]) === false) {
                return false;
            }
        }
        if (!isset($fields['AMOUNT']) || !is_numeric($fields['AMOUNT'])) {
            return false;
        }
        Rows::update('b_catalog_store_product', $id, $fields);
        foreach (GetModuleEvents('catalog', 'OnStoreProductUpdate', true) as $handler) {
            ExecuteModuleEventEx($handler, [$id, $fields]);
        }
        return true;
    }
}
