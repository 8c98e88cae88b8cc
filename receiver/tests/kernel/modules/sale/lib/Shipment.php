<?php

declare(strict_types=1);

namespace Bitrix\Sale;

/** One shipment of an order, as handlers of its events see it. */
final class Shipment
{
    /** @var array<string, mixed> */
    private $fields;

    /** @param array<string, mixed> $fields */
    public function __construct(array $fields)
    {
        $this->fields = $fields;
    }

    public function getId(): int
    {
        return (int) $this->fields['ID'];
    }

    /** @return mixed */
    public function getField(string $name)
    {
        return $this->fields[$name] ?? null;
    }

    public function isShipped(): bool
    {
        return $this->fields['DEDUCTED'] === 'Y';
    }

    public function isSystem(): bool
    {
        return false;
    }

    public function getParentOrderId(): int
    {
        return (int) $this->fields['ORDER_ID'];
    }
}
