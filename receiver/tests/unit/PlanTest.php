<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Decimal;
use Chekpost\Movement;
use Chekpost\Plan;
use Chekpost\Product;
use Chekpost\SaleLine;
use PHPUnit\Framework\TestCase;
use UnexpectedValueException;

final class PlanTest extends TestCase
{
    private static function product(int $id, int $iblock = 1): Product
    {
        return Product::of(['ID' => "$id", 'TYPE' => '1', 'NAME' => "Товар $id", 'IBLOCK_ID' => "$iblock"]);
    }

    public function testEachProductStoreAndWayStandsOnce(): void
    {
        $plan = new Plan();
        foreach (['0.1', '0.2', '0.3'] as $quantity) {
            $plan->add(self::product(7), 1, SaleLine::OUT, Decimal::of($quantity));
        }
        $plan->add(self::product(7), 1, SaleLine::IN, Decimal::of('5'));
        $plan->add(self::product(7), 2, SaleLine::OUT, Decimal::of('1'));
        self::assertSame(
            ['7:1 in 5', '7:1 out 0.6', '7:2 out 1'],
            array_map(
                static fn (Movement $each): string => "{$each->place()} {$each->way} {$each->quantity->text()}",
                $plan->all()
            )
        );
        self::assertSame(['7:1' => '4.4', '7:2' => '-1'], array_map(
            static fn (Decimal $change): string => $change->text(),
            $plan->changes()
        ));
    }

    public function testRowsAreLockedInTheOrderOfProducts(): void
    {
        $plan = new Plan();
        foreach ([100, 9, 1000, 99] as $id) {
            $plan->add(self::product($id, $id), 1, SaleLine::OUT, Decimal::of('1'));
        }
        self::assertSame([9, 99, 100, 1000], $plan->productIds());
        self::assertSame([9, 99, 100, 1000], $plan->iblockIds());
        self::assertSame([1], $plan->storeIds());
        self::assertCount(4, $plan->ways(SaleLine::OUT));
        self::assertSame([], $plan->ways(SaleLine::IN));
    }

    public function testWithoutStoresThePlaceIsTheProduct(): void
    {
        $plan = new Plan();
        self::assertTrue($plan->isEmpty());
        $plan->add(self::product(7), null, SaleLine::OUT, Decimal::of('1'));
        self::assertFalse($plan->isEmpty());
        self::assertSame(['7:'], array_keys($plan->changes()));
        self::assertSame([], $plan->storeIds());
    }

    public function testTooMuchIsRefused(): void
    {
        $plan = new Plan();
        $plan->add(self::product(7), 1, SaleLine::OUT, Decimal::of('999999999999'));
        $this->expectException(UnexpectedValueException::class);
        $plan->add(self::product(7), 1, SaleLine::OUT, Decimal::of('1'));
    }
}
