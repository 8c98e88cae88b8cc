<?php

declare(strict_types=1);

namespace Chekpost;

/** What is to be done with a receipt: a plan, or the reasons why it waits. */
final class Judgement
{
    public Plan $plan;
    /** @var list<Reason> not empty: the receipt is parked whole */
    public array $reasons;

    /** @param list<Reason> $reasons */
    public function __construct(Plan $plan, array $reasons)
    {
        $this->plan = $plan;
        $this->reasons = $reasons;
    }
}
