<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\DatabaseError;
use PHPUnit\Framework\TestCase;

final class DatabaseErrorTest extends TestCase
{
    /** @dataProvider errors */
    public function testTellsWhatToDo(int $number, bool $isLost, bool $isDuplicate, bool $isTransient): void
    {
        $error = new DatabaseError('text', $number, $isLost);
        self::assertSame([$isDuplicate, $isTransient], [$error->isDuplicate(), $error->isTransient()]);
    }

    /** @return list<array{int, bool, bool, bool}> */
    public function errors(): array
    {
        return [
            [1062, false, true, false], [1213, false, false, true], [1205, false, false, true],
            [2006, false, false, true], [2013, false, false, true], [1053, false, false, true],
            [1927, false, false, true], [0, true, false, true], [1064, false, false, false],
            [1146, false, false, false], [0, false, false, false],
        ];
    }
}
