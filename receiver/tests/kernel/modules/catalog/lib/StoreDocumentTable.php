<?php

declare(strict_types=1);

namespace Bitrix\Catalog;

/** The letters of the documents. */
final class StoreDocumentTable
{
    public const TYPE_ARRIVAL = 'A';
    public const TYPE_STORE_ADJUSTMENT = 'S';
    public const TYPE_MOVING = 'M';
    public const TYPE_RETURN = 'R';
    public const TYPE_DEDUCT = 'D';
    public const TYPE_UNDO_RESERVE = 'U';
    public const TYPE_SALES_ORDERS = 'W';
}
