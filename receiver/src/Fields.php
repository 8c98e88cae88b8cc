<?php

declare(strict_types=1);

namespace Chekpost;

use stdClass;

/**
 * Reads one JSON object field by field, each exactly of its type. A field nobody asks for is ignored: a newer agent may
 * send more.
 */
final class Fields
{
    /** Whole numbers that every reader of JSON keeps (RFC 8259 section 6). */
    private const SAFE = 9007199254740991;

    /** @var array<array-key, mixed> */
    private array $fields;
    private string $path;

    public function __construct(stdClass $object, string $path = '')
    {
        $this->fields = get_object_vars($object);
        $this->path = $path;
    }

    public function int(string $name, int $least = -self::SAFE, int $most = self::SAFE): int
    {
        $value = $this->intOrNull($name, $least, $most);
        return $value === null ? $this->fail($name, 'целое число') : $value;
    }

    public function intOrNull(string $name, int $least = -self::SAFE, int $most = self::SAFE): ?int
    {
        $value = $this->value($name);
        if ($value === null) {
            return null;
        }
        // 1.0 and 1e2 come as floats: not whole numbers as the webhook writes them.
        if (!is_int($value) || $value < $least || $value > $most) {
            return $this->fail($name, $least === -self::SAFE ? 'целое число' : "целое число не меньше $least");
        }
        return $value;
    }

    public function text(string $name): string
    {
        $value = $this->textOrNull($name);
        return $value === null ? $this->fail($name, 'строка') : $value;
    }

    public function textOrNull(string $name): ?string
    {
        $value = $this->value($name);
        return $value === null || is_string($value) ? $value : $this->fail($name, 'строка');
    }

    /** @return int|string|null */
    public function intOrTextOrNull(string $name)
    {
        return is_string($this->value($name)) ? $this->textOrNull($name) : $this->intOrNull($name);
    }

    public function matching(string $name, string $pattern): string
    {
        $value = $this->text($name);
        return preg_match($pattern, $value) === 1 ? $value : $this->fail($name, 'строка вида ' . $pattern);
    }

    public function matchingOrNull(string $name, string $pattern): ?string
    {
        return $this->value($name) === null ? null : $this->matching($name, $pattern);
    }

    /** @param list<string> $words */
    public function oneOf(string $name, array $words): string
    {
        $value = $this->text($name);
        return in_array($value, $words, true) ? $value : $this->fail($name, 'одно из: ' . implode(', ', $words));
    }

    public function object(string $name): self
    {
        $value = $this->value($name);
        return $value instanceof stdClass
            ? new self($value, $this->path . $name . '.')
            : $this->fail($name, 'объект');
    }

    public function objectOrNull(string $name): ?self
    {
        return $this->value($name) === null ? null : $this->object($name);
    }

    /** @return list<self> */
    public function objects(string $name): array
    {
        $objects = [];
        foreach ($this->items($name) as $at => $value) {
            if (!$value instanceof stdClass) {
                return $this->fail("$name.$at", 'объект');
            }
            $objects[] = new self($value, "$this->path$name.$at.");
        }
        return $objects;
    }

    /** @return list<string> */
    public function texts(string $name): array
    {
        $texts = [];
        foreach ($this->items($name) as $at => $value) {
            if (!is_string($value)) {
                return $this->fail("$name.$at", 'строка');
            }
            $texts[] = $value;
        }
        return $texts;
    }

    /** @return array<array-key, mixed> */
    private function items(string $name): array
    {
        $value = $this->value($name);
        return is_array($value) ? $value : $this->fail($name, 'список');
    }

    /** @return mixed */
    private function value(string $name)
    {
        if (!array_key_exists($name, $this->fields)) {
            return $this->fail($name, 'обязательное поле');
        }
        return $this->fields[$name];
    }

    /** @return never */
    private function fail(string $name, string $wanted)
    {
        throw new BodyError('schema', "Поле {$this->path}{$name}: ожидается {$wanted}");
    }
}
