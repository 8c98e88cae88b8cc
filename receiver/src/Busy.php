<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;

/** Somebody else is at work here: nothing was done, and a little later it succeeds. */
final class Busy extends RuntimeException
{
}
