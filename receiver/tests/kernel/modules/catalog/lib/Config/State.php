<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Config;

use Bitrix\Main\Config\Option;

/** What the site has switched on. */
final class State
{
    /**
     * catalog 22.900: the edition's feature and the option; newer versions also say no where 1C keeps the catalogue.
     */
    public static function isUsedInventoryManagement(): bool
    {
        return Feature::isInventoryManagementEnabled()
            && !self::isExternalCatalog()
            && Option::get('catalog', 'default_use_store_control') === 'Y';
    }

    public static function isExternalCatalog(): bool
    {
        return Option::get('catalog', 'is_external_catalog', 'N') === 'Y';
    }
}
