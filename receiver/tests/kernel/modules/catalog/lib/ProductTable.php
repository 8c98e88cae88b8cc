<?php

declare(strict_types=1);

namespace Bitrix\Catalog;

/** The kinds of products. */
final class ProductTable
{
    public const TYPE_PRODUCT = 1;
    public const TYPE_SET = 2;
    public const TYPE_SKU = 3;
    public const TYPE_OFFER = 4;
    public const TYPE_FREE_OFFER = 5;
    public const TYPE_EMPTY_SKU = 6;
    public const TYPE_SERVICE = 7;
}
