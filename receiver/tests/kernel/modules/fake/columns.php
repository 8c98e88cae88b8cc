<?php

/** Which fields the kernel's functions know, and their kinds. */

declare(strict_types=1);

return [
    'b_catalog_store_docs' => [
        'DOC_TYPE' => 'text', 'SITE_ID' => 'text', 'CONTRACTOR_ID' => 'int', 'DATE_MODIFY' => 'text',
        'DATE_CREATE' => 'text', 'CREATED_BY' => 'int', 'MODIFIED_BY' => 'int', 'CURRENCY' => 'text',
        'STATUS' => 'text', 'WAS_CANCELLED' => 'text', 'DATE_STATUS' => 'text', 'DATE_DOCUMENT' => 'text',
        'STATUS_BY' => 'int', 'TOTAL' => 'double', 'COMMENTARY' => 'text', 'TITLE' => 'text',
        'RESPONSIBLE_ID' => 'int', 'DOC_NUMBER' => 'text',
    ],
    'b_catalog_docs_element' => [
        'DOC_ID' => 'int', 'STORE_FROM' => 'int', 'STORE_TO' => 'int', 'ELEMENT_ID' => 'int', 'AMOUNT' => 'double',
        'PURCHASING_PRICE' => 'double', 'BASE_PRICE' => 'double', 'COMMENT' => 'text',
    ],
    'b_catalog_docs_barcode' => ['DOC_ID' => 'int', 'DOC_ELEMENT_ID' => 'int', 'BARCODE' => 'text'],
    'b_catalog_store_product' => [
        'PRODUCT_ID' => 'int', 'STORE_ID' => 'int', 'AMOUNT' => 'double', 'QUANTITY_RESERVED' => 'double',
    ],
    'b_catalog_product' => [
        'TYPE' => 'int', 'QUANTITY' => 'double', 'QUANTITY_RESERVED' => 'double', 'QUANTITY_TRACE' => 'text',
        'CAN_BUY_ZERO' => 'text', 'NEGATIVE_AMOUNT_TRACE' => 'text', 'MEASURE' => 'int', 'BARCODE_MULTI' => 'text',
        'AVAILABLE' => 'text',
    ],
];
