<?php

declare(strict_types=1);

namespace Bitrix\Main\Config;

use Bitrix\Main\Application;
use Fake\Boot;

/** Options of modules. A request sees them as they stood when it began, and what it has set itself. */
final class Option
{
    /** Defaults that the modules bring along. */
    private const DEFAULTS = [
        'catalog/default_use_store_control' => 'N',
        'catalog/allow_negative_amount' => 'N',
        'catalog/default_can_buy_zero' => 'N',
        'catalog/default_quantity_trace' => 'N',
        'catalog/check_rights_on_decrease_store_quantity' => 'N',
    ];

    /** @param mixed $default */
    public static function get(string $module, string $name, $default = ''): string
    {
        return Boot::option($module, $name) ?? self::DEFAULTS[$module . '/' . $name] ?? (string) $default;
    }

    /** @param mixed $value */
    public static function set(string $module, string $name, $value = ''): void
    {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $connection->queryExecute(sprintf(
            "INSERT INTO b_option (MODULE_ID, NAME, VALUE) VALUES ('%s', '%s', '%s')"
            . ' ON DUPLICATE KEY UPDATE VALUE = VALUES(VALUE)',
            $helper->forSql($module),
            $helper->forSql($name),
            $helper->forSql($value)
        ));
        Boot::keepOption($module, $name, (string) $value);
    }

    /** @param array{name?: string} $filter */
    public static function delete(string $module, array $filter = []): void
    {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $where = isset($filter['name']) ? " AND NAME = '" . $helper->forSql($filter['name']) . "'" : '';
        $connection->queryExecute("DELETE FROM b_option WHERE MODULE_ID = '" . $helper->forSql($module) . "'" . $where);
        if (isset($filter['name'])) {
            Boot::keepOption($module, $filter['name'], null);
        } else {
            Boot::forgetOptions($module);
        }
    }
}
