<?php

declare(strict_types=1);

namespace Chekpost\Office;

/** What a form has brought, read by type; a field that is absent or of another shape is empty. */
final class Form
{
    /** @var array<string, mixed> */
    private array $fields;

    /** @param array<array-key, mixed> $fields */
    public function __construct(array $fields)
    {
        $this->fields = [];
        foreach ($fields as $name => $value) {
            $this->fields[(string) $name] = $value;
        }
    }

    public function text(string $name): string
    {
        $value = $this->fields[$name] ?? '';
        return is_string($value) && mb_check_encoding($value, 'UTF-8') ? trim($value) : '';
    }

    public function number(string $name): int
    {
        $value = $this->text($name);
        return preg_match('/^\d{1,9}$/D', $value) === 1 ? (int) $value : 0;
    }

    public function isTicked(string $name): bool
    {
        return $this->text($name) === 'Y';
    }

    /** Text that must not be empty. */
    public function needed(string $name, string $otherwise, int $most = 2000): string
    {
        $value = $this->text($name);
        if ($value === '') {
            throw new Mistake($otherwise);
        }
        if (mb_strlen($value) > $most) {
            throw new Mistake('Слишком длинно: не больше ' . $most . ' знаков');
        }
        return $value;
    }

    /** @return list<self> rows of fields named `name[0][…]`, `name[1][…]` … */
    public function rows(string $name): array
    {
        $rows = $this->fields[$name] ?? [];
        $forms = [];
        foreach (is_array($rows) ? $rows : [] as $row) {
            if (is_array($row)) {
                $forms[] = new self($row);
            }
        }
        return $forms;
    }
}
