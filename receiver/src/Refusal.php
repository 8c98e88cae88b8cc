<?php

declare(strict_types=1);

namespace Chekpost;

use RuntimeException;

/** The request goes no further; the answer says why. */
final class Refusal extends RuntimeException
{
    public Answer $answer;

    public function __construct(Answer $answer)
    {
        parent::__construct('Refused with ' . $answer->status);
        $this->answer = $answer;
    }
}
