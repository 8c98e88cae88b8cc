<?php

declare(strict_types=1);

namespace Bitrix\Catalog;

/** Lines of documents; their rows are read by SQL. */
final class StoreDocumentElementTable
{
    public static function getTableName(): string
    {
        return 'b_catalog_docs_element';
    }
}
