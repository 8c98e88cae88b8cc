<?php

declare(strict_types=1);

namespace Chekpost;

/** What the catalogue says of one product. */
final class Product
{
    /** catalog module: \Bitrix\Catalog\ProductTable::TYPE_… */
    public const SIMPLE = 1;
    public const SET = 2;
    public const WITH_OFFERS = 3;
    public const OFFER = 4;
    public const SERVICE = 7;

    public int $id;
    public int $type;
    public string $name;
    public int $iblockId;
    /** Every unit has a barcode of its own, and documents want all of them. */
    public bool $hasBarcodePerUnit;
    /** Code of ОКЕИ. */
    public int $unit;
    /** Y, N or D (as the module's option says). */
    public string $belowZero;

    /** Only these two may stand in a document (catalog module 22.900: general/store_docs_type.php). */
    public function isStock(): bool
    {
        return $this->type === self::SIMPLE || $this->type === self::OFFER;
    }

    public function spoken(): string
    {
        return "«{$this->name}» [{$this->id}]";
    }

    /** @param array<string, mixed> $columns */
    public static function of(array $columns): self
    {
        $row = new Row($columns);
        $product = new self();
        $product->id = $row->int('ID');
        $product->type = $row->intOrNull('TYPE') ?? 0;
        $product->name = $row->textOrNull('NAME') ?? '';
        $product->iblockId = $row->intOrNull('IBLOCK_ID') ?? 0;
        $product->hasBarcodePerUnit = $row->textOrNull('BARCODE_MULTI') === 'Y';
        $product->unit = $row->intOrNull('CODE') ?? Units::PIECE;
        $product->belowZero = $row->textOrNull('NEGATIVE_AMOUNT_TRACE') ?? 'D';
        return $product;
    }
}
