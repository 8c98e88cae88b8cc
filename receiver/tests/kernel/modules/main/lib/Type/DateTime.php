<?php

declare(strict_types=1);

namespace Bitrix\Main\Type;

/** A moment. */
class DateTime extends Date
{
    /** @return static */
    public static function createFromPhp(\DateTime $moment)
    {
        $date = new static();
        $date->value = clone $moment;
        return $date;
    }

    public function __toString(): string
    {
        return $this->value->format('d.m.Y H:i:s');
    }
}
