<?php

declare(strict_types=1);

namespace Chekpost;

/** What became of a document: the half of its row that an attempt decides. */
final class Settlement
{
    public string $state;
    public int $httpStatus;
    /** The acknowledgement, JSON. */
    public ?string $response = null;
    public ?string $booking = null;
    /** @var list<array{id: int, type: string, number: string}> */
    public array $documents = [];
    /** @var list<Reason> */
    public array $reasons = [];
    public ?string $suspect = null;
    /** The person who has asked for it, and the word of that person. */
    public ?string $who = null;
    public ?string $note = null;
    /** When the site tries again by itself, UTC; null: never. */
    public ?string $retryAt = null;

    public function __construct(string $state, int $httpStatus)
    {
        $this->state = $state;
        $this->httpStatus = $httpStatus;
    }
}
