<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Fake\Boot;

/** Modules and where their files are. */
final class Loader
{
    public static function includeModule(string $module): bool
    {
        return Boot::include(strtolower($module));
    }

    /** main 22: /local goes before /bitrix. @return string|false */
    public static function getLocal(string $path)
    {
        foreach (['/local/', '/bitrix/'] as $folder) {
            $file = $_SERVER['DOCUMENT_ROOT'] . $folder . $path;
            if (file_exists($file)) {
                return $file;
            }
        }
        return false;
    }
}
