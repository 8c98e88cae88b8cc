<?php

declare(strict_types=1);

namespace Chekpost;

/** Why a receipt waits: a word for programs, a sentence with the next step for the site's owner. */
final class Reason
{
    public string $code;
    public string $text;
    /** Number of the line in the receipt. */
    public ?int $line;
    /** Kind and normalised code to map, where mapping helps. */
    public ?string $kind;
    public ?string $key;
    /** The line's name as printed. */
    public ?string $name;

    public function __construct(
        string $code,
        string $text,
        ?int $line = null,
        ?string $kind = null,
        ?string $key = null,
        ?string $name = null
    ) {
        $this->code = $code;
        $this->text = $text;
        $this->line = $line;
        $this->kind = $kind;
        $this->key = $key;
        $this->name = $name;
    }

    /** @return array{code: string, text: string, line: ?int, kind: ?string, key: ?string, name: ?string} */
    public function toArray(): array
    {
        return [
            'code' => $this->code,
            'text' => $this->text,
            'line' => $this->line,
            'kind' => $this->kind,
            'key' => $this->key,
            'name' => $this->name,
        ];
    }

    /** @param array<string, mixed> $fields */
    public static function of(array $fields): self
    {
        $row = new Row($fields);
        return new self(
            $row->text('code'),
            $row->text('text'),
            $row->intOrNull('line'),
            $row->textOrNull('kind'),
            $row->textOrNull('key'),
            $row->textOrNull('name')
        );
    }

    /**
     * Receipts with equal groups wait for the same thing.
     *
     * @param list<self> $reasons
     */
    public static function group(array $reasons): string
    {
        $parts = [];
        foreach ($reasons as $reason) {
            $parts[] = $reason->code . "\t" . ($reason->kind ?? '') . "\t" . ($reason->key ?? '');
        }
        $parts = array_unique($parts);
        sort($parts, SORT_STRING);
        return sha1(implode("\n", $parts));
    }

    /**
     * @param list<self> $reasons
     * @return list<string> each once
     */
    public static function codes(array $reasons): array
    {
        return array_values(array_unique(array_map(static fn (self $reason): string => $reason->code, $reasons)));
    }
}
