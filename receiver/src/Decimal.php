<?php

declare(strict_types=1);

namespace Chekpost;

use UnexpectedValueException;

/**
 * A quantity, in whole millionths: receipts count to the millionth at most (tag 1023), stock to the thousandth.
 * What does not fit into 64 bits is refused, never rounded or wrapped.
 */
final class Decimal
{
    private const SCALE = 1000000;
    private const PLACES = 6;

    private int $millionths;

    private function __construct(int $millionths)
    {
        $this->millionths = $millionths;
    }

    public static function zero(): self
    {
        return new self(0);
    }

    public static function ofMillionths(int $millionths): self
    {
        return new self($millionths);
    }

    /** Reads `-12.345000`; more than six decimals only when the rest are noughts. */
    public static function of(string $text): self
    {
        if (preg_match('/\A(-?)(\d{1,18})(?:\.(\d+))?\z/', $text, $parts) !== 1) {
            throw new UnexpectedValueException("'$text' is no decimal number");
        }
        $decimals = rtrim($parts[3] ?? '', '0');
        if (strlen($decimals) > self::PLACES) {
            throw new UnexpectedValueException("'$text' has more than six decimals");
        }
        $digits = $parts[2] . str_pad($decimals, self::PLACES, '0');
        $digits = ltrim($digits, '0');
        if (strlen($digits) > 18) {
            throw new UnexpectedValueException("'$text' is too big");
        }
        return new self((int) ($parts[1] . ($digits === '' ? '0' : $digits)));
    }

    public function plus(self $other): self
    {
        return self::checked($this->millionths + $other->millionths);
    }

    public function minus(self $other): self
    {
        return self::checked($this->millionths - $other->millionths);
    }

    /** Rounded half away from nought at the sixth decimal. */
    public function times(self $other): self
    {
        $whole = intdiv($this->millionths, self::SCALE);
        $rest = $this->millionths % self::SCALE;
        $big = self::checked($whole * $other->millionths)->millionths;
        $small = self::checked($rest * $other->millionths)->millionths;
        $half = $small < 0 ? -intdiv(self::SCALE, 2) : intdiv(self::SCALE, 2);
        return self::checked($big + intdiv($small + $half, self::SCALE));
    }

    public function negated(): self
    {
        return new self(-$this->millionths);
    }

    public function isPositive(): bool
    {
        return $this->millionths > 0;
    }

    public function isNegative(): bool
    {
        return $this->millionths < 0;
    }

    /** Bitrix keeps quantities as floating numbers: equal to the thousandth is equal. */
    public function isNear(self $other): bool
    {
        return abs($this->millionths - $other->millionths) < intdiv(self::SCALE, 2000);
    }

    /** Without needless noughts: `0.356`, `12`, `-3.5`. */
    public function text(): string
    {
        $digits = str_pad((string) abs($this->millionths), self::PLACES + 1, '0', STR_PAD_LEFT);
        $text = substr($digits, 0, -self::PLACES) . '.' . substr($digits, -self::PLACES);
        return ($this->millionths < 0 ? '-' : '') . rtrim(rtrim($text, '0'), '.');
    }

    /** As Russian readers write it. */
    public function spoken(): string
    {
        return str_replace('.', ',', $this->text());
    }

    /** @param int|float $millionths whole numbers that overflow become floats in PHP */
    private static function checked($millionths): self
    {
        if (!is_int($millionths) || abs($millionths) > 999999999999999999) {
            throw new UnexpectedValueException('The quantity is too big');
        }
        return new self($millionths);
    }
}
