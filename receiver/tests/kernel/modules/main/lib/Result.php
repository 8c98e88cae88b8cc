<?php

declare(strict_types=1);

namespace Bitrix\Main;

/** Success, or why not. */
class Result
{
    /** @var list<string> */
    private $errors = [];

    public function addError(string $text): self
    {
        $this->errors[] = $text;
        return $this;
    }

    public function isSuccess(): bool
    {
        return $this->errors === [];
    }

    /** @return list<string> */
    public function getErrorMessages(): array
    {
        return $this->errors;
    }
}
