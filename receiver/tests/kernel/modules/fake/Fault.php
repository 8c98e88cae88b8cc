<?php

declare(strict_types=1);

namespace Fake;

use Bitrix\Main\Application;
use RuntimeException;

/** The faults that a test has asked for, as they stood when the request began. */
final class Fault
{
    /** @var array<string, array{0: string, 1: bool, 2: ?int}> */
    private static $faults = [];

    /**
     * @param mixed $times
     * @param mixed $percent
     */
    public static function set(string $name, string $value, $times, $percent): void
    {
        self::$faults[$name] = [$value, $times !== null, $percent === null ? null : (int) $percent];
    }

    /** The fault's value when it is to happen now, else null. */
    public static function value(string $name): ?string
    {
        if (!isset(self::$faults[$name])) {
            return null;
        }
        [$value, $isCounted, $percent] = self::$faults[$name];
        if ($percent !== null && random_int(1, 100) > $percent) {
            return null;
        }
        return $isCounted && !Side::countDown($name) ? null : $value;
    }

    public static function isSet(string $name): bool
    {
        return isset(self::$faults[$name]);
    }

    /** The value, whether it is to happen now or not. */
    public static function limit(string $name): string
    {
        return self::$faults[$name][0] ?? '';
    }

    /** The moment between reading an amount and writing the new one. */
    public static function betweenReadAndWrite(): void
    {
        $pause = self::value('pause_between_read_and_write_ms');
        if ($pause !== null) {
            usleep((int) $pause * 1000);
        }
        self::gate('gate_between_read_and_write');
    }

    public static function gate(string $point): void
    {
        $gate = self::value($point);
        if ($gate !== null) {
            Side::passGate($gate);
        }
    }

    /** The end of the process, or of this line of work. */
    public static function crash(string $point): void
    {
        $how = self::value($point);
        if ($how === 'kill') {
            self::kill();
        } elseif ($how === 'exit') {
            exit(255);
        } elseif ($how !== null) {
            throw new RuntimeException('crash at ' . $point);
        }
    }

    public static function kill(): void
    {
        posix_kill((int) getmypid(), SIGKILL);
        sleep(60);
    }

    /**
     * A handler of a third party, as `handler:<event>` describes it.
     *
     * @return mixed
     */
    public static function handle(string $event)
    {
        $fault = self::value('handler:' . $event);
        if ($fault === null) {
            return null;
        }
        [$what, $argument] = explode(':', $fault . ':', 2);
        $argument = rtrim($argument, ':');
        $connection = Application::getConnection();
        switch ($what) {
            case 'false':
                if ($argument !== '') {
                    $GLOBALS['APPLICATION']->ThrowException($argument);
                }
                return false;
            case 'throw':
                throw new RuntimeException($argument !== '' ? $argument : 'a handler of ' . $event . ' threw');
            case 'error':
                return intdiv(1, 0);
            case 'slow':
                usleep((int) $argument * 1000);
                return null;
            case 'commit':
            case 'rollback':
                $connection->queryExecute(strtoupper($what));
                return null;
            case 'ddl':
                $connection->queryExecute('CREATE TABLE IF NOT EXISTS fake_ddl (a INT)');
                return null;
            case 'd7commit':
                $connection->commitTransaction();
                return null;
            case 'd7start':
                $connection->startTransaction();
                return null;
            case 'nested':
                $connection->startTransaction();
                $connection->rollbackTransaction();
                return null;
            case 'nested-commit':
                $connection->startTransaction();
                $connection->commitTransaction();
                return null;
            case 'sql':
                $connection->queryExecute($argument);
                return null;
            case 'output':
                echo $argument;
                return null;
            case 'gate':
                Side::passGate($argument);
                return null;
            case 'kill':
                self::kill();
                return null;
            case 'exit':
                exit(0);
        }
        throw new RuntimeException('no such fault of a handler: ' . $fault);
    }
}
