<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Access\Model;

/** A document as far as rights to it go. */
final class StoreDocument
{
    /** @var string */
    private $type;

    private function __construct(string $type)
    {
        $this->type = $type;
    }

    /** @param array{DOC_TYPE: string} $fields */
    public static function createFromArray(array $fields): self
    {
        return new self($fields['DOC_TYPE']);
    }

    public function getType(): string
    {
        return $this->type;
    }
}
