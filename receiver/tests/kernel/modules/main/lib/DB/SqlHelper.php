<?php

declare(strict_types=1);

namespace Bitrix\Main\DB;

use mysqli;

/** How values are written into SQL. */
final class SqlHelper
{
    /** @var mysqli */
    private $resource;

    public function __construct(mysqli $resource)
    {
        $this->resource = $resource;
    }

    /** main 22: without the quotes around; a length above nought cuts the text. @param mixed $value */
    public function forSql($value, int $maxLength = 0): string
    {
        $text = (string) $value;
        return $this->resource->real_escape_string($maxLength > 0 ? mb_substr($text, 0, $maxLength) : $text);
    }

    public function quote(string $name): string
    {
        return '`' . str_replace('`', '', $name) . '`';
    }
}
