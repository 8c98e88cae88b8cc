<?php

declare(strict_types=1);

namespace Chekpost;

/** Time is passed in, so that tests move it. */
interface Clock
{
    /** Unix seconds. */
    public function now(): int;
}
