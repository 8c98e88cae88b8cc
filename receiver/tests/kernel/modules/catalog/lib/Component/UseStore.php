<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Component;

use Bitrix\Catalog\Config\State;
use Bitrix\Main\Config\Option;

/** Store control. */
final class UseStore
{
    public static function isUsed(): bool
    {
        return State::isUsedInventoryManagement();
    }

    public static function isUsedOneC(): bool
    {
        return Option::get('catalog', 'once_inventory_management') === 'Y';
    }
}
