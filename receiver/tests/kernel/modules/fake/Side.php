<?php

declare(strict_types=1);

namespace Fake;

use Bitrix\Main\Application;
use mysqli;
use RuntimeException;

/** A second connection, so that counting faults and waiting at gates leave the request's transaction alone. */
final class Side
{
    /** @var ?mysqli */
    private static $side = null;

    /** True while the fault has any times left; takes one. */
    public static function countDown(string $name): bool
    {
        $side = self::open();
        $side->query(sprintf(
            "UPDATE fake_fault SET times = times - 1 WHERE name = '%s' AND times > 0",
            $side->real_escape_string($name)
        ));
        return $side->affected_rows === 1;
    }

    /** Says that it has arrived, and waits until the gate is open. */
    public static function passGate(string $gate): void
    {
        $side = self::open();
        $name = $side->real_escape_string($gate);
        $side->query("INSERT INTO fake_arrival (gate) VALUES ('$name')");
        $lock = md5(Application::getConnection()->getDatabase() . '/' . $gate);
        $got = $side->query("SELECT GET_LOCK('$lock', 60) l");
        if ($got === false || $got === true || ($got->fetch_assoc()['l'] ?? null) !== '1') {
            throw new RuntimeException('the gate ' . $gate . ' never opened');
        }
        $side->query("SELECT RELEASE_LOCK('$lock')");
    }

    public static function killMain(int $thread): void
    {
        self::open()->query('KILL ' . $thread);
    }

    private static function open(): mysqli
    {
        if (self::$side === null) {
            self::$side = Application::getConnection()->another();
        }
        return self::$side;
    }
}
