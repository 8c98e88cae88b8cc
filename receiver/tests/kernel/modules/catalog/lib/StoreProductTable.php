<?php

declare(strict_types=1);

namespace Bitrix\Catalog;

use Bitrix\Main\ArgumentException;
use Bitrix\Main\Result;
use Fake\Rows;

/** Amounts in stores, by the object model. */
final class StoreProductTable
{
    /**
     * main 22: the primary key is ID alone; a pair of product and store is refused.
     *
     * @param mixed $primary
     * @param array<string, mixed> $fields
     */
    public static function update($primary, array $fields): Result
    {
        if (is_array($primary) && array_keys($primary) !== ['ID']) {
            throw new ArgumentException('Unknown primary "' . implode('", "', array_keys($primary)) . '"');
        }
        Rows::update('b_catalog_store_product', (int) (is_array($primary) ? $primary['ID'] : $primary), $fields);
        return new Result();
    }
}
