<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;

/** The receipt cannot be booked now; it waits with these reasons. */
final class Parked extends RuntimeException
{
    /** @var list<Reason> */
    public array $reasons;

    /** @param list<Reason> $reasons */
    public function __construct(array $reasons)
    {
        parent::__construct(implode(' ', array_map(static fn (Reason $reason): string => $reason->text, $reasons)));
        $this->reasons = $reasons;
    }
}
