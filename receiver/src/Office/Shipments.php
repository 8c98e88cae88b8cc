<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Decimal;
use Chekpost\EventRow;
use Chekpost\Row;
use Chekpost\SystemClock;
use Chekpost\Watch\Letters;
use Chekpost\Watch\Watch;

/**
 * A site order was shipped: did a receipt of the last days take the very same goods for the very same money? Then stock
 * may have been moved twice for one purchase. The receipt is marked and the owner told; nothing is undone.
 */
final class Shipments
{
    private const SECONDS = 14 * 86400;
    private const CANDIDATES = 500;
    /** A till may round the total down to whole roubles (tag 1020). */
    private const ROUNDING_KOPECKS = 100;

    private Office $office;

    public function __construct(Office $office)
    {
        $this->office = $office;
    }

    public function compare(int $orderId): void
    {
        $orders = $this->office->database->query(
            "SELECT o.ACCOUNT_NUMBER, ROUND(o.PRICE * 100) AS FULL_SUM,"
                . ' ROUND((o.PRICE - COALESCE(o.PRICE_DELIVERY, 0)) * 100) AS GOODS_SUM FROM b_sale_order o'
                . " WHERE o.ID = ? AND EXISTS (SELECT 1 FROM b_sale_order_delivery d WHERE d.ORDER_ID = o.ID"
                . " AND d.DEDUCTED = 'Y')",
            [$orderId]
        );
        $goods = $this->goods($orderId);
        if ($orders === [] || $goods === []) {
            return;
        }
        $order = new Row($orders[0]);
        $sums = [$order->int('FULL_SUM'), $order->int('GOODS_SUM')];
        foreach ($this->receiptsOf($goods) as $event) {
            if ($event->suspect === null && self::costs($event, $sums)) {
                $this->mark($event, $order->textOrNull('ACCOUNT_NUMBER') ?? (string) $orderId);
            }
        }
    }

    /**
     * What left the stores: of a set its parts, which stand in the basket beside it.
     *
     * @return array<int, string> product → quantity
     */
    private function goods(int $orderId): array
    {
        $goods = [];
        $rows = $this->office->database->query(
            'SELECT b.PRODUCT_ID, CAST(SUM(b.QUANTITY) AS DECIMAL(24, 6)) AS N FROM b_sale_basket b'
                . ' WHERE b.ORDER_ID = ? AND NOT EXISTS (SELECT 1 FROM b_sale_basket p WHERE p.ORDER_ID = b.ORDER_ID'
                . ' AND p.SET_PARENT_ID = b.ID AND p.ID <> b.ID) GROUP BY b.PRODUCT_ID',
            [$orderId]
        );
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $goods[$row->int('PRODUCT_ID')] = $row->text('N');
        }
        return $goods;
    }

    /**
     * @param array<int, string> $goods
     * @return list<EventRow> booked receipts of exactly these goods
     */
    private function receiptsOf(array $goods): array
    {
        $since = SystemClock::sql($this->office->clock->now() - self::SECONDS);
        $keys = array_column($this->office->database->query(
            'SELECT DISTINCT event_key FROM chekpost_movement'
                . " WHERE product_id = ? AND created_at >= ? AND way = 'out' LIMIT " . self::CANDIDATES,
            [(int) array_key_first($goods), $since]
        ), 'event_key');
        if ($keys === []) {
            return [];
        }
        $moved = [];
        foreach (
            $this->office->database->query(
                'SELECT event_key, product_id, way, SUM(quantity) AS N FROM chekpost_movement WHERE event_key IN (?)'
                    . ' GROUP BY event_key, product_id, way',
                [array_map('strval', $keys)]
            ) as $columns
        ) {
            $row = new Row($columns);
            $moved[$row->text('event_key')][$row->text('way') . $row->int('product_id')] = $row->text('N');
        }
        $events = [];
        foreach ($moved as $key => $quantities) {
            $event = self::isSame($quantities, $goods) ? $this->office->ledger->find((string) $key) : null;
            if ($event !== null && $event->state === EventRow::BOOKED) {
                $events[] = $event;
            }
        }
        return $events;
    }

    /**
     * @param array<string, string> $quantities way and product → quantity
     * @param array<int, string> $goods
     */
    private static function isSame(array $quantities, array $goods): bool
    {
        foreach ($goods as $product => $quantity) {
            $moved = $quantities['out' . $product] ?? null;
            if ($moved === null || !Decimal::of($moved)->isNear(Decimal::of($quantity))) {
                return false;
            }
        }
        return count($quantities) === count($goods);
    }

    /** @param list<int> $sums what the order costs, in kopecks: with its delivery and without */
    private static function costs(EventRow $event, array $sums): bool
    {
        $body = json_decode($event->body, true);
        $lines = is_array($body) && is_array($body['lines'] ?? null) ? $body['lines'] : [];
        $paid = [(int) ($body['totals']['total'] ?? 0), (int) array_sum(array_column($lines, 'sum'))];
        foreach ($paid as $sum) {
            foreach ($sums as $price) {
                if ($sum > 0 && $price - $sum >= 0 && $price - $sum < self::ROUNDING_KOPECKS) {
                    return true;
                }
            }
        }
        return false;
    }

    private function mark(EventRow $event, string $order): void
    {
        $this->office->database->transaction(function () use ($event, $order): void {
            $this->office->database->execute(
                'UPDATE chekpost_event SET suspect = ? WHERE event_key = ? AND suspect IS NULL',
                ['отгружен такой же заказ № ' . mb_substr($order, 0, 100), $event->key]
            );
            $this->office->audit('suspect-double', $event->key, ['order' => $order]);
        });
        $letters = new Letters(Watch::page($this->office), new \DateTimeZone(date_default_timezone_get()));
        (new Watch($this->office))->write(...$letters->double($event->key, $order));
    }
}
