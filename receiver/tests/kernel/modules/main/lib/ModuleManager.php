<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Fake\Boot;

/** Which modules are installed. */
final class ModuleManager
{
    public static function isModuleInstalled(string $module): bool
    {
        return Boot::isInstalled($module);
    }

    /** @return string|false the version from the module's own file */
    public static function getVersion(string $module)
    {
        $versions = ['main' => '22.600.400', 'catalog' => '22.900.200', 'sale' => '22.800.100', 'iblock' => '22.500.0'];
        return Boot::isInstalled($module) ? ($versions[$module] ?? false) : false;
    }
}
