<?php

declare(strict_types=1);

use Fake\Rows;

/** Sets (1) and kits that are offered together (2). */
class CCatalogProductSet
{
    public const TYPE_SET = 1;
    public const TYPE_GROUP = 2;

    /**
     * @param int $product
     * @param int $type
     * @return array<int, array<string, mixed>>|false by the id of the set, each with ITEMS
     */
    public static function getAllSetsByProduct($product, $type)
    {
        $sets = [];
        $rows = Rows::all(sprintf(
            'SELECT * FROM b_catalog_product_sets WHERE OWNER_ID = %d AND TYPE = %d ORDER BY SET_ID, SORT, ID',
            $product,
            $type
        ));
        foreach ($rows as $row) {
            $fields = [
                'ITEM_ID' => (int) $row['ITEM_ID'],
                'QUANTITY' => (float) $row['QUANTITY'],
                'MEASURE' => (int) $row['MEASURE'],
                'SORT' => (int) $row['SORT'],
                'ACTIVE' => $row['ACTIVE'],
                'OWNER_ID' => (int) $row['OWNER_ID'],
                'TYPE' => (int) $row['TYPE'],
            ];
            /* catalog 22.900: the row without SET_ID is the set itself, the others name it. */
            if ((int) $row['SET_ID'] === 0) {
                $sets[(int) $row['ID']] = $fields + ['SET_ID' => (int) $row['ID'], 'ITEMS' => []];
            } else {
                $sets[(int) $row['SET_ID']]['ITEMS'][(int) $row['ID']] = $fields;
            }
        }
        return $sets === [] ? false : $sets;
    }
}
