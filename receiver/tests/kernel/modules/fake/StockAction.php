<?php

declare(strict_types=1);

namespace Fake;

use Bitrix\Catalog\Access\AccessController;
use Bitrix\Catalog\Access\ActionDictionary;
use Bitrix\Catalog\Access\Model\StoreDocument;
use Bitrix\Main\Config\Option;
use CCatalogProduct;
use CCatalogStoreProduct;

/**
 * One line's change of one store's amount. catalog 22.900: it reads the row once and keeps it, so that a second line of
 * the same product and store starts from the same amount, and the first one's deduction is lost.
 */
final class StockAction
{
    /** @var int */
    private $store;
    /** @var int */
    private $product;
    /** @var float */
    private $change;
    /** @var string */
    private $type;
    /** @var ?array<string, mixed> */
    private $row = null;

    public function __construct(int $store, int $product, float $change, string $type)
    {
        $this->store = $store;
        $this->product = $product;
        $this->change = $change;
        $this->type = $type;
    }

    /**
     * catalog 22.900: looks at this line and this store's AMOUNT only; reserved units are not protected. An increase
     * looks at nothing (and so reads its row only when it acts).
     */
    public function canExecute(): bool
    {
        if ($this->change >= 0 || $this->amount() + $this->change >= 0 || $this->mayGoBelow()) {
            return true;
        }
        $store = Rows::one('SELECT TITLE FROM b_catalog_store WHERE ID = ' . $this->store);
        $element = Rows::one('SELECT NAME FROM b_iblock_element WHERE ID = ' . $this->product);
        return Text::refuse(
            'insufficient',
            $element === false ? $this->product : $element['NAME'],
            $store === false ? $this->store : $store['TITLE']
        );
    }

    /** catalog 22.900: writes the absolute value that it has computed, whatever the row holds by now. */
    public function execute(): bool
    {
        $amount = $this->amount() + $this->change;
        Fault::betweenReadAndWrite();
        $isWritten = (bool) CCatalogStoreProduct::UpdateFromForm([
            'STORE_ID' => $this->store,
            'PRODUCT_ID' => $this->product,
            'AMOUNT' => $amount,
        ]);
        if (!$isWritten) {
            Text::refuse('cannot-update');
        }
        if (!$this->updateProduct()) {
            return Text::refuse('product-update');
        }
        return $isWritten;
    }

    /** catalog 22.900: QUANTITY = Σ AMOUNT of the active stores − the product's reserve. */
    private function updateProduct(): bool
    {
        $sum = Rows::one(
            'SELECT SUM(a.AMOUNT) S FROM b_catalog_store_product a JOIN b_catalog_store s ON s.ID = a.STORE_ID'
            . " WHERE s.ACTIVE = 'Y' AND a.PRODUCT_ID = " . $this->product . ' GROUP BY a.PRODUCT_ID'
        );
        $product = Rows::one('SELECT QUANTITY_RESERVED FROM b_catalog_product WHERE ID = ' . $this->product);
        if ($sum === false || $product === false) {
            return false;
        }
        return CCatalogProduct::Update($this->product, [
            'QUANTITY' => (float) $sum['S'] - (float) $product['QUANTITY_RESERVED'],
        ]);
    }

    private function amount(): float
    {
        if ($this->row === null) {
            $row = Rows::one('SELECT AMOUNT, QUANTITY_RESERVED FROM b_catalog_store_product'
                . " WHERE PRODUCT_ID = {$this->product} AND STORE_ID = {$this->store}");
            $this->row = $row === false ? null : $row;
        }
        return $this->row === null ? 0.0 : (float) $this->row['AMOUNT'];
    }

    /**
     * catalog 22.900, option check_rights_on_decrease_store_quantity: D refuses always, E asks the current user's right
     * for this type of document, N the product's NEGATIVE_AMOUNT_TRACE.
     */
    private function mayGoBelow(): bool
    {
        $option = Option::get('catalog', 'check_rights_on_decrease_store_quantity');
        $product = Rows::one('SELECT NEGATIVE_AMOUNT_TRACE T FROM b_catalog_product WHERE ID = ' . $this->product);
        if ($product === false || $option === 'D') {
            return false;
        }
        if ($option === 'E') {
            return AccessController::getCurrent()->check(
                ActionDictionary::ACTION_STORE_DOCUMENT_ALLOW_NEGATION_PRODUCT_QUANTITY,
                StoreDocument::createFromArray(['DOC_TYPE' => $this->type])
            );
        }
        $trace = (string) $product['T'];
        return ($trace === 'D' ? Option::get('catalog', 'allow_negative_amount') : $trace) === 'Y';
    }
}
