<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * Units of the receipt (tag 2108 from FFD 1.2, text of tag 1197 before) against the catalogue's, which are codes of the
 * Russian classifier ОКЕИ (b_catalog_measure.CODE).
 */
final class Units
{
    public const PIECE = 796;

    /** FFD 1.2, table of tag 2108 → ОКЕИ. 0 is any unit that is counted, 255 any other. */
    private const OF_TAG = [
        10 => 163, 11 => 166, 12 => 168, 20 => 4, 21 => 5, 22 => 6, 30 => 51, 31 => 53, 32 => 55, 40 => 111, 41 => 112,
        42 => 113, 50 => 245, 51 => 233, 70 => 359, 71 => 356, 72 => 355, 73 => 354, 80 => 256, 81 => 257, 82 => 2553,
        83 => 2554,
    ];
    private const COUNTED = 0;
    private const OTHER = 255;

    /** Units that are counted: piece, unit, item, pack, pair, set … */
    private const COUNTABLE = [616, 625, 642, 657, 704, 715, 728, 736, 778, 796, 812, 839, 840, 868, 870, 872];

    /** What tills write into tag 1197, in lower case, without dots and blanks. */
    private const OF_TEXT = [
        'шт' => 796, 'штука' => 796, 'штуки' => 796, 'штук' => 796, 'pcs' => 796, 'pc' => 796,
        'ед' => 642, 'единица' => 642, 'изд' => 657, 'изделие' => 657,
        'уп' => 778, 'упак' => 778, 'упаковка' => 778, 'пач' => 728, 'пачка' => 728, 'пар' => 715, 'пара' => 715,
        'компл' => 839, 'комплект' => 839, 'набор' => 704, 'рул' => 736, 'рулон' => 736, 'ящ' => 812, 'ящик' => 812,
        'бут' => 868, 'бутылка' => 868, 'фл' => 872, 'флакон' => 872, 'лист' => 625,
        'г' => 163, 'гр' => 163, 'грамм' => 163, 'кг' => 166, 'килограмм' => 166, 'kg' => 166,
        'т' => 168, 'тонна' => 168,
        'мм' => 3, 'см' => 4, 'дм' => 5, 'м' => 6, 'метр' => 6, 'погм' => 6, 'пм' => 6, 'мп' => 6,
        'см2' => 51, 'дм2' => 53, 'м2' => 55, 'квм' => 55, 'мл' => 111, 'л' => 112, 'литр' => 112, 'м3' => 113,
        'кубм' => 113, 'ч' => 356, 'час' => 356, 'мин' => 355, 'сут' => 359, 'день' => 359,
    ];

    /** ОКЕИ → what it measures, and how many of the smallest unit it is. */
    private const MEASURES = [
        163 => ['mass', 1], 166 => ['mass', 1000], 168 => ['mass', 1000000],
        3 => ['length', 1], 4 => ['length', 10], 5 => ['length', 100], 6 => ['length', 1000],
        51 => ['area', 1], 53 => ['area', 100], 55 => ['area', 10000],
        111 => ['volume', 1], 112 => ['volume', 1000], 113 => ['volume', 1000000],
    ];

    /**
     * How many of the catalogue's unit one unit of the receipt is; null when they do not fit. A receipt without unit
     * (tag 1197 is optional) is taken in the catalogue's.
     *
     * @param int|string|null $unit of the receipt
     * @param int $catalogue code of ОКЕИ
     */
    public static function factor($unit, int $catalogue): ?Decimal
    {
        if ($unit === null || $unit === '') {
            return Decimal::of('1');
        }
        $isCountable = in_array($catalogue, self::COUNTABLE, true);
        if ($unit === self::COUNTED) {
            return $isCountable ? Decimal::of('1') : null;
        }
        if ($unit === self::OTHER) {
            return $isCountable || in_array($catalogue, self::OF_TAG, true) ? null : Decimal::of('1');
        }
        $code = is_int($unit) ? (self::OF_TAG[$unit] ?? null) : (self::OF_TEXT[self::plain($unit)] ?? null);
        return $code === null ? null : self::between($code, $catalogue);
    }

    /** As a person reads it. @param int|string|null $unit */
    public static function spoken($unit): string
    {
        if ($unit === self::COUNTED) {
            return 'шт';
        }
        if ($unit === self::OTHER) {
            return 'иная мера';
        }
        return is_int($unit) ? self::name(self::OF_TAG[$unit] ?? 0) : (string) $unit;
    }

    /** The classifier's code as a person reads it. */
    public static function name(int $code): string
    {
        $name = array_search($code, self::OF_TEXT, true);
        return $name === false ? "ОКЕИ $code" : (string) $name;
    }

    private static function between(int $from, int $to): ?Decimal
    {
        if ($from === $to) {
            return Decimal::of('1');
        }
        [$kind, $size] = self::MEASURES[$from] ?? ['', 0];
        [$otherKind, $otherSize] = self::MEASURES[$to] ?? ['', 1];
        if ($kind === '' || $kind !== $otherKind) {
            return null;
        }
        return $size >= $otherSize
            ? Decimal::of((string) intdiv($size, $otherSize))
            : Decimal::ofMillionths(intdiv(1000000, intdiv($otherSize, $size)));
    }

    private static function plain(string $unit): string
    {
        $unit = ProductMap::normalise('name', strtr($unit, ['²' => '2', '³' => '3']));
        return (string) preg_replace('/[\s.\/,-]+/u', '', $unit);
    }
}
