<?php

declare(strict_types=1);

namespace Bitrix\Main\DB;

use Bitrix\Main\Type\Date;
use Bitrix\Main\Type\DateTime;
use mysqli_result;

/** The rows of one query. */
final class Result
{
    /** @var ?mysqli_result */
    private $result;
    /** @var array<string, class-string> */
    private $dates = [];

    /** @param mysqli_result|bool $result */
    public function __construct($result)
    {
        $this->result = $result instanceof mysqli_result ? $result : null;
        foreach ($this->result === null ? [] : $this->result->fetch_fields() as $field) {
            if ($field->type === MYSQLI_TYPE_DATETIME || $field->type === MYSQLI_TYPE_TIMESTAMP) {
                $this->dates[$field->name] = DateTime::class;
            } elseif ($field->type === MYSQLI_TYPE_DATE) {
                $this->dates[$field->name] = Date::class;
            }
        }
    }

    /**
     * main 22: everything is text or null, but columns of date and time come as objects.
     *
     * @return array<string, mixed>|false
     */
    public function fetch()
    {
        $row = $this->result === null ? null : $this->result->fetch_assoc();
        if (!is_array($row)) {
            return false;
        }
        foreach ($this->dates as $name => $class) {
            if ($row[$name] !== null && strncmp((string) $row[$name], '0000', 4) !== 0) {
                $row[$name] = $class::fromDatabase((string) $row[$name]);
            }
        }
        return $row;
    }

    /** @return list<array<string, mixed>> */
    public function fetchAll(): array
    {
        $rows = [];
        while ($row = $this->fetch()) {
            $rows[] = $row;
        }
        return $rows;
    }

    public function getSelectedRowsCount(): int
    {
        return $this->result === null ? 0 : (int) $this->result->num_rows;
    }
}
