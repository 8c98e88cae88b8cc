<?php

declare(strict_types=1);

namespace Chekpost;

/** A line of which is known what was sold: the product of the site, in the site's unit. */
final class SoldLine
{
    public SaleLine $line;
    public Product $product;
    /** SaleLine::OUT or SaleLine::IN. */
    public string $way;
    public Decimal $quantity;
    /** @var list<array{product: Product, quantity: Decimal}> what stock knows of it: itself, or the parts of the set */
    public array $parts;

    /** @param list<array{product: Product, quantity: Decimal}> $parts */
    public function __construct(SaleLine $line, Product $product, string $way, Decimal $quantity, array $parts)
    {
        $this->line = $line;
        $this->product = $product;
        $this->way = $way;
        $this->quantity = $quantity;
        $this->parts = $parts;
    }
}
