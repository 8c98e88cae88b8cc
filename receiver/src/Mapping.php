<?php

declare(strict_types=1);

namespace Chekpost;

/** What a person has said about a code: which product it is, or that the site does not keep it. */
final class Mapping
{
    public int $id;
    /** Empty: in every store. */
    public string $store;
    /** gtin, ean, article or name. */
    public string $kind;
    /** Normalised. */
    public string $code;
    /** Null: not kept on this site, moves nothing. */
    public ?int $productId;
    /** How much of the product one unit of the receipt is. Null: the units of both sides decide. */
    public ?Decimal $factor;
    public string $who;
    public string $createdAt;

    /** @param array<string, mixed> $columns */
    public static function of(array $columns): self
    {
        $row = new Row($columns);
        $mapping = new self();
        $mapping->id = $row->int('id');
        $mapping->store = $row->text('store');
        $mapping->kind = $row->text('kind');
        $mapping->code = $row->text('code');
        $mapping->productId = $row->intOrNull('product_id');
        $factor = $row->textOrNull('factor');
        $mapping->factor = $factor === null ? null : Decimal::of($factor);
        $mapping->who = $row->text('who');
        $mapping->createdAt = $row->text('created_at');
        return $mapping;
    }
}
