<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Config;

use Fake\Fault;

/** What the edition allows. */
final class Feature
{
    public static function isInventoryManagementEnabled(): bool
    {
        return Fault::value('feature_off') === null;
    }

    public static function isMultiStoresEnabled(): bool
    {
        return Fault::value('feature_off') === null;
    }
}
