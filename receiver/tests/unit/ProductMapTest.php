<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\ProductMap;
use PHPUnit\Framework\TestCase;

final class ProductMapTest extends TestCase
{
    /** @dataProvider equals */
    public function testMeansAlikeWhatTillsWriteDifferently(string $kind, string $one, string $other): void
    {
        self::assertSame(ProductMap::normalise($kind, $one), ProductMap::normalise($kind, $other));
    }

    /** @return list<array{string, string, string}> */
    public function equals(): array
    {
        return [
            ['name', 'Мёд липовый', 'МЕД ЛИПОВЫЙ'],
            ['name', ' Чай  чёрный ', "чай\u{00A0}черный"],
            ['name', "Чай\tчёрный", "\u{FEFF}Чай\u{202F}\u{2007}чёрный"],
            ['name', "Чай\nчёрный", 'Чай чёрный'],
            ['ean', '4601234567893', '04601234567893'],
            ['gtin', '00000046011111', '46011111'],
            ['gtin', ' 04601234567893 ', '4601234567893'],
            ['article', ' AB-12 ', 'ab-12'],
        ];
    }

    /** @dataProvider differents */
    public function testKeepsApart(string $kind, string $one, string $other): void
    {
        self::assertNotSame(ProductMap::normalise($kind, $one), ProductMap::normalise($kind, $other));
    }

    /** @return list<array{string, string, string}> */
    public function differents(): array
    {
        return [
            ['article', '007', '7'],
            ['article', 'ёлка', 'елка'],
            ['name', 'Чай 100', 'Чай 10 0'],
            ['ean', '0x12', 'x12'],
            ['name', '0046', '46'],
        ];
    }

    public function testNothingIsNothing(): void
    {
        foreach (['', '  ', "\u{00A0}"] as $code) {
            self::assertSame('', ProductMap::normalise('name', $code));
        }
        self::assertSame('', ProductMap::normalise('ean', '0000'));
    }

    public function testBytesThatAreNotUtf8BecomeNothing(): void
    {
        self::assertSame('', ProductMap::normalise('name', "\xff\xfe"));
    }

    public function testNormalisingTwiceIsNormalisingOnce(): void
    {
        foreach (ProductMap::KINDS as $kind) {
            foreach (['Мёд  ЁЖ', '00012', ' A b '] as $code) {
                $once = ProductMap::normalise($kind, $code);
                self::assertSame($once, ProductMap::normalise($kind, $once));
            }
        }
    }

    public function testKindsHaveNamespacesOfTheirOwn(): void
    {
        self::assertNotSame(ProductMap::hash('ean', '1'), ProductMap::hash('article', '1'));
    }
}
