<?php

declare(strict_types=1);

namespace Chekpost;

/** What a person has said about a parked receipt before it is tried again. */
final class Override
{
    /** Book it though it may be a site order; lines to review move as their operation says. */
    public bool $applies;
    public ?string $who;
    public ?string $note;

    private function __construct(bool $applies, ?string $who, ?string $note)
    {
        $this->applies = $applies;
        $this->who = $who;
        $this->note = $note;
    }

    public static function none(): self
    {
        return new self(false, null, null);
    }

    public static function apply(?string $who = null, ?string $note = null): self
    {
        return new self(true, $who, $note);
    }
}
