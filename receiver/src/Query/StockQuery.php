<?php

declare(strict_types=1);

namespace Chekpost\Query;

use Chekpost\Database;
use Chekpost\Row;

/**
 * Amounts and reserves in the stores to which the registers of one shop are bound. Bitrix keeps them as DOUBLE;
 * they leave here as decimal text of at least three decimals, rounded to six, so that nobody compares floats.
 */
final class StockQuery
{
    public const MOST = 1000;

    private Database $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /**
     * @param int $after the `next` of the answer before, 0 for the first
     * @return array{rows: list<array{productId: int, xmlId: string|null, storeId: int, storeXmlId: string|null,
     *     amount: string, reserved: string}>, next: string|null}
     */
    public function ask(string $shop, int $after, int $limit): array
    {
        $stores = $this->stores($shop);
        if ($stores === []) {
            return ['rows' => [], 'next' => null];
        }
        $rows = $this->database->query(
            'SELECT q.ID, q.PRODUCT_ID, q.STORE_ID, e.XML_ID AS PRODUCT_XML_ID, s.XML_ID AS STORE_XML_ID,'
                . ' CAST(q.AMOUNT AS DECIMAL(24, 6)) AS AMOUNT, CAST(q.QUANTITY_RESERVED AS DECIMAL(24, 6)) AS RESERVED'
                . ' FROM b_catalog_store_product q JOIN b_catalog_store s ON s.ID = q.STORE_ID'
                . ' LEFT JOIN b_iblock_element e ON e.ID = q.PRODUCT_ID'
                . ' WHERE q.ID > ? AND q.STORE_ID IN (?) ORDER BY q.ID LIMIT ' . ($limit + 1),
            [$after, $stores]
        );
        $next = null;
        if (count($rows) > $limit) {
            array_pop($rows);
            $next = (new Row($rows[$limit - 1]))->text('ID');
        }
        return ['rows' => array_map([self::class, 'row'], $rows), 'next' => $next];
    }

    /** @return list<int> */
    private function stores(string $shop): array
    {
        $ids = [];
        $rows = $this->database->query(
            "SELECT store_id, returns_store_id FROM chekpost_register WHERE SUBSTRING_INDEX(id, '/', 1) = ?",
            [$shop]
        );
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $ids[] = $row->intOrNull('store_id');
            $ids[] = $row->intOrNull('returns_store_id');
        }
        return array_values(array_filter(array_unique($ids)));
    }

    /**
     * @param array<string, mixed> $columns
     * @return array{productId: int, xmlId: string|null, storeId: int, storeXmlId: string|null, amount: string,
     *     reserved: string}
     */
    private static function row(array $columns): array
    {
        $row = new Row($columns);
        $xmlId = $row->textOrNull('PRODUCT_XML_ID');
        $storeXmlId = $row->textOrNull('STORE_XML_ID');
        return [
            'productId' => $row->int('PRODUCT_ID'),
            'xmlId' => $xmlId === '' ? null : $xmlId,
            'storeId' => $row->int('STORE_ID'),
            'storeXmlId' => $storeXmlId === '' ? null : $storeXmlId,
            'amount' => self::decimal($row->text('AMOUNT')),
            'reserved' => self::decimal($row->text('RESERVED')),
        ];
    }

    /** "12.345000" → "12.345", "12.000000" → "12.000", "-0.000000" → "0.000". */
    private static function decimal(string $six): string
    {
        $short = preg_replace('/(\.\d{3}\d*?)0+$/', '$1', $six);
        return $short === '-0.000' ? '0.000' : (string) $short;
    }
}
