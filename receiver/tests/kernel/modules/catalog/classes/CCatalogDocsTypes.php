<?php

declare(strict_types=1);

use Fake\Rows;
use Fake\StockAction;
use Fake\Text;

/** What conducting a document of each type does to stock. */
class CCatalogDocsTypes
{
    /** Which field of a line is the store that loses, which the one that gains. S is a surplus: it adds. */
    private const WAYS = [
        'A' => ['STORE_TO' => 1],
        'S' => ['STORE_TO' => 1],
        'M' => ['STORE_FROM' => -1, 'STORE_TO' => 1],
        'R' => ['STORE_TO' => 1],
        'D' => ['STORE_FROM' => -1],
    ];

    /**
     * Checks everything, asks every action whether it can, and only then lets them act one by one. An action that fails
     * leaves what those before it did.
     *
     * @param array<string, mixed> $document
     */
    public static function move(array $document, bool $isForward): bool
    {
        $type = (string) $document['DOC_TYPE'];
        /* catalog 22.900: an unknown letter is noticed here at last, as a fatal error. */
        if (!isset(self::WAYS[$type])) {
            throw new Error('Class name must be a valid object or a string');
        }
        if ($type === 'A' && $isForward && (int) $document['CONTRACTOR_ID'] <= 0) {
            return Text::refuse('no-contractor');
        }
        $lines = self::lines((int) $document['ID']);
        if ($lines === []) {
            return Text::refuse('no-lines');
        }
        if (!self::checkProducts($lines, (int) $document['ID']) || !self::checkStores($lines, self::WAYS[$type])) {
            return false;
        }
        $actions = [];
        foreach ($lines as $line) {
            foreach (self::WAYS[$type] as $field => $sign) {
                $actions[] = new StockAction(
                    (int) $line[$field],
                    (int) $line['ELEMENT_ID'],
                    ($isForward ? $sign : -$sign) * (float) $line['AMOUNT'],
                    $type
                );
            }
        }
        foreach ($actions as $action) {
            if (!$action->canExecute()) {
                return false;
            }
        }
        foreach ($actions as $action) {
            if (!$action->execute()) {
                return false;
            }
        }
        return true;
    }

    /** @return list<array<string, mixed>> */
    private static function lines(int $id): array
    {
        return Rows::all(
            'SELECT l.*, e.ID FOUND, e.NAME, p.TYPE, p.BARCODE_MULTI FROM b_catalog_docs_element l'
            . ' LEFT JOIN b_iblock_element e ON e.ID = l.ELEMENT_ID'
            . ' LEFT JOIN b_catalog_product p ON p.ID = l.ELEMENT_ID'
            . " WHERE l.DOC_ID = $id ORDER BY l.ID"
        );
    }

    /**
     * catalog 22.900: only simple products (1) and offers (4), each line above nought, as many barcodes as units where
     * every unit has its own.
     *
     * @param list<array<string, mixed>> $lines
     */
    private static function checkProducts(array $lines, int $id): bool
    {
        $errors = [];
        foreach ($lines as $line) {
            $name = '[' . $line['ELEMENT_ID'] . '] ' . $line['NAME'];
            if ($line['FOUND'] === null) {
                $errors[] = Text::of('no-element', $line['ELEMENT_ID']);
            } elseif ($line['TYPE'] === null) {
                $errors[] = Text::of('no-product', $name);
            } elseif (!in_array((int) $line['TYPE'], [1, 4], true)) {
                $errors[] = Text::of('bad-type', $name);
            } elseif ((float) $line['AMOUNT'] <= 0) {
                $errors[] = Text::of('bad-amount', $name);
            } elseif ($line['BARCODE_MULTI'] === 'Y') {
                $where = " WHERE DOC_ID = $id AND DOC_ELEMENT_ID = " . (int) $line['ID'];
                $has = Rows::one('SELECT COUNT(*) N FROM b_catalog_docs_barcode' . $where);
                if ($has !== false && (float) $has['N'] !== (float) $line['AMOUNT']) {
                    $errors[] = Text::of('barcodes', $name);
                }
            }
        }
        if ($errors !== []) {
            $GLOBALS['APPLICATION']->ThrowException(implode('; ', $errors));
        }
        return $errors === [];
    }

    /**
     * @param list<array<string, mixed>> $lines
     * @param array<string, int> $way
     */
    private static function checkStores(array $lines, array $way): bool
    {
        $stores = array_column(Rows::all('SELECT ID, ACTIVE FROM b_catalog_store'), 'ACTIVE', 'ID');
        foreach (array_keys($way) as $field) {
            foreach ($lines as $line) {
                $name = '[' . $line['ELEMENT_ID'] . '] ' . $line['NAME'];
                $store = (int) $line[$field];
                if ($store <= 0) {
                    return Text::refuse('no-store', $name);
                }
                if (!isset($stores[$store])) {
                    return Text::refuse('unknown-store', $name);
                }
                if ($stores[$store] !== 'Y') {
                    return Text::refuse('inactive-store', $name);
                }
            }
        }
        foreach (count($way) === 2 ? $lines : [] as $line) {
            if ((int) $line['STORE_FROM'] === (int) $line['STORE_TO']) {
                return Text::refuse('same-store');
            }
        }
        return true;
    }
}
