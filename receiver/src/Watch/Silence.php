<?php

declare(strict_types=1);

namespace Chekpost\Watch;

/**
 * When a register that does not speak is worth a letter. Pure: times are Unix seconds, hours are of the given zone.
 * Silence counts only while the shop trades, so a night is no silence; days count all the same, because the fiscal
 * drive keeps a receipt readable for about thirty days whether the shop trades or not.
 */
final class Silence
{
    public const SILENT_SECONDS = 7200;
    public const DAYS = [7, 20];
    private const DAY = 86400;

    /** Minutes of the day; an evening "closes" before it opens when the shop trades past midnight. */
    private int $opens;
    private int $closes;
    private \DateTimeZone $zone;

    /** @param string $hours "09:00-21:00"; what cannot be read means: always open */
    public function __construct(string $hours, \DateTimeZone $zone)
    {
        $this->zone = $zone;
        $this->opens = 0;
        $this->closes = 1440;
        if (self::isHours($hours)) {
            [$from, $to] = explode('-', $hours);
            $this->opens = self::minutes($from);
            $this->closes = self::minutes($to);
        }
    }

    public static function isHours(string $hours): bool
    {
        $time = '(?:[01]\d|2[0-3]):[0-5]\d';
        return preg_match('/^' . $time . '-(?:' . $time . '|24:00)$/D', $hours) === 1
            && substr($hours, 0, 5) !== substr($hours, 6);
    }

    public function trades(int $at): bool
    {
        $minute = $this->minuteOf($at);
        return $this->opens < $this->closes
            ? $minute >= $this->opens && $minute < $this->closes
            : $minute >= $this->opens || $minute < $this->closes;
    }

    /** Seconds of trading between the two moments; no longer counted once it is certainly silence. */
    public function tradedSeconds(int $from, int $to): int
    {
        // Two weeks hold two hours of trade even of a shop that opens for ten minutes a day.
        $from = max($from, $to - 14 * self::DAY);
        $traded = 0;
        for ($at = $from; $at < $to && $traded < self::SILENT_SECONDS; $at = $next) {
            $next = min($to, $at - $at % 60 + 60);
            $traded += $this->trades($at) ? $next - $at : 0;
        }
        return $traded;
    }

    /**
     * Which letters are due.
     *
     * @param int $heard the last genuine request
     * @param array<string, mixed> $sent what was sent before: letter => the `heard` it was sent for
     * @return list<string> of: silent, days7, days20
     */
    public function due(int $heard, int $now, array $sent): array
    {
        $due = [];
        $isNew = static function (string $letter) use ($sent, $heard): bool {
            return ($sent[$letter] ?? null) !== $heard;
        };
        if ($isNew('silent') && $this->trades($now) && $this->tradedSeconds($heard, $now) >= self::SILENT_SECONDS) {
            $due[] = 'silent';
        }
        foreach (array_reverse(self::DAYS) as $days) {
            if ($now - $heard >= $days * self::DAY) {
                // After twenty days the letter of seven would say less than is true.
                if ($isNew('days' . $days)) {
                    $due[] = 'days' . $days;
                }
                break;
            }
        }
        return $due;
    }

    private static function minutes(string $time): int
    {
        return (int) substr($time, 0, 2) * 60 + (int) substr($time, 3, 2);
    }

    private function minuteOf(int $at): int
    {
        $local = (new \DateTimeImmutable('@' . $at))->setTimezone($this->zone);
        return self::minutes($local->format('H:i'));
    }
}
