<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Reason;
use Chekpost\Reasons;
use Chekpost\SaleLine;
use PHPUnit\Framework\TestCase;

final class ReasonTest extends TestCase
{
    public function testSurvivesTheLedger(): void
    {
        $reason = new Reason('unknown-product', 'Текст', 2, 'ean', '46', 'Чай');
        $again = Reason::of(json_decode((string) json_encode($reason->toArray()), true));
        self::assertEquals($reason, $again);
        $bare = new Reason('trial', 'Текст');
        self::assertEquals($bare, Reason::of(json_decode((string) json_encode($bare->toArray()), true)));
    }

    public function testTheGroupIsWhatTheyWaitForNotTheLineNorTheText(): void
    {
        $one = new Reason('unknown-product', 'a', 1, 'ean', '46', 'Чай');
        $same = new Reason('unknown-product', 'b', 9, 'ean', '46', 'чай');
        $other = new Reason('unknown-product', 'a', 1, 'ean', '47', 'Чай');
        self::assertSame(Reason::group([$one]), Reason::group([$same, $one]));
        self::assertSame(Reason::group([$one, $other]), Reason::group([$other, $same]));
        self::assertNotSame(Reason::group([$one]), Reason::group([$other]));
        self::assertMatchesRegularExpression('/\A[0-9a-f]{40}\z/', Reason::group([$one]));
    }

    public function testCodesStandOnce(): void
    {
        $reasons = [new Reason('a', ''), new Reason('b', ''), new Reason('a', '')];
        self::assertSame(['a', 'b'], Reason::codes($reasons));
    }

    public function testNamesTheSurestCodeToMap(): void
    {
        $line = new SaleLine();
        $line->n = 3;
        $line->gtin = null;
        $line->ean = '0046';
        $line->article = 'A';
        $line->name = 'Чай';
        $reason = Reasons::unknown($line);
        self::assertSame(['ean', '46', 3], [$reason->kind, $reason->key, $reason->line]);
        self::assertStringContainsString('EAN 0046, артикул A', $reason->text);
        $line->ean = $line->article = null;
        self::assertSame('name', Reasons::unknown($line)->kind);
        $line->name = ' ';
        self::assertNull(Reasons::unknown($line)->kind);
    }
}
