<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Access;

/** Names of rights. */
final class ActionDictionary
{
    public const ACTION_STORE_DOCUMENT_ALLOW_NEGATION_PRODUCT_QUANTITY
        = 'store_document_allow_negation_product_quantity';
}
