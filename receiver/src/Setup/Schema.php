<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Database;
use Chekpost\Row;
use RuntimeException;

/** Our tables, as `src/schema.sql` describes them. */
final class Schema
{
    private Database $database;
    private string $file;

    public function __construct(Database $database, string $file)
    {
        $this->database = $database;
        $this->file = $file;
    }

    /** @return list<string> `table` or `table.column` */
    public function missing(): array
    {
        $there = [];
        $rows = $this->database->query(
            'SELECT TABLE_NAME AS T, COLUMN_NAME AS C FROM information_schema.COLUMNS'
                . " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'chekpost\\_%'"
        );
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $there[$row->text('T')][$row->text('C')] = true;
        }
        $missing = [];
        foreach ($this->wanted() as $table => $columns) {
            if (!isset($there[$table])) {
                $missing[] = $table;
                continue;
            }
            foreach ($columns as $column) {
                if (!isset($there[$table][$column])) {
                    $missing[] = $table . '.' . $column;
                }
            }
        }
        return $missing;
    }

    /** Creates what is not there; a table that is there is left alone. */
    public function create(): void
    {
        foreach ($this->statements() as $statement) {
            $this->database->execute($statement);
        }
    }

    public function drop(): void
    {
        foreach (array_keys($this->wanted()) as $table) {
            $this->database->execute('DROP TABLE IF EXISTS ' . $table);
        }
    }

    public function exists(): bool
    {
        return array_intersect($this->missing(), array_keys($this->wanted())) === [];
    }

    /** @return array<string, list<string>> table => columns */
    private function wanted(): array
    {
        $wanted = [];
        foreach ($this->statements() as $statement) {
            if (preg_match('/^CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*)\)/s', $statement, $part) !== 1) {
                continue;
            }
            preg_match_all('/^\s*([a-z_]+) [A-Z]/m', $part[2], $columns);
            $wanted[$part[1]] = array_values($columns[1]);
        }
        return $wanted;
    }

    /** @return list<string> */
    private function statements(): array
    {
        $sql = file_get_contents($this->file);
        if ($sql === false) {
            throw new RuntimeException('Не читается ' . $this->file);
        }
        $sql = (string) preg_replace('/^--.*$/m', '', $sql);
        $statements = array_map('trim', explode(";\n", $sql . "\n"));
        return array_values(array_filter($statements, static function (string $one): bool {
            return $one !== '' && $one !== ';';
        }));
    }
}
