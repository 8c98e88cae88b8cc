<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Office\Detail;
use PHPUnit\Framework\TestCase;

final class DetailTest extends TestCase
{
    public function testSaysInWordsWhatTheAuditHolds(): void
    {
        self::assertSame('', Detail::text('live-off', '[]'));
        self::assertSame(
            'касса: shop-12/till-1, склад: 3',
            Detail::text('register-added', '{"id":"shop-12/till-1","store":3,"returns":null}')
        );
        self::assertSame(
            'магазин: shop-12, вид: название, код: пакет, товар: не ведётся',
            Detail::text('map', '{"store":"shop-12","kind":"name","code":"\u043f\u0430\u043a\u0435\u0442",'
                . '"productId":null,"factor":null}')
        );
        self::assertSame('включена: нет', Detail::text('register', '{"enabled":false}'));
        self::assertSame('стало: проведён', Detail::text('retry', '{"state":"booked"}'));
    }

    public function testIsShortWhateverItHolds(): void
    {
        self::assertSame('чек: ' . str_repeat('я', 195) . '…', Detail::text('facts-differ', (string) json_encode([
            'body' => str_repeat('я', 5000),
        ])));
        self::assertSame('no JSON', Detail::text('x', 'no JSON'));
    }
}
