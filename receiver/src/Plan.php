<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * What a receipt does to stock, each product, store and way once: of two lines of one product and store a document
 * would lose one (catalog module 22.900: every action keeps the amount it has read before the others act).
 */
final class Plan
{
    /** @var array<string, Movement> in the order of products, in which rows are locked */
    private array $movements = [];

    public function add(Product $product, ?int $storeId, string $way, Decimal $quantity): void
    {
        $place = sprintf('%010d:%010d:%s', $product->id, $storeId ?? 0, $way);
        $before = $this->movements[$place]->quantity ?? Decimal::zero();
        $this->movements[$place] = new Movement($product, $storeId, $way, $before->plus($quantity));
        ksort($this->movements, SORT_STRING);
    }

    public function isEmpty(): bool
    {
        return $this->movements === [];
    }

    /** @return list<Movement> */
    public function all(): array
    {
        return array_values($this->movements);
    }

    /** @return list<Movement> */
    public function ways(string $way): array
    {
        return array_values(array_filter(
            $this->movements,
            static fn (Movement $movement): bool => $movement->way === $way
        ));
    }

    /** @return array<string, Decimal> by `Movement::place()`: the change of each row, both ways together */
    public function changes(): array
    {
        $changes = [];
        foreach ($this->movements as $movement) {
            $place = $movement->place();
            $changes[$place] = ($changes[$place] ?? Decimal::zero())->plus($movement->change());
        }
        return $changes;
    }

    /** @return list<int> */
    public function productIds(): array
    {
        return array_values(array_unique(array_map(
            static fn (Movement $movement): int => $movement->product->id,
            $this->all()
        )));
    }

    /** @return list<int> */
    public function storeIds(): array
    {
        $ids = array_map(static fn (Movement $movement): int => $movement->storeId ?? 0, $this->all());
        return array_values(array_unique(array_filter($ids)));
    }

    /** @return list<int> */
    public function iblockIds(): array
    {
        $ids = array_map(static fn (Movement $movement): int => $movement->product->iblockId, $this->all());
        return array_values(array_unique(array_filter($ids)));
    }
}
