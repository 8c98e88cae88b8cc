<?php

declare(strict_types=1);

namespace Chekpost;

final class SystemClock implements Clock
{
    public function now(): int
    {
        return time();
    }

    /** As our DATETIME columns hold it: UTC. */
    public static function sql(int $unix): string
    {
        return gmdate('Y-m-d H:i:s', $unix);
    }
}
