<?php

declare(strict_types=1);

namespace Chekpost;

use UnexpectedValueException;

/** Turns the lines of a receipt into what was sold on this site. Reads only. */
final class Resolution
{
    private Bitrix $bitrix;
    private Catalogue $catalogue;
    private Identification $identification;

    public function __construct(Bitrix $bitrix, Catalogue $catalogue, Identification $identification)
    {
        $this->bitrix = $bitrix;
        $this->catalogue = $catalogue;
        $this->identification = $identification;
    }

    /**
     * Every line that moves, or a reason for every one that cannot: nothing is skipped.
     *
     * @return array{sold: list<SoldLine>, reasons: list<Reason>}
     */
    public function resolve(Sale $sale, Override $override): array
    {
        $moving = array_values(array_filter(
            $sale->lines,
            static fn (SaleLine $line): bool => $line->move !== SaleLine::NONE
        ));
        $this->identification->prepare($sale->store, $moving);
        $sold = [];
        $reasons = [];
        foreach ($moving as $line) {
            $way = self::wayOf($line, $sale->operation, $override);
            $result = $way === null ? Reasons::review($line) : $this->resolveLine($line, $way);
            if ($result instanceof Reason) {
                $reasons[] = $result;
            } elseif ($result !== null) {
                $sold[] = $result;
            }
        }
        return ['sold' => $sold, 'reasons' => $reasons];
    }

    /** Tag 1054: goods leave with a sale (1) and a returned purchase (4), they come in with the other two. */
    private static function wayOf(SaleLine $line, ?int $operation, Override $override): ?string
    {
        if ($line->move !== SaleLine::REVIEW) {
            return $line->move;
        }
        if (!$override->applies) {
            return null;
        }
        $ways = [1 => SaleLine::OUT, 2 => SaleLine::IN, 3 => SaleLine::IN, 4 => SaleLine::OUT];
        return $ways[$operation ?? 0] ?? null;
    }

    /** @return SoldLine|Reason|null null when a person has said that the site does not keep it */
    private function resolveLine(SaleLine $line, string $way)
    {
        $mapping = $this->identification->mappingOfCode($line);
        $found = $mapping === null ? $this->identification->productsOf($line) : [];
        if ($found !== []) {
            return count($found) === 1
                ? $this->sold($line, $way, $found[0], null)
                : Reasons::ambiguous($line, $found);
        }
        $mapping = $mapping ?? $this->identification->mappingOfName($line);
        if ($mapping === null) {
            return Reasons::unknown($line);
        }
        return $mapping->productId === null
            ? null
            : $this->sold($line, $way, $mapping->productId, $mapping->factor);
    }

    /**
     * @param ?Decimal $factor of the person who has mapped the code; null: the units decide
     * @return SoldLine|Reason
     */
    private function sold(SaleLine $line, string $way, int $productId, ?Decimal $factor)
    {
        $product = $this->catalogue->product($productId);
        if ($product === null) {
            return Reasons::missing($line, $productId);
        }
        if ($product->type !== Product::SET && (!$product->isStock() || $product->hasBarcodePerUnit)) {
            return Reasons::wrongType($line, $product);
        }
        $factor = $factor ?? Units::factor($line->unit, $product->unit);
        if ($factor === null) {
            return Reasons::unitMismatch($line, $product);
        }
        try {
            $quantity = Decimal::of($line->quantity ?? '')->times($factor);
            $parts = $this->partsOf($product, $quantity);
        } catch (UnexpectedValueException $error) {
            return Reasons::badQuantity($line);
        }
        if (!$quantity->isPositive()) {
            return Reasons::badQuantity($line);
        }
        return $parts === []
            ? Reasons::brokenSet($line, $product)
            : new SoldLine($line, $product, $way, $quantity, $parts);
    }

    /**
     * A set has no stock of its own: its parts have.
     *
     * @return list<array{product: Product, quantity: Decimal}> empty when the set is broken
     */
    private function partsOf(Product $product, Decimal $quantity): array
    {
        if ($product->type !== Product::SET) {
            return [['product' => $product, 'quantity' => $quantity]];
        }
        $parts = [];
        $members = $this->bitrix->setParts($product->id);
        $this->catalogue->load(array_column($members, 'product'));
        foreach ($members as $member) {
            $part = $this->catalogue->product($member['product']);
            $each = Decimal::of($member['quantity']);
            if ($part === null || !$part->isStock() || $part->hasBarcodePerUnit || !$each->isPositive()) {
                return [];
            }
            $parts[] = ['product' => $part, 'quantity' => $each->times($quantity)];
        }
        return $parts;
    }
}
