<?php

declare(strict_types=1);

namespace Chekpost;

/** So much of one product out of one store, or into it. */
final class Movement
{
    public Product $product;
    /** Null on a site without store control. */
    public ?int $storeId;
    /** SaleLine::OUT or SaleLine::IN. */
    public string $way;
    public Decimal $quantity;

    public function __construct(Product $product, ?int $storeId, string $way, Decimal $quantity)
    {
        $this->product = $product;
        $this->storeId = $storeId;
        $this->way = $way;
        $this->quantity = $quantity;
    }

    /** The row of stock it changes. */
    public function place(): string
    {
        return $this->product->id . ':' . ($this->storeId ?? '');
    }

    /** By how much the row changes. */
    public function change(): Decimal
    {
        return $this->way === SaleLine::OUT ? $this->quantity->negated() : $this->quantity;
    }
}
