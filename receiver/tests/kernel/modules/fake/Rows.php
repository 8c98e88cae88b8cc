<?php

declare(strict_types=1);

namespace Fake;

use Bitrix\Main\Application;

/**
 * Rows from arrays of fields, as the kernel's own functions do it: unknown fields are passed over, `~FIELD` holds SQL.
 */
final class Rows
{
    /** @var array<string, array<string, string>> */
    private static $columns = [];

    /** @param array<string, mixed> $fields */
    public static function insert(string $table, array $fields): int
    {
        $values = self::assignments($table, $fields);
        $connection = Application::getConnection();
        $connection->queryExecute(
            "INSERT INTO $table (" . implode(', ', array_keys($values)) . ') VALUES (' . implode(', ', $values) . ')'
        );
        return $connection->getInsertedId();
    }

    /** @param array<string, mixed> $fields */
    public static function update(string $table, int $id, array $fields): void
    {
        $parts = [];
        foreach (self::assignments($table, $fields) as $column => $value) {
            $parts[] = $column . ' = ' . $value;
        }
        if ($parts !== []) {
            Application::getConnection()
                ->queryExecute("UPDATE $table SET " . implode(', ', $parts) . " WHERE ID = $id");
        }
    }

    /** @return array<string, mixed>|false */
    public static function one(string $sql)
    {
        return Application::getConnection()->query($sql)->fetch();
    }

    /** @return list<array<string, mixed>> */
    public static function all(string $sql): array
    {
        return Application::getConnection()->query($sql)->fetchAll();
    }

    /**
     * @param array<string, mixed> $fields
     * @return array<string, string>
     */
    private static function assignments(string $table, array $fields): array
    {
        $columns = self::columns($table);
        $helper = Application::getConnection()->getSqlHelper();
        $values = [];
        foreach ($fields as $name => $value) {
            if (strncmp($name, '~', 1) === 0) {
                $values[substr($name, 1)] = (string) $value;
            } elseif ($name !== 'ID' && isset($columns[$name])) {
                $values[$name] = self::literal($value, $columns[$name], $helper);
            }
        }
        return $values;
    }

    /**
     * @param mixed $value
     * @param \Bitrix\Main\DB\SqlHelper $helper
     */
    private static function literal($value, string $type, $helper): string
    {
        if ($value === null || $value === false || is_array($value)) {
            return 'NULL';
        }
        if ($type === 'int') {
            return (string) (int) $value;
        }
        /* A quantity goes through PHP's floating point on its way into a DOUBLE, with 14 digits. */
        if ($type === 'double') {
            return (string) (float) $value;
        }
        return "'" . $helper->forSql((string) $value) . "'";
    }

    /** @return array<string, string> */
    private static function columns(string $table): array
    {
        if (!isset(self::$columns[$table])) {
            self::$columns[$table] = require __DIR__ . '/columns.php';
            self::$columns[$table] = self::$columns[$table][$table];
        }
        return self::$columns[$table];
    }
}
