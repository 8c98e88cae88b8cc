<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Watch\Silence;
use DateTimeImmutable;
use DateTimeZone;
use PHPUnit\Framework\TestCase;

final class SilenceTest extends TestCase
{
    private const NOON = '2026-08-07 12:00';

    public function testOnlyTradingHoursCount(): void
    {
        $silence = $this->silence('09:00-21:00');
        self::assertSame(0, $silence->tradedSeconds($this->time('2026-08-06 21:00'), $this->time('2026-08-07 09:00')));
        self::assertSame(600, $silence->tradedSeconds($this->time('2026-08-06 20:55'), $this->time('2026-08-07 09:05')));
        self::assertSame(90, $silence->tradedSeconds($this->time(self::NOON) + 30, $this->time(self::NOON) + 120));
    }

    public function testHoursMayGoPastMidnight(): void
    {
        $silence = $this->silence('18:00-02:00');
        self::assertTrue($silence->trades($this->time('2026-08-07 23:59')));
        self::assertTrue($silence->trades($this->time('2026-08-07 01:59')));
        self::assertFalse($silence->trades($this->time('2026-08-07 02:00')));
        self::assertFalse($silence->trades($this->time(self::NOON)));
    }

    public function testHoursAreThoseOfTheZone(): void
    {
        $far = new Silence('09:00-21:00', new DateTimeZone('Asia/Kamchatka'));
        self::assertFalse($far->trades($this->time(self::NOON)));
        self::assertTrue($far->trades($this->time('2026-08-07 03:00')));
    }

    public function testNobodyIsWrittenToAtNight(): void
    {
        $silence = $this->silence('09:00-21:00');
        $heard = $this->time('2026-08-07 10:00');
        self::assertSame([], $silence->due($heard, $this->time('2026-08-07 11:59'), []));
        self::assertSame(['silent'], $silence->due($heard, $this->time(self::NOON), []));
        self::assertSame([], $silence->due($heard, $this->time('2026-08-07 23:00'), []));
    }

    public function testEveryLetterOncePerSilence(): void
    {
        $silence = $this->silence('00:00-24:00');
        $heard = $this->time(self::NOON);
        $week = $heard + 7 * 86400;
        self::assertSame(['silent', 'days7'], $silence->due($heard, $week, []));
        $sent = ['silent' => $heard, 'days7' => $heard];
        self::assertSame([], $silence->due($heard, $week, $sent));
        self::assertSame(['days20'], $silence->due($heard, $heard + 20 * 86400, $sent));
        self::assertSame(['silent'], $silence->due($heard + 60, $heard + 60 + 7200, $sent));
        // Twenty days at once: the letter of seven would say less than is true.
        self::assertSame(['silent', 'days20'], $silence->due($heard, $heard + 25 * 86400, []));
    }

    public function testHoursThatAreNoneMeanAlwaysOpen(): void
    {
        foreach (['', '9-21', '24:00-21:00', '09:00-09:00', '09:60-21:00', "09:00-21:00\n"] as $hours) {
            self::assertFalse(Silence::isHours($hours), $hours);
            self::assertTrue($this->silence($hours)->trades($this->time('2026-08-07 03:00')), $hours);
        }
        self::assertTrue(Silence::isHours('00:00-24:00'));
    }

    private function silence(string $hours): Silence
    {
        return new Silence($hours, new DateTimeZone('UTC'));
    }

    private function time(string $utc): int
    {
        return (new DateTimeImmutable($utc . ' UTC'))->getTimestamp();
    }
}
