<?php

declare(strict_types=1);

namespace Chekpost\Watch;

use Chekpost\EventRow;
use Chekpost\Office\Office;
use Chekpost\Office\Site;
use Chekpost\Office\Words;
use Chekpost\Row;
use Chekpost\Settings;
use Chekpost\SystemClock;

/**
 * Looks every ten minutes at what nobody would notice by himself: registers that have fallen silent, receipts that have
 * waited for a day, a key under which other facts came. It writes to the owner once, and only from the site itself:
 * a copy of the site has the same registers in its database, and they are silent there.
 */
final class Watch
{
    /** Option: when it looked last, Unix seconds. */
    public const LOOKED = 'watchedAt';
    public const IDLE_SECONDS = 3600;
    private const DAY = 86400;

    private Office $office;
    private Letters $letters;
    private \DateTimeZone $zone;

    public function __construct(Office $office)
    {
        $this->office = $office;
        $this->zone = new \DateTimeZone(date_default_timezone_get());
        $this->letters = new Letters(self::page($office), $this->zone);
    }

    public static function page(Office $office): string
    {
        return 'https://' . $office->settings->host . Site::FOLDER . '/admin.php?lang=ru';
    }

    public function look(): void
    {
        if (!$this->office->isAtHome()) {
            return;
        }
        $this->office->site->keep(self::LOOKED, (string) $this->office->clock->now());
        $this->registers();
        $this->parked();
        $this->factsDiffer();
    }

    /** How long nobody has looked; an agent may run and yet not be at home: under another host than the installed one. */
    public static function idleSeconds(Office $office): int
    {
        return $office->clock->now() - (int) $office->site->option(Settings::MODULE, self::LOOKED, '0');
    }

    /** A letter to the owner; whether it went. */
    public function write(string $subject, string $text): bool
    {
        $to = $this->office->settings->ownerMail;
        if ($to === '' || !$this->office->isAtHome()) {
            return false;
        }
        $subject = '[' . $this->office->settings->host . '] ' . $subject;
        $went = $this->office->site->mail($to, $subject, $text);
        $this->office->audit($went ? 'watch' : 'mail-failed', null, ['subject' => $subject]);
        return $went;
    }

    private function registers(): void
    {
        $silence = new Silence($this->office->settings->tradingHours, $this->zone);
        $now = $this->office->clock->now();
        $due = [];
        $sent = [];
        foreach ($this->office->registers->all() as $register) {
            $heard = max(self::unix($register->seenAt), self::unix($register->heartbeatAt));
            if ($heard === 0 || !$register->enabled) {
                continue;
            }
            $sent[$register->id] = json_decode($register->alarmed ?? '[]', true) ?: [];
            foreach ($silence->due($heard, $now, $sent[$register->id]) as $letter) {
                $due[$letter][$register->id] = $heard;
            }
        }
        foreach ($due as $letter => $registers) {
            [$subject, $text] = $letter === 'silent'
                ? $this->letters->silent($registers)
                : $this->letters->unreadable($registers, (int) substr($letter, strlen('days')));
            if (!$this->write($subject, $text)) {
                continue;
            }
            foreach ($registers as $id => $heard) {
                $sent[$id][$letter] = $heard;
                $this->office->database->execute(
                    'UPDATE chekpost_register SET alarmed = ? WHERE id = ?',
                    [(string) json_encode($sent[$id]), $id]
                );
            }
        }
    }

    /** Once a day, while there are any. Receipts of the trial are waiting on purpose. */
    private function parked(): void
    {
        $now = $this->office->clock->now();
        if ($now - (int) $this->office->site->option(Settings::MODULE, 'parkedMailed', '0') < self::DAY) {
            return;
        }
        $rows = $this->office->database->query(
            "SELECT * FROM chekpost_event WHERE state = 'parked' AND created_at < ? ORDER BY created_at LIMIT 5000",
            [SystemClock::sql($now - self::DAY)]
        );
        $count = 0;
        $oldest = $now;
        $reasons = [];
        foreach (array_map([EventRow::class, 'of'], $rows) as $event) {
            $codes = array_unique(array_column(array_map('get_object_vars', $event->reasons), 'code'));
            if (in_array('trial', $codes, true) && !$this->office->settings->live) {
                continue;
            }
            $count++;
            $oldest = min($oldest, self::unix($event->createdAt));
            foreach ($codes as $code) {
                $word = Words::reason($code);
                $reasons[$word] = ($reasons[$word] ?? 0) + 1;
            }
        }
        arsort($reasons);
        if ($count > 0 && $this->write(...$this->letters->parked($count, $oldest, $reasons))) {
            $this->office->site->keep('parkedMailed', (string) $now);
        }
    }

    private function factsDiffer(): void
    {
        $seen = (int) $this->office->site->option(Settings::MODULE, 'auditSeen', '0');
        $rows = $this->office->database->query(
            "SELECT id, event_key FROM chekpost_audit WHERE id > ? AND action = 'facts-differ' ORDER BY id LIMIT 100",
            [$seen]
        );
        if ($rows === []) {
            return;
        }
        $keys = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $keys[] = $row->textOrNull('event_key') ?? '';
            $seen = $row->int('id');
        }
        if ($this->write(...$this->letters->factsDiffer(array_values(array_unique($keys))))) {
            $this->office->site->keep('auditSeen', (string) $seen);
        }
    }

    /** @return int 0 for never */
    private static function unix(?string $utc): int
    {
        return $utc === null ? 0 : (int) strtotime($utc . ' UTC');
    }
}
