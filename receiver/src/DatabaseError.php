<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;
use Throwable;

/** The database refused or is gone. The code is MySQL's error number, 0 when none is known. */
final class DatabaseError extends RuntimeException
{
    private const DUPLICATE = [1062, 1586];
    /** Lock wait timeout, deadlock, and MariaDB's "record has changed since last read". */
    private const BUSY = [1205, 1213, 1020];
    /** Too many connections, shutting down, killed, and the client's own "no connection". */
    private const GONE = [1040, 1053, 1152, 1203, 1226, 1290, 1317, 1927, 2002, 2003, 2006, 2013, 2055];

    private bool $lost;

    public function __construct(string $message, int $number, bool $lost, ?Throwable $cause = null)
    {
        parent::__construct($message, $number, $cause);
        $this->lost = $lost;
    }

    /** Somebody else wrote the same key. */
    public function isDuplicate(): bool
    {
        return in_array($this->getCode(), self::DUPLICATE, true);
    }

    /** Nobody's fault and nothing was written: the same work succeeds a little later. */
    public function isTransient(): bool
    {
        return $this->lost
            || in_array($this->getCode(), self::BUSY, true)
            || in_array($this->getCode(), self::GONE, true);
    }
}
