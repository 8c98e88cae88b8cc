<?php

declare(strict_types=1);

namespace Chekpost;

use UnexpectedValueException;

/** One row of the database, read by type: the driver gives numbers now as text, now as numbers. */
final class Row
{
    /** @var array<string, mixed> */
    private array $row;

    /** @param array<string, mixed> $row */
    public function __construct(array $row)
    {
        $this->row = $row;
    }

    public function text(string $column): string
    {
        $value = $this->textOrNull($column);
        if ($value === null) {
            throw new UnexpectedValueException("Column $column is empty");
        }
        return $value;
    }

    public function textOrNull(string $column): ?string
    {
        $value = $this->row[$column] ?? null;
        if ($value === null) {
            return null;
        }
        if (is_scalar($value)) {
            return (string) $value;
        }
        throw new UnexpectedValueException("Column $column is no text");
    }

    public function int(string $column): int
    {
        return (int) $this->text($column);
    }

    public function intOrNull(string $column): ?int
    {
        $value = $this->textOrNull($column);
        return $value === null ? null : (int) $value;
    }

    /** A list kept as JSON; empty when the column is. @return list<array<string, mixed>> */
    public function jsonList(string $column): array
    {
        $list = [];
        foreach ($this->jsonMap($column) as $value) {
            if (is_array($value)) {
                /** @var array<string, mixed> $value */
                $list[] = $value;
            }
        }
        return $list;
    }

    /** @return array<array-key, mixed> */
    public function jsonMap(string $column): array
    {
        $value = json_decode($this->textOrNull($column) ?? '[]', true);
        return is_array($value) ? $value : [];
    }
}
