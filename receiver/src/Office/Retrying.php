<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\EventRow;
use Chekpost\Override;
use Chekpost\Reason;
use Chekpost\Row;
use Chekpost\SystemClock;

/**
 * Receipts that wait are tried again, a bounded number at a time: a thousand of them must not hold up the exchange with
 * 1C, an administrator's click or a visitor's hit. What is left over is done by an agent.
 */
final class Retrying
{
    public const MOST = 200;
    public const SECONDS = 20;
    /** On a visitor's hit, which waits for the agents to end. */
    public const SECONDS_ON_HIT = 5;

    /** What an exchange with 1C can mend: products and amounts that were not there. Everything else needs a person. */
    private const MENDED_BY_IMPORT = ['unknown-product', 'ambiguous-product', 'wrong-product-type', 'unit-mismatch',
        'insufficient', 'inactive-store', 'set-broken'];

    /** A receipt that threw is not tried again in the same breath. */
    private const AFTER_THROW_SECONDS = 900;

    private Office $office;
    /** @var array<string, string> key => the state, or the error, that the last run() has left it in */
    private array $became = [];

    public function __construct(Office $office)
    {
        $this->office = $office;
    }

    /** After an exchange: what it may have mended is due now. @return int how many */
    public function markAfterImport(): int
    {
        return $this->mark(static function (EventRow $event): bool {
            foreach ($event->reasons as $reason) {
                if (!in_array($reason->code, self::MENDED_BY_IMPORT, true)) {
                    return false;
                }
            }
            return $event->reasons !== [];
        });
    }

    /**
     * After somebody has said what a code is: receipts that wait for one of the codes are due now.
     *
     * @param array<string, true> $codes "kind\ncode", normalised
     */
    public function markWaitingFor(array $codes): int
    {
        return $this->mark(static function (EventRow $event) use ($codes): bool {
            foreach ($event->reasons as $reason) {
                if (isset($codes[$reason->kind . "\n" . $reason->key])) {
                    return true;
                }
            }
            return false;
        });
    }

    /** After a register was given a store. */
    public function markStoreOf(string $register): int
    {
        return $this->mark(static function (EventRow $event) use ($register): bool {
            return $event->registerId === $register
                && array_intersect(Reason::codes($event->reasons), ['no-store', 'inactive-store']) !== [];
        });
    }

    /**
     * Tries what is due; the rest is left to the agent.
     *
     * @return array{tried: int, booked: int, ignored: int, rest: int} the rest is at least so many
     */
    public function runDue(int $seconds = self::SECONDS): array
    {
        $keys = $this->office->ledger->dueForRetry(self::MOST + 1, $this->office->now());
        $rest = count($keys) > self::MOST;
        return $this->run(array_slice($keys, 0, self::MOST), $seconds, $rest);
    }

    /**
     * Tries these; what there was no time for is due at once, and the agent does it.
     *
     * @param list<string> $keys
     * @param bool $leaves to the agent what there was no time for
     * @return array{tried: int, booked: int, ignored: int, rest: int}
     */
    public function run(
        array $keys,
        int $seconds = self::SECONDS,
        bool $more = false,
        ?Override $override = null,
        bool $leaves = true
    ): array {
        $override = $override ?? Override::none();
        $until = $this->office->clock->now() + $seconds;
        $this->became = [];
        $done = ['tried' => 0, 'booked' => 0, 'ignored' => 0, 'rest' => 0];
        $userId = $this->activeUser();
        $sales = $this->office->receiver->sales();
        foreach ($keys as $at => $key) {
            if ($at >= self::MOST || $this->office->clock->now() >= $until) {
                $done['rest'] = count($keys) - $at;
                break;
            }
            if (count($keys) > 1 && !$this->waits($key)) {
                continue;
            }
            $answer = $this->office->site->apart($userId, static fn () => $sales->retry($key, $override));
            $done['tried']++;
            $became = $answer->body['state'] ?? $answer->body['error'] ?? '';
            $this->became[$key] = is_string($became) ? $became : '';
            if ($answer->status === 503 && ($answer->body['error'] ?? '') === 'failed') {
                $this->later([$key], self::AFTER_THROW_SECONDS);
            } elseif ($answer->status === 503) {
                // The database or its lock is not to be had just now: nothing was decided about this receipt.
                $done['rest'] = count($keys) - $at;
                break;
            } elseif ($answer->status === 200) {
                $done[($answer->body['state'] ?? '') === EventRow::BOOKED ? 'booked' : 'ignored']++;
            }
        }
        if ($done['rest'] > 0 && $leaves) {
            $this->leave(array_slice($keys, -$done['rest']), $override);
        }
        if ($more) {
            $done['rest']++;
            $this->office->site->retryLater();
        }
        return $done;
    }

    /** After run(): what was done with many stands in the history of each. */
    public function auditEach(string $action): void
    {
        foreach ($this->became as $key => $state) {
            $this->office->audit($action, (string) $key, ['state' => $state]);
        }
    }

    /**
     * What a person has decided about a receipt is not carried on by an agent: it is asked for again.
     *
     * @param list<string> $keys
     */
    private function leave(array $keys, Override $override): void
    {
        if (!$override->applies) {
            $this->later($keys);
            $this->office->site->retryLater();
        }
    }

    /**
     * Before the site is live a receipt of the trial is left to nobody: the agent might come to it afterwards.
     *
     * @param list<string> $keys
     */
    private function later(array $keys, int $seconds = 0): void
    {
        $without = $this->office->settings->live ? '' : " AND reasons NOT LIKE '%\"code\":\"trial\"%'";
        foreach (array_chunk($keys, 500) as $some) {
            $this->office->database->execute(
                "UPDATE chekpost_event SET retry_at = ? WHERE event_key IN (?) AND state = 'parked'" . $without,
                [SystemClock::sql($this->office->clock->now() + $seconds), $some]
            );
        }
    }

    /**
     * Receipts of the trial are never due by themselves: whether their goods were counted since only a person knows.
     * While the site is not live they cannot be booked, and what they still lack is said anew, at once and by nobody
     * else: the agent might come to them when the site is live.
     *
     * @param callable(EventRow): bool $is
     */
    private function mark(callable $is): int
    {
        $marked = 0;
        $after = '';
        $trial = [];
        do {
            $rows = $this->office->database->query(
                "SELECT * FROM chekpost_event WHERE state = 'parked' AND event_key > ? ORDER BY event_key LIMIT 500",
                [$after]
            );
            $keys = [];
            foreach ($rows as $row) {
                $event = EventRow::of($row);
                $after = $event->key;
                if ($event->suspect === EventRow::HALF_BOOKED || !$is($event)) {
                    continue;
                }
                if (in_array('trial', Reason::codes($event->reasons), true)) {
                    $trial[] = $event->key;
                } else {
                    $keys[] = $event->key;
                }
            }
            $this->later($keys);
            $marked += count($keys);
        } while (count($rows) === 500);
        if (!$this->office->settings->live) {
            $this->run(array_slice($trial, 0, self::MOST), self::SECONDS, false, null, false);
        }
        return $marked;
    }

    /** Of many, one may have been dismissed or booked by somebody else meanwhile. */
    private function waits(string $key): bool
    {
        $rows = $this->office->database->query(
            "SELECT 1 AS Y FROM chekpost_event WHERE event_key = ? AND state IN ('parked', 'ignored')",
            [$key]
        );
        return $rows !== [];
    }

    private function activeUser(): int
    {
        $rows = $this->office->database->query(
            "SELECT ID FROM b_user WHERE ID = ? AND ACTIVE = 'Y'",
            [$this->office->settings->userId]
        );
        return $rows === [] ? 0 : (new Row($rows[0]))->int('ID');
    }
}
