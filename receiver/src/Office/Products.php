<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Database;
use Chekpost\Row;

/**
 * What the catalogue says of products, read only. Types as of `\Bitrix\Catalog\ProductTable`: 1 product, 2 set,
 * 3 parent of offers, 4 offer, 5 offer without parent, 6 parent without offers, 7 service.
 */
final class Products
{
    private const BATCH = 500;
    private const MOST_ALIKE = 20;

    private Database $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /**
     * @param array<int|string, int> $ids
     * @return array<int, array{name: string, type: int, active: bool}> by id; what does not exist is absent
     */
    public function named(array $ids): array
    {
        $found = [];
        foreach (array_chunk(array_values(array_unique($ids)), self::BATCH) as $some) {
            $rows = $this->database->query(
                'SELECT e.ID, e.NAME, e.ACTIVE, p.TYPE FROM b_iblock_element e'
                    . ' LEFT JOIN b_catalog_product p ON p.ID = e.ID WHERE e.ID IN (?)',
                [$some]
            );
            foreach ($rows as $columns) {
                $row = new Row($columns);
                $found[$row->int('ID')] = [
                    'name' => $row->text('NAME'),
                    'type' => $row->intOrNull('TYPE') ?? 0,
                    'active' => $row->text('ACTIVE') === 'Y',
                ];
            }
        }
        return $found;
    }

    /**
     * Why nothing can be booked on the product, or null.
     *
     * @param array<int, array{name: string, type: int, active: bool}> $named
     */
    public static function problem(int $id, array $named): ?string
    {
        if (!isset($named[$id])) {
            return 'товара ' . $id . ' на сайте нет';
        }
        switch ($named[$id]['type']) {
            case 1:
            case 2:
            case 4:
                return null;
            case 3:
            case 6:
                return 'товар ' . $id . ' состоит из предложений: укажите номер предложения';
            case 0:
                return 'элемент ' . $id . ' не товар каталога';
            default:
                return 'товар ' . $id . ' не ведётся на складе (услуга или предложение без товара)';
        }
    }

    /**
     * Products whose NAME is the given name: the only one of each name, else none. The collation of the table
     * compares without case; `$fits` has the last word.
     *
     * @param list<string> $names as they stand on receipts
     * @param callable(string, string): bool $fits name on the receipt, NAME of the site
     * @return array<string, int> name => product
     */
    public function onlyByName(array $names, callable $fits): array
    {
        $only = [];
        foreach (array_unique($names) as $name) {
            $rows = $this->database->query(
                'SELECT e.ID, e.NAME FROM b_iblock_element e JOIN b_catalog_product p ON p.ID = e.ID'
                    . " WHERE e.NAME = ? AND e.ACTIVE = 'Y' AND p.TYPE IN (1, 2, 4) LIMIT " . self::MOST_ALIKE,
                [trim($name)]
            );
            $fitting = [];
            foreach ($rows as $columns) {
                $row = new Row($columns);
                if ($fits($name, $row->text('NAME'))) {
                    $fitting[] = $row->int('ID');
                }
            }
            if (count($fitting) === 1) {
                $only[$name] = $fitting[0];
            }
        }
        return $only;
    }

    /** @return array<int, string> titles by id */
    public function stores(): array
    {
        $stores = [];
        foreach ($this->database->query('SELECT ID, TITLE, ACTIVE FROM b_catalog_store ORDER BY ID') as $columns) {
            $row = new Row($columns);
            $title = $row->textOrNull('TITLE') ?? '';
            $stores[$row->int('ID')] = $title . ($row->text('ACTIVE') === 'Y' ? '' : ' (отключён)');
        }
        return $stores;
    }
}
