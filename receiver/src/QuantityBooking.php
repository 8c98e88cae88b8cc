<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * Sites without store control cannot conduct documents: there the product's QUANTITY itself is changed, through the
 * module's model, which recomputes availability and calls the site's handlers. No document is made.
 */
final class QuantityBooking implements Booking
{
    private Bitrix $bitrix;
    private Database $database;
    private ?Plan $plan = null;
    /** @var array<string, Decimal> */
    private array $before = [];

    public function __construct(Bitrix $bitrix, Database $database)
    {
        $this->bitrix = $bitrix;
        $this->database = $database;
    }

    public function name(): string
    {
        return Settings::BY_QUANTITY;
    }

    public function book(Sale $sale, Plan $plan): array
    {
        $this->before = $this->quantities($plan, 'FOR UPDATE');
        $this->plan = $plan;
        if ($this->bitrix->option('catalog', 'default_use_store_control', 'N') === 'Y') {
            throw new Parked([Reasons::controlOn()]);
        }
        $expected = [];
        foreach ($plan->changes() as $place => $change) {
            if (!isset($this->before[$place])) {
                throw new BookingError("Товара [$place] больше нет в торговом каталоге");
            }
            $expected[$place] = $this->before[$place]->plus($change);
            $this->bitrix->setQuantity((int) $place, $expected[$place]->text());
        }
        $after = $this->quantities($plan, '');
        foreach ($expected as $place => $quantity) {
            if (!isset($after[$place]) || !$after[$place]->isNear($quantity)) {
                throw new BookingError("Количество товара [$place] после записи не равно {$quantity->text()}");
            }
        }
        return [];
    }

    public function hasLeftTraces(): bool
    {
        foreach ($this->plan === null ? [] : $this->quantities($this->plan, '') as $place => $quantity) {
            if (!$quantity->isNear($this->before[$place])) {
                return true;
            }
        }
        return false;
    }

    public function before(): array
    {
        return $this->before;
    }

    public function documents(): array
    {
        return [];
    }

    /**
     * @param string $lock `FOR UPDATE` or empty
     * @return array<string, Decimal> by `Movement::place()`
     */
    private function quantities(Plan $plan, string $lock): array
    {
        $rows = $this->database->query(
            "SELECT ID, CAST(QUANTITY AS DECIMAL(24,6)) AS QUANTITY FROM b_catalog_product
             WHERE ID IN (?) ORDER BY ID $lock",
            [$plan->productIds()]
        );
        $quantities = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $quantities[$row->text('ID') . ':'] = Decimal::of($row->textOrNull('QUANTITY') ?? '0');
        }
        return $quantities;
    }
}
