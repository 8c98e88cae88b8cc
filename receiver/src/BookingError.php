<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;

/** Bitrix said yes and did something else. */
final class BookingError extends RuntimeException
{
}
