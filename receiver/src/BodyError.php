<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;

/** The body is not what docs/webhook.md describes. `error` is a fixed word, the message is for a person. */
final class BodyError extends RuntimeException
{
    public string $error;

    public function __construct(string $error, string $message)
    {
        parent::__construct($message);
        $this->error = $error;
    }
}
