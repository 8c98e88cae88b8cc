<?php

declare(strict_types=1);

namespace Chekpost\Office;

/**
 * Text of a spreadsheet: what Excel in Russia writes and reads. UTF-8 with its mark and `;` going out; UTF-8, UTF-16
 * and windows-1251, `;` or tabs, coming in. A cell that a spreadsheet would take for a formula, and a code of nothing
 * but digits (whose zeros it would drop), gets an apostrophe before it; the apostrophe is taken off again.
 */
final class Csv
{
    private const UTF8_MARK = "\xEF\xBB\xBF";

    /** @param iterable<list<string>> $rows */
    public static function write(iterable $rows): string
    {
        $text = self::UTF8_MARK;
        foreach ($rows as $row) {
            $text .= implode(';', array_map([self::class, 'cell'], $row)) . "\r\n";
        }
        return $text;
    }

    /**
     * The rows that are not empty, under the number of the line each begins on.
     *
     * @return array<int, list<string>>|null null when the bytes are no text of any encoding we know
     */
    public static function read(string $bytes): ?array
    {
        $text = self::decode($bytes);
        if ($text === null) {
            return null;
        }
        $text = str_replace(["\r\n", "\r"], "\n", $text);
        $first = (string) strtok($text, "\n");
        $rows = self::split($text, strpos($first, ';') === false && strpos($first, "\t") !== false ? "\t" : ';');
        return array_filter($rows, static function (array $cells): bool {
            return implode('', $cells) !== '';
        });
    }

    private static function cell(string $value): string
    {
        if ($value !== '' && (strpos("=+-@\t\r'", $value[0]) !== false || preg_match('/^\d{6,}$/D', $value) === 1)) {
            $value = "'" . $value;
        }
        return strpbrk($value, ";\"\r\n") === false ? $value : '"' . str_replace('"', '""', $value) . '"';
    }

    private static function decode(string $bytes): ?string
    {
        if (strncmp($bytes, "\xFF\xFE", 2) === 0) {
            return mb_convert_encoding(substr($bytes, 2), 'UTF-8', 'UTF-16LE');
        }
        if (strncmp($bytes, self::UTF8_MARK, 3) === 0) {
            $bytes = substr($bytes, 3);
        }
        if (strpos($bytes, "\0") !== false) {
            return null;
        }
        return mb_check_encoding($bytes, 'UTF-8') ? $bytes : mb_convert_encoding($bytes, 'UTF-8', 'Windows-1251');
    }

    /** @return array<int, list<string>> */
    private static function split(string $text, string $separator): array
    {
        $rows = [];
        $line = $begun = 1;
        $cells = [];
        $cell = '';
        $quoted = false;
        $length = strlen($text);
        for ($at = 0; $at < $length; $at++) {
            $byte = $text[$at];
            if ($quoted) {
                if ($byte !== '"') {
                    $cell .= $byte;
                    $line += $byte === "\n" ? 1 : 0;
                } elseif ($at + 1 < $length && $text[$at + 1] === '"') {
                    $cell .= '"';
                    $at++;
                } else {
                    $quoted = false;
                }
            } elseif ($byte === '"' && $cell === '') {
                $quoted = true;
            } elseif ($byte === $separator) {
                $cells[] = self::bare($cell);
                $cell = '';
            } elseif ($byte === "\n") {
                $cells[] = self::bare($cell);
                $rows[$begun] = $cells;
                $cells = [];
                $cell = '';
                $begun = ++$line;
            } else {
                $cell .= $byte;
            }
        }
        $cells[] = self::bare($cell);
        $rows[$begun] = $cells;
        return $rows;
    }

    private static function bare(string $cell): string
    {
        $cell = trim($cell);
        return $cell !== '' && $cell[0] === "'" ? substr($cell, 1) : $cell;
    }
}
