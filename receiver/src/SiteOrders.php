<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * Is the receipt the payment of an order of the site, whose own shipment moves the stock? An order of the same goods
 * and the same sum, made in the 14 days before the receipt and not cancelled, may be it, shipped or not.
 */
final class SiteOrders
{
    private const DAYS = 14;
    /** A till may round the total down to whole roubles (tag 1020). */
    private const ROUNDING_KOPECKS = 100;
    private const MOST = 50;

    private Bitrix $bitrix;
    private Database $database;

    public function __construct(Bitrix $bitrix, Database $database)
    {
        $this->bitrix = $bitrix;
        $this->database = $database;
    }

    /**
     * @param list<SoldLine> $sold what leaves and comes in by the receipt
     * @return ?string the order's number
     */
    public function find(Sale $sale, array $sold): ?string
    {
        $goods = [];
        foreach ($sold as $line) {
            if ($line->way !== SaleLine::OUT) {
                return null;
            }
            $id = $line->product->id;
            $goods[$id] = ($goods[$id] ?? Decimal::zero())->plus($line->quantity);
        }
        if ($goods === [] || !$this->bitrix->isInstalled('sale')) {
            return null;
        }
        $lines = array_map(static fn (SoldLine $line): int => $line->line->sum ?? 0, $sold);
        $sums = [$sale->total ?? 0, (int) array_sum($lines)];
        foreach ($this->candidates($sale, $sums, (int) array_key_first($goods)) as $columns) {
            $order = new Row($columns);
            if ($this->isBasketOf($order->int('ID'), $goods)) {
                return $order->textOrNull('ACCOUNT_NUMBER') ?? $order->text('ID');
            }
        }
        return null;
    }

    /**
     * Orders of one of these sums, with the delivery or without it, that hold one of the goods.
     *
     * @param list<int> $sums kopecks
     * @return list<array<string, mixed>>
     */
    private function candidates(Sale $sale, array $sums, int $productId): array
    {
        $time = (int) strtotime($sale->rawTime . 'Z');
        $isNear = '(o.PRICE * 100 - ? BETWEEN 0 AND ? OR (o.PRICE - o.PRICE_DELIVERY) * 100 - ? BETWEEN 0 AND ?)';
        $params = [gmdate('Y-m-d H:i:s', $time - self::DAYS * 86400), gmdate('Y-m-d H:i:s', $time + 86400)];
        foreach ($sums as $sum) {
            array_push($params, $sum, self::ROUNDING_KOPECKS - 1, $sum, self::ROUNDING_KOPECKS - 1);
        }
        $params[] = $productId;
        return $this->database->query(
            "SELECT o.ID, o.ACCOUNT_NUMBER FROM b_sale_order o
             WHERE o.DATE_INSERT BETWEEN ? AND ? AND o.CANCELED = 'N' AND ($isNear OR $isNear)
             AND EXISTS (SELECT 1 FROM b_sale_basket b WHERE b.ORDER_ID = o.ID AND b.PRODUCT_ID = ?)
             ORDER BY o.ID DESC LIMIT " . self::MOST,
            $params
        );
    }

    /**
     * The parts of a set stand in the basket beside it and name it as their parent; the receipt names the set.
     *
     * @param array<int, Decimal> $goods product → quantity
     */
    private function isBasketOf(int $orderId, array $goods): bool
    {
        $rows = $this->database->query(
            'SELECT PRODUCT_ID, CAST(QUANTITY AS DECIMAL(24,6)) AS QUANTITY FROM b_sale_basket
             WHERE ORDER_ID = ? AND (COALESCE(SET_PARENT_ID, 0) IN (0, ID))',
            [$orderId]
        );
        $basket = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $id = $row->int('PRODUCT_ID');
            $basket[$id] = ($basket[$id] ?? Decimal::zero())->plus(Decimal::of($row->text('QUANTITY')));
        }
        foreach ($goods as $id => $quantity) {
            if (!isset($basket[$id]) || !$basket[$id]->isNear($quantity)) {
                return false;
            }
        }
        return count($basket) === count($goods);
    }
}
