<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Model;

use Bitrix\Main\Config\Option;
use Bitrix\Main\Result;
use Fake\Fault;
use Fake\Rows;
use Fake\Text;

/** Products of the catalogue. */
final class Product
{
    /**
     * catalog 22.900: writes what it is given as an absolute value and recomputes AVAILABLE. It neither asks whether
     * the site has store control nor protects against falling below nought.
     *
     * @param array<string, mixed> $fields
     */
    public static function update(int $id, array $fields): Result
    {
        $result = new Result();
        if (Fault::value('product_update_fails:' . $id) !== null) {
            return $result->addError(Text::of('product-update'));
        }
        foreach (GetModuleEvents('catalog', 'OnBeforeProductUpdate', true) as $handler) {
            if (ExecuteModuleEventEx($handler, [$id, &$fields]) === false) {
                return $result->addError(Text::of('product-update'));
            }
        }
        $row = Rows::one('SELECT * FROM b_catalog_product WHERE ID = ' . $id);
        if ($row === false) {
            return $result->addError(Text::of('no-product', $id));
        }
        $fields['AVAILABLE'] = self::isAvailable($fields + $row) ? 'Y' : 'N';
        Rows::update('b_catalog_product', $id, $fields);
        foreach (GetModuleEvents('catalog', 'OnProductUpdate', true) as $handler) {
            ExecuteModuleEventEx($handler, [$id, $fields]);
        }
        return $result;
    }

    /** @param array<string, mixed> $product */
    private static function isAvailable(array $product): bool
    {
        $isLimited = self::resolve($product['QUANTITY_TRACE'], 'default_quantity_trace') === 'Y'
            && self::resolve($product['CAN_BUY_ZERO'], 'default_can_buy_zero') !== 'Y';
        return !$isLimited || (float) $product['QUANTITY'] > 0;
    }

    /** catalog 22.900: D stands for the module's option. @param mixed $value */
    private static function resolve($value, string $option): string
    {
        return (string) $value === 'D' ? Option::get('catalog', $option) : (string) $value;
    }
}
