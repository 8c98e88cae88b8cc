<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;

/** Bitrix has answered false; the message is its own, localised and perhaps empty. */
final class BitrixRefusal extends RuntimeException
{
}
