<?php

declare(strict_types=1);

namespace Bitrix\Main\Type;

/** A day. */
class Date
{
    /** @var \DateTime */
    protected $value;

    public function __construct(?string $text = null)
    {
        $this->value = new \DateTime($text ?? 'now');
    }

    /** @return static */
    public static function fromDatabase(string $text)
    {
        $date = new static();
        $date->value = new \DateTime($text);
        return $date;
    }

    public function format(string $format): string
    {
        return $this->value->format($format);
    }

    public function getTimestamp(): int
    {
        return $this->value->getTimestamp();
    }

    /** main 22: as text it is written in the site's own format. */
    public function __toString(): string
    {
        return $this->value->format('d.m.Y');
    }

    public function toString(): string
    {
        return (string) $this;
    }
}
