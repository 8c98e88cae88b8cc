<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Units;
use PHPUnit\Framework\TestCase;

final class UnitsTest extends TestCase
{
    /**
     * @dataProvider units
     * @param int|string|null $unit
     */
    public function testFitsTheReceiptToTheCatalogue($unit, int $catalogue, ?string $factor): void
    {
        $found = Units::factor($unit, $catalogue);
        self::assertSame($factor, $found === null ? null : $found->text());
    }

    /** @return list<array{int|string|null, int, ?string}> */
    public function units(): array
    {
        return [
            [null, 796, '1'], [null, 166, '1'], ['', 166, '1'],
            [0, 796, '1'], [0, 778, '1'], [0, 715, '1'], [0, 166, null], [0, 6, null],
            [11, 166, '1'], [10, 166, '0.001'], [11, 163, '1000'], [12, 166, '1000'], [10, 168, '0.000001'],
            [11, 796, null], [11, 112, null], [22, 6, '1'], [20, 6, '0.01'], [21, 4, '10'], [22, 4, '100'],
            [32, 55, '1'], [30, 55, '0.0001'], [31, 51, '100'], [40, 112, '0.001'], [41, 111, '1000'],
            [42, 112, '1000'], [50, 245, '1'], [51, 233, '1'], [70, 359, '1'], [83, 2554, '1'], [70, 356, null],
            [255, 796, null], [255, 166, null], [255, 9999, '1'], [99, 796, null], [99, 9999, null],
            ['шт', 796, '1'], ['ШТ.', 796, '1'], [' шт ', 796, '1'], ['штук', 796, '1'], ['упак.', 778, '1'],
            ['упак', 796, null], ['шт', 778, null], ['кг', 166, '1'], ['Кг.', 166, '1'], ['г', 166, '0.001'],
            ['гр.', 163, '1'], ['л', 112, '1'], ['мл', 112, '0.001'], ['м', 6, '1'], ['пог. м', 6, '1'],
            ['м²', 55, '1'], ['кв.м', 55, '1'], ['м3', 113, '1'], ['мм', 6, '0.001'], ['пара', 715, '1'],
            ['ведро', 796, null], ['кг', 796, null],
        ];
    }

    public function testSaysTheUnitToAPerson(): void
    {
        self::assertSame(
            ['шт', 'кг', 'иная мера', 'мешок', 'ОКЕИ 9999', 'шт'],
            [Units::spoken(0), Units::spoken(11), Units::spoken(255), Units::spoken('мешок'), Units::name(9999),
                Units::name(796)]
        );
    }
}
