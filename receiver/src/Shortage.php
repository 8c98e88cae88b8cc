<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * May the stock fall below nought? Computed here, under the lock, because Bitrix refuses without a code and in words of
 * the site's language (catalog module 22.900: DecreaseStoreQuantityAction).
 */
final class Shortage
{
    private const NEVER = 'D';
    /** By right of the current user: only Bitrix knows, so it is asked by trying. */
    private const BY_RIGHT = 'E';

    private Bitrix $bitrix;
    private Plan $plan;
    /** @var array<string, Decimal> */
    private array $amounts;

    /** @param array<string, Decimal> $amounts by `Movement::place()`, as locked */
    public function __construct(Bitrix $bitrix, Plan $plan, array $amounts)
    {
        $this->bitrix = $bitrix;
        $this->plan = $plan;
        $this->amounts = $amounts;
    }

    /** @return list<Reason> what would fall below nought, allowed or not */
    public function all(): array
    {
        return $this->short(static fn (Product $product): bool => true);
    }

    /** @return list<Reason> what would fall below nought and may not */
    public function forbidden(): array
    {
        $rule = $this->bitrix->option('catalog', 'check_rights_on_decrease_store_quantity', 'N');
        if ($rule === self::BY_RIGHT) {
            return [];
        }
        return $this->short(
            fn (Product $product): bool => $rule === self::NEVER || !$this->mayFallBelow($product)
        );
    }

    private function mayFallBelow(Product $product): bool
    {
        return $product->belowZero === 'D'
            ? $this->bitrix->option('catalog', 'allow_negative_amount', 'N') === 'Y'
            : $product->belowZero === 'Y';
    }

    /**
     * What comes in with the same receipt is conducted first and counts.
     *
     * @param callable(Product): bool $counts
     * @return list<Reason>
     */
    private function short(callable $counts): array
    {
        $changes = $this->plan->changes();
        $reasons = [];
        foreach ($this->plan->ways(SaleLine::OUT) as $movement) {
            $has = $this->amounts[$movement->place()] ?? Decimal::zero();
            $left = $has->plus($changes[$movement->place()]);
            if ($left->isNegative() && $counts($movement->product)) {
                $reasons[] = Reasons::insufficient(
                    $movement->product,
                    $movement->storeId ?? 0,
                    $has,
                    $movement->quantity
                );
            }
        }
        return $reasons;
    }
}
