<?php

declare(strict_types=1);

use Bitrix\Catalog\Model\Product;
use Fake\Rows;

/** The old name of the product model. */
class CCatalogProduct
{
    /** @param array<string, mixed> $fields */
    public static function Update(int $id, $fields): bool
    {
        return Product::update($id, $fields)->isSuccess();
    }

    /**
     * The argument is the id of the element: a barcode or an article finds nothing, or something else.
     *
     * @param mixed $id
     * @return array<string, mixed>|false
     */
    public static function GetByID($id)
    {
        return Rows::one('SELECT * FROM b_catalog_product WHERE ID = ' . (int) $id);
    }
}
