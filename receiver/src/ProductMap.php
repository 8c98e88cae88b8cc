<?php

declare(strict_types=1);

namespace Chekpost;

use InvalidArgumentException;

/** The table of codes that people have filled: the first and the strongest word on what a line is. */
final class ProductMap
{
    /** In the order they are asked: the surest first. */
    public const KINDS = ['gtin', 'ean', 'article', 'name'];
    private const PAGE = 1000;
    private const CODE_LENGTH = 500;

    private Database $database;
    private Clock $clock;

    public function __construct(Database $database, Clock $clock)
    {
        $this->database = $database;
        $this->clock = $clock;
    }

    /**
     * What is said of many codes, in one question. The store's own word goes before that for every store.
     *
     * @param list<array{string, string}> $codes kind and code
     * @return array<string, Mapping> by `hash()` of kind and normalised code
     */
    public function findMany(string $store, array $codes): array
    {
        $hashes = [];
        foreach ($codes as [$kind, $code]) {
            $hashes[] = self::hash($kind, self::normalise($kind, $code));
        }
        if ($hashes === []) {
            return [];
        }
        $rows = $this->database->query(
            "SELECT * FROM chekpost_map WHERE code_hash IN (?) AND store IN (?, '') ORDER BY store",
            [array_values(array_unique($hashes)), $store]
        );
        $found = [];
        foreach ($rows as $row) {
            $mapping = Mapping::of($row);
            $found[(new Row($row))->text('code_hash')] = $mapping;
        }
        return $found;
    }

    /**
     * Replaces what was said before.
     *
     * @param ?int $productId null: not kept on this site
     * @param ?string $factor decimal text; null: the units of both sides decide
     */
    public function put(
        string $store,
        string $kind,
        string $code,
        ?int $productId,
        ?string $factor,
        string $who
    ): void {
        $normal = self::normalise($kind, $code);
        if (!in_array($kind, self::KINDS, true) || $normal === '') {
            throw new InvalidArgumentException("Нечего сопоставлять: вид «{$kind}», код «{$code}»");
        }
        if ($factor !== null && !Decimal::of($factor)->isPositive()) {
            throw new InvalidArgumentException("Коэффициент должен быть больше нуля, а не {$factor}");
        }
        $this->database->execute(
            'INSERT INTO chekpost_map (store, kind, code, code_hash, product_id, factor, who, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON DUPLICATE KEY UPDATE product_id = VALUES(product_id), factor = VALUES(factor),
                who = VALUES(who), created_at = VALUES(created_at)',
            [
                $store,
                $kind,
                mb_substr($normal, 0, self::CODE_LENGTH, 'UTF-8'),
                self::hash($kind, $normal),
                $productId,
                $factor,
                $who,
                SystemClock::sql($this->clock->now()),
            ]
        );
    }

    public function remove(int $id): void
    {
        $this->database->execute('DELETE FROM chekpost_map WHERE id = ?', [$id]);
    }

    /** Page by page: a map may be as long as the catalogue. @return iterable<Mapping> */
    public function all(): iterable
    {
        $after = 0;
        do {
            $rows = $this->database->query(
                'SELECT * FROM chekpost_map WHERE id > ? ORDER BY id LIMIT ' . self::PAGE,
                [$after]
            );
            foreach ($rows as $row) {
                $mapping = Mapping::of($row);
                $after = $mapping->id;
                yield $mapping;
            }
        } while (count($rows) === self::PAGE);
    }

    /**
     * What two tills may write differently and mean alike: blanks and case and ё of a name, the noughts that fill
     * EAN-8, UPC-12 and EAN-13 up to the fourteen digits of a GTIN.
     */
    public static function normalise(string $kind, string $code): string
    {
        $code = (string) preg_replace('/[\s\x{00A0}\x{2007}\x{202F}\x{FEFF}]+/u', ' ', $code);
        $code = mb_strtolower(trim($code), 'UTF-8');
        if ($kind === 'name') {
            return str_replace('ё', 'е', $code);
        }
        if (($kind === 'gtin' || $kind === 'ean') && ctype_digit($code)) {
            return ltrim($code, '0');
        }
        return $code;
    }

    public static function hash(string $kind, string $normal): string
    {
        return sha1($kind . "\n" . $normal);
    }
}
