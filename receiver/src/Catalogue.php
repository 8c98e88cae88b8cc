<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * The site's products, read only. Columns are those of the catalog and iblock modules (install/db/mysql/install.sql).
 *
 * The database compares text loosely: й is и to it, Á is a. What it finds is compared here once more, byte by byte.
 */
final class Catalogue
{
    /** What a booking writes, or cannot do without. */
    private const TABLES = [
        'b_catalog_store_product', 'b_catalog_product', 'b_catalog_store_docs', 'b_catalog_docs_element',
        'chekpost_event', 'chekpost_movement',
    ];

    /** Rows that the database takes for the same code. */
    private const MOST_ALIKE = 500;

    private Database $database;
    /** @var array<int, ?Product> */
    private array $products = [];
    /** @var ?list<int> */
    private ?array $iblocks = null;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /**
     * Tables that cannot roll back: with them a booking that breaks off in the middle would stay half done. Old sites
     * have some in MyISAM, and an administrator may convert one any day.
     *
     * @return list<string>
     */
    public function tablesWithoutTransactions(): array
    {
        $rows = $this->database->query(
            "SELECT TABLE_NAME AS T FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?) AND ENGINE <> 'InnoDB'",
            [self::TABLES]
        );
        return array_map(static fn (array $row): string => (new Row($row))->text('T'), $rows);
    }

    /** @param list<int> $ids read at once, so that `product()` need not ask again */
    public function load(array $ids): void
    {
        $ids = array_values(array_diff(array_unique($ids), array_keys($this->products)));
        if ($ids === []) {
            return;
        }
        $this->products += array_fill_keys($ids, null);
        $rows = $this->database->query(
            "SELECT p.ID, p.TYPE, p.BARCODE_MULTI, p.NEGATIVE_AMOUNT_TRACE, e.NAME, e.IBLOCK_ID,
                COALESCE(m.CODE, (SELECT MIN(CODE) FROM b_catalog_measure WHERE IS_DEFAULT = 'Y')) AS CODE
             FROM b_catalog_product p
             JOIN b_iblock_element e ON e.ID = p.ID
             LEFT JOIN b_catalog_measure m ON m.ID = p.MEASURE
             WHERE p.ID IN (?)",
            [$ids]
        );
        foreach ($rows as $row) {
            $product = Product::of($row);
            $this->products[$product->id] = $product;
        }
    }

    public function product(int $id): ?Product
    {
        $this->load([$id]);
        return $this->products[$id] ?? null;
    }

    /**
     * Barcodes are unique in the whole site, whatever store or sold unit a row speaks of.
     *
     * @param list<string> $barcodes
     * @return array<string, int> barcode → product
     */
    public function byBarcodes(array $barcodes): array
    {
        $found = [];
        if ($barcodes !== []) {
            $sql = 'SELECT BARCODE, PRODUCT_ID FROM b_catalog_store_barcode WHERE BARCODE IN (?)';
            foreach ($this->database->query($sql, [$barcodes]) as $columns) {
                $row = new Row($columns);
                $found[$row->text('BARCODE')] = $row->int('PRODUCT_ID');
            }
        }
        return $found;
    }

    /**
     * As the exchange with 1C finds an element: first an XML_ID that ends with `#` and the id (an offer is
     * `product#characteristic`), then the very id (iblock module: classes/general/cml2.php). Elements made by hand have
     * their own number as XML_ID, which says nothing of a till's code.
     *
     * @return list<int>
     */
    public function byXmlId(string $xmlId): array
    {
        if (strpos($xmlId, '#') === false) {
            $ending = '%#' . addcslashes($xmlId, '%_\\');
            $offers = $this->goods(
                'e.XML_ID AS CODE',
                'e.XML_ID LIKE ? AND e.IBLOCK_ID IN (?)',
                [$ending, $this->iblocks()],
                static fn (string $code): bool => substr($code, -strlen($xmlId) - 1) === "#$xmlId"
            );
            if ($offers !== []) {
                return $offers;
            }
        }
        return $this->goods(
            'e.XML_ID AS CODE',
            'e.XML_ID = ? AND e.XML_ID <> CAST(e.ID AS CHAR) AND e.IBLOCK_ID IN (?)',
            [$xmlId, $this->iblocks()],
            static fn (string $code): bool => $code === $xmlId
        );
    }

    /**
     * Active elements whose property holds the article. Infoblocks of version 2 keep their properties in tables of
     * their own (iblock module: b_iblock_element_prop_s…, b_iblock_element_prop_m…).
     *
     * @param string $property code of the property
     * @return list<int>
     */
    public function byArticle(string $property, string $article): array
    {
        $found = [];
        foreach ($this->database->query('SELECT * FROM b_iblock_property WHERE CODE = ?', [$property]) as $columns) {
            $row = new Row($columns);
            $id = $row->int('ID');
            $iblock = $row->int('IBLOCK_ID');
            $values = "SELECT IBLOCK_ELEMENT_ID AS E, VALUE AS V FROM b_iblock_element_property
                WHERE IBLOCK_PROPERTY_ID = $id AND VALUE = ?";
            if ($row->intOrNull('VERSION') === 2) {
                $values = $row->textOrNull('MULTIPLE') === 'Y'
                    ? "SELECT IBLOCK_ELEMENT_ID AS E, VALUE AS V FROM b_iblock_element_prop_m$iblock
                       WHERE IBLOCK_PROPERTY_ID = $id AND VALUE = ?"
                    : "SELECT IBLOCK_ELEMENT_ID AS E, PROPERTY_$id AS V FROM b_iblock_element_prop_s$iblock
                       WHERE PROPERTY_$id = ?";
            }
            array_push($found, ...$this->goods(
                'v.V AS CODE',
                "e.ACTIVE = 'Y'",
                [$article],
                static fn (string $code): bool => trim($code) === $article,
                "JOIN ($values) v ON v.E = e.ID"
            ));
        }
        return array_values(array_unique($found));
    }

    /**
     * @param list<int> $ids
     * @return list<int> those that exist and are active
     */
    public function activeStores(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->database->query("SELECT ID FROM b_catalog_store WHERE ACTIVE = 'Y' AND ID IN (?)", [$ids]);
        return array_map(static fn (array $row): int => (new Row($row))->int('ID'), $rows);
    }

    /**
     * @param string $code what of a row is compared, `… AS CODE`
     * @param list<int|string|null|list<int|string>> $params
     * @param callable(string): bool $isIt
     * @param string $join of the table that `$code` stands in
     * @return list<int>
     */
    private function goods(string $code, string $condition, array $params, callable $isIt, string $join = ''): array
    {
        $found = [];
        $rows = $this->database->query(
            "SELECT e.ID, $code FROM b_iblock_element e JOIN b_catalog_product p ON p.ID = e.ID $join
             WHERE $condition LIMIT " . self::MOST_ALIKE,
            $params
        );
        foreach ($rows as $columns) {
            $row = new Row($columns);
            if ($isIt($row->text('CODE'))) {
                $found[$row->int('ID')] = $row->int('ID');
            }
        }
        // Three are as ambiguous as a thousand.
        return array_slice(array_values($found), 0, 3);
    }

    /** With them the index on (IBLOCK_ID, XML_ID) serves; without, every search reads the whole table. @return list<int> */
    private function iblocks(): array
    {
        if ($this->iblocks === null) {
            $rows = $this->database->query('SELECT DISTINCT IBLOCK_ID FROM b_iblock_element');
            $this->iblocks = array_map(static fn (array $row): int => (new Row($row))->int('IBLOCK_ID'), $rows);
        }
        return $this->iblocks;
    }
}
