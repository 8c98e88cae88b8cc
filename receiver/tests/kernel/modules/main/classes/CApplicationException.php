<?php

declare(strict_types=1);

/** A text for people, and seldom a code. */
class CApplicationException
{
    /** @var string */
    private $message;
    /** @var string */
    private $id;

    public function __construct(string $message, string $id = '')
    {
        $this->message = $message;
        $this->id = $id;
    }

    public function GetString(): string
    {
        return $this->message;
    }

    public function GetID(): string
    {
        return $this->id;
    }
}
