<?php

declare(strict_types=1);

use Bitrix\Main\Loader;

/** The old name of Loader. */
class CModule
{
    public static function IncludeModule(string $module): bool
    {
        return Loader::includeModule($module);
    }
}
