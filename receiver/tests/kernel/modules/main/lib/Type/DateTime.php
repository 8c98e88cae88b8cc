<?php

declare(strict_types=1);

namespace Bitrix\Main\Type;

/** A moment. */
class DateTime extends Date
{
    public function __toString(): string
    {
        return $this->value->format('d.m.Y H:i:s');
    }
}
