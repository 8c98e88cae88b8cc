<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Throwable;

/**
 * What the site calls. Nothing that goes wrong here may stop the site's own work: an exchange, a shipment, the menu.
 */
final class Handlers
{
    /**
     * main module, OnBuildGlobalMenu: a line in the menu of the shop.
     *
     * @param array<string, array<string, mixed>> $globalMenu
     * @param list<array<string, mixed>> $moduleMenu
     */
    public static function menu(array &$globalMenu, array &$moduleMenu): void
    {
        if (!(new Site())->isAdmin()) {
            return;
        }
        $moduleMenu[] = [
            'parent_menu' => isset($globalMenu['global_menu_store']) ? 'global_menu_store' : 'global_menu_services',
            'sort' => 900,
            'text' => 'Чеки из магазина',
            'title' => 'Чеки касс, проведённые на складе сайта',
            'url' => Site::FOLDER . '/admin.php?lang=ru',
            'more_url' => [Site::FOLDER . '/admin.php', Site::FOLDER . '/install.php'],
            'icon' => 'sale_menu_icon_orders',
        ];
    }

    /** catalog module: stock and products have just come from 1C. */
    public static function afterImport(): void
    {
        self::guarded('retry-stopped', static function (Office $office): void {
            $retrying = new Retrying($office);
            if ($retrying->markAfterImport() > 0) {
                $retrying->runDue();
            }
        });
    }

    /**
     * sale module, OnShipmentDeducted: goods of a site order have left. Was the very same sold at a till? Asked when
     * the request is over: the order may be within a transaction of the site's, which our locks must not hold up and
     * whose rollback would make the question idle.
     *
     * @param object $event `\Bitrix\Main\Event` with the shipment as ENTITY
     */
    public static function afterShipment(object $event): void
    {
        $shipment = $event->getParameter('ENTITY');
        if (!is_object($shipment) || $shipment->getField('DEDUCTED') !== 'Y') {
            return;
        }
        $orderId = (int) $shipment->getField('ORDER_ID');
        register_shutdown_function(static function () use ($orderId): void {
            self::guarded('shipment-unseen', static function (Office $office) use ($orderId): void {
                (new Shipments($office))->compare($orderId);
            });
        });
    }

    /** @param callable(Office): void $work */
    private static function guarded(string $action, callable $work): void
    {
        $office = null;
        try {
            $office = Office::open();
            if ($office->isAwake()) {
                $work($office);
            }
        } catch (Throwable $error) {
            self::note($office, $action, $error);
        }
    }

    private static function note(?Office $office, string $action, Throwable $error): void
    {
        try {
            if ($office !== null) {
                $office->audit($action, null, ['error' => get_class($error) . ': ' . $error->getMessage()]);
            }
        } catch (Throwable $second) {
            // The database is gone; the site's own work goes on without our note.
            error_log('chekpost: ' . $error->getMessage());
        }
    }
}
