<?php

declare(strict_types=1);

namespace Chekpost\Office;

use RuntimeException;

/** What a person has asked for cannot be done; the message says why and what to do instead. */
final class Mistake extends RuntimeException
{
}
