<?php

declare(strict_types=1);

namespace Chekpost;

/** Which documents have arrived and what became of each. A key is kept for ever. */
final class Ledger
{
    private Database $database;
    private Clock $clock;

    public function __construct(Database $database, Clock $clock)
    {
        $this->database = $database;
        $this->clock = $clock;
    }

    public function find(string $key): ?EventRow
    {
        $rows = $this->database->query('SELECT * FROM chekpost_event WHERE event_key = ?', [$key]);
        return $rows === [] ? null : EventRow::of($rows[0]);
    }

    /**
     * Throws a duplicate's `DatabaseError` when the key is known.
     */
    public function insert(Sale $sale, string $body, Settlement $settlement): void
    {
        $now = $this->now();
        $this->database->execute(
            'INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, body,
                state, booking, documents, reasons, reason_group, response, http_status, suspect, who, note,
                retry_at, booked_at, updated_at, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            array_merge(
                [$sale->key, $sale->fingerprint()],
                [$sale->registerId, $sale->fn, $sale->fd, $sale->type, $sale->occurredAt, $body],
                $this->columns($settlement),
                [$now, $now]
            )
        );
    }

    /**
     * One more attempt at a known document, with the body of now.
     *
     * @param string $from the state it was in when it was read
     * @return bool false when it is in another by now
     */
    public function replace(Sale $sale, string $body, Settlement $settlement, string $from): bool
    {
        return 0 < $this->database->execute(
            'UPDATE chekpost_event SET register_id = ?, type = ?, occurred_at = ?, body = ?,
                state = ?, booking = ?, documents = ?, reasons = ?, reason_group = ?, response = ?, http_status = ?,
                suspect = ?, who = COALESCE(?, who), note = COALESCE(?, note), retry_at = ?, booked_at = ?,
                updated_at = ?, attempts = attempts + 1
             WHERE event_key = ? AND state = ?',
            array_merge(
                [$sale->registerId, $sale->type, $sale->occurredAt, $body],
                $this->columns($settlement),
                [$this->now(), $sale->key, $from]
            )
        );
    }

    /**
     * The end of an attempt that `insert` or `replace` has begun in the same transaction.
     *
     * @return bool false when the row they wrote is gone: somebody has rolled back
     */
    public function finish(string $key, Settlement $settlement): bool
    {
        return 0 < $this->database->execute(
            'UPDATE chekpost_event SET state = ?, booking = ?, documents = ?, reasons = ?, reason_group = ?,
                response = ?, http_status = ?, suspect = ?, who = COALESCE(?, who), note = COALESCE(?, note),
                retry_at = ?, booked_at = ?
             WHERE event_key = ?',
            array_merge($this->columns($settlement), [$key])
        );
    }

    /** The newer body is kept, nothing else is done. */
    public function keepBody(string $key, string $body): void
    {
        $this->database->execute(
            "UPDATE chekpost_event SET body = ?, updated_at = ? WHERE event_key = ? AND state = 'parked'",
            [$body, $this->now(), $key]
        );
    }

    /**
     * What was moved; by `Movement::place()` what the row held before.
     *
     * @param list<Movement> $movements
     * @param array<string, Decimal> $before
     * @param array<string, int> $documents way → document
     */
    public function addMovements(string $key, array $movements, array $before, array $documents): void
    {
        $values = [];
        $params = [];
        foreach ($movements as $movement) {
            $values[] = '(?, ?, ?, ?, ?, ?, ?, ?)';
            array_push($params, $key, $movement->product->id, $movement->storeId, $movement->way);
            $held = $before[$movement->place()] ?? Decimal::zero();
            array_push($params, $movement->quantity->text(), $held->text());
            array_push($params, $documents[$movement->way] ?? null, $this->now());
        }
        $this->database->execute(
            'INSERT INTO chekpost_movement
                (event_key, product_id, store_id, way, quantity, before_amount, document_id, created_at)
             VALUES ' . implode(', ', $values),
            $params
        );
    }

    /** Counts one more throw at this key. @return int how many there were */
    public function countFailure(string $key, string $error): int
    {
        $this->database->execute(
            'INSERT INTO chekpost_failure (event_key, attempts, last_error, at) VALUES (?, 1, ?, ?)
             ON DUPLICATE KEY UPDATE attempts = attempts + 1, last_error = VALUES(last_error), at = VALUES(at)',
            [$key, mb_strcut(mb_scrub($error, 'UTF-8'), 0, 2000, 'UTF-8'), $this->now()]
        );
        $rows = $this->database->query('SELECT attempts FROM chekpost_failure WHERE event_key = ?', [$key]);
        return (new Row($rows[0] ?? []))->int('attempts');
    }

    /**
     * The newest first; one group or all.
     *
     * @return list<EventRow>
     */
    public function parked(int $limit, int $offset, ?string $group): array
    {
        $rows = $this->database->query(
            "SELECT * FROM chekpost_event WHERE state = 'parked' AND (? IS NULL OR reason_group = ?)
             ORDER BY updated_at DESC, event_key LIMIT $limit OFFSET $offset",
            [$group, $group]
        );
        return array_map([EventRow::class, 'of'], $rows);
    }

    /**
     * Parked receipts whose time has come to be tried again.
     *
     * @param string $now UTC, as `SystemClock::sql()` writes it
     * @return list<string> keys, the oldest first
     */
    public function dueForRetry(int $limit, string $now): array
    {
        $rows = $this->database->query(
            "SELECT event_key FROM chekpost_event WHERE state = 'parked' AND retry_at <= ?
             ORDER BY retry_at, event_key LIMIT $limit",
            [$now]
        );
        return array_map(static fn (array $row): string => (new Row($row))->text('event_key'), $rows);
    }

    /** @param array<string, mixed> $detail */
    public function audit(string $who, string $action, ?string $key, array $detail): void
    {
        $this->database->execute(
            'INSERT INTO chekpost_audit (at, who, action, event_key, detail) VALUES (?, ?, ?, ?, ?)',
            [$this->now(), $who, $action, $key, self::json($detail)]
        );
    }

    public function isAudited(string $key, string $action): bool
    {
        return $this->database->query(
            'SELECT 1 FROM chekpost_audit WHERE event_key = ? AND action = ? LIMIT 1',
            [$key, $action]
        ) !== [];
    }

    /** A person's word that a parked receipt moves nothing here. One that is no longer parked is left alone. */
    public function dismiss(string $key, string $who, string $note): void
    {
        $this->database->transaction(function () use ($key, $who, $note): void {
            $dismissed = $this->database->execute(
                "UPDATE chekpost_event SET state = 'dismissed', retry_at = NULL, who = ?, note = ?, updated_at = ?
                 WHERE event_key = ? AND state = 'parked'",
                [$who, $note, $this->now(), $key]
            );
            if ($dismissed > 0) {
                $this->audit($who, 'dismiss', $key, ['note' => $note]);
            }
        });
    }

    /** @return list<int|string|null> */
    private function columns(Settlement $settlement): array
    {
        $reasons = array_map(static fn (Reason $reason): array => $reason->toArray(), $settlement->reasons);
        return [
            $settlement->state,
            $settlement->booking,
            $settlement->documents === [] ? null : self::json($settlement->documents),
            $reasons === [] ? null : self::json($reasons),
            $reasons === [] ? null : Reason::group($settlement->reasons),
            $settlement->response,
            $settlement->httpStatus,
            $settlement->suspect,
            $settlement->who,
            $settlement->note,
            $settlement->retryAt,
            $settlement->state === EventRow::BOOKED ? $this->now() : null,
        ];
    }

    /**
     * A module's error may be in another encoding: better a sign that stands for it than no reasons at all.
     *
     * @param array<array-key, mixed> $value
     */
    private static function json(array $value): string
    {
        return (string) json_encode($value, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE);
    }

    private function now(): string
    {
        return SystemClock::sql($this->clock->now());
    }
}
