<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Decimal;
use PHPUnit\Framework\TestCase;
use UnexpectedValueException;

final class DecimalTest extends TestCase
{
    /** @dataProvider numbers */
    public function testReadsAndWritesDecimals(string $text, string $written): void
    {
        self::assertSame($written, Decimal::of($text)->text());
    }

    /** @return list<array{string, string}> */
    public function numbers(): array
    {
        return [
            ['0', '0'], ['1', '1'], ['1.000000', '1'], ['0.356', '0.356'], ['-3.500', '-3.5'], ['007', '7'],
            ['0.000001', '0.000001'], ['1.50000000000', '1.5'], ['-0.0', '0'], ['100', '100'], ['10.10', '10.1'],
            ['999999999999.999999', '999999999999.999999'],
        ];
    }

    /** @dataProvider nonsense */
    public function testRefusesWhatItCannotHold(string $text): void
    {
        $this->expectException(UnexpectedValueException::class);
        Decimal::of($text);
    }

    /** @return list<array{string}> */
    public function nonsense(): array
    {
        return [
            [''], [' 1'], ["1\n"], ['1,5'], ['1e3'], ['+1'], ['.5'], ['1.'], ['0x1'], ['--1'], ['NaN'],
            ['0.0000001'], ['1000000000000'], ['99999999999999999999'], ['１'],
        ];
    }

    public function testAddsAndSubtractsExactly(): void
    {
        $sum = Decimal::zero();
        for ($times = 0; $times < 1000; $times++) {
            $sum = $sum->plus(Decimal::of('0.001'));
        }
        self::assertSame('1', $sum->text());
        self::assertSame('-0.999999', Decimal::of('0.000001')->minus(Decimal::of('1'))->text());
    }

    /** @dataProvider products */
    public function testMultipliesRoundingHalfAway(string $one, string $other, string $product): void
    {
        self::assertSame($product, Decimal::of($one)->times(Decimal::of($other))->text());
        self::assertSame($product, Decimal::of($other)->times(Decimal::of($one))->text());
    }

    /** @return list<array{string, string, string}> */
    public function products(): array
    {
        return [
            ['0.356', '0.5', '0.178'], ['3', '0.333333', '0.999999'], ['-2', '0.5', '-1'], ['0', '5', '0'],
            ['0.000001', '0.5', '0.000001'], ['-0.000001', '0.5', '-0.000001'], ['0.000001', '0.4', '0'],
            ['0.3333', '0.3333', '0.111089'], ['123456', '1000', '123456000'], ['12.5', '0.08', '1'],
        ];
    }

    public function testOverflowIsRefusedNotWrapped(): void
    {
        $this->expectException(UnexpectedValueException::class);
        Decimal::of('999999999999')->times(Decimal::of('999999999999'));
    }

    public function testSumsOverflowIsRefusedToo(): void
    {
        $this->expectException(UnexpectedValueException::class);
        Decimal::of('999999999999')->plus(Decimal::of('1'));
    }

    public function testNearIsToTheThousandth(): void
    {
        self::assertTrue(Decimal::of('1.0004')->isNear(Decimal::of('1')));
        self::assertFalse(Decimal::of('1.0005')->isNear(Decimal::of('1')));
        self::assertFalse(Decimal::of('-1')->isNear(Decimal::of('1')));
    }

    public function testTellsItsSign(): void
    {
        self::assertSame([true, false], [Decimal::of('0.1')->isPositive(), Decimal::of('0')->isPositive()]);
        self::assertSame([true, false], [Decimal::of('-0.1')->isNegative(), Decimal::of('0')->isNegative()]);
        self::assertSame('2,5', Decimal::of('2.5')->spoken());
        self::assertSame('-2.5', Decimal::of('2.5')->negated()->text());
    }
}
