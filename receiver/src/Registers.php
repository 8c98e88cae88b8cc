<?php

declare(strict_types=1);

namespace Chekpost;

/** The cash registers that may speak to this site, each with its own secret and store. */
final class Registers
{
    private const DAY = 86400;
    /** More copies than this of one installation are shown as well as all of them. */
    private const INSTANCES_KEPT = 8;
    private const TRIES = 5;

    private Database $database;
    private Clock $clock;

    public function __construct(Database $database, Clock $clock)
    {
        $this->database = $database;
        $this->clock = $clock;
    }

    /** @return list<RegisterRow> */
    public function all(): array
    {
        $rows = $this->database->query('SELECT * FROM chekpost_register ORDER BY id');
        return array_map([RegisterRow::class, 'of'], $rows);
    }

    public function find(string $id): ?RegisterRow
    {
        $rows = $this->database->query('SELECT * FROM chekpost_register WHERE id = ?', [$id]);
        return $rows === [] ? null : RegisterRow::of($rows[0]);
    }

    /** What a person decides about a register. When it was seen is not touched. */
    public function save(RegisterRow $register): void
    {
        $settings = [
            $register->storeId,
            $register->returnsStoreId,
            (string) json_encode($register->secrets),
            $register->enabled ? 'Y' : 'N',
            $register->alarmed,
        ];
        $this->database->execute(
            'INSERT INTO chekpost_register
                (store_id, returns_store_id, secrets, enabled, alarmed, id, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)
             ON DUPLICATE KEY UPDATE store_id = VALUES(store_id), returns_store_id = VALUES(returns_store_id),
                secrets = VALUES(secrets), enabled = VALUES(enabled), alarmed = VALUES(alarmed)',
            array_merge($settings, [$register->id, SystemClock::sql($this->clock->now())])
        );
    }

    /** A genuine request came in from that installation; `$accepted` when it brought a document we took. */
    public function saw(string $id, string $instance, bool $accepted): void
    {
        for ($try = 0; $try < self::TRIES; $try++) {
            $rows = $this->database->query('SELECT instances FROM chekpost_register WHERE id = ?', [$id]);
            if ($rows === []) {
                return;
            }
            $before = (new Row($rows[0]))->textOrNull('instances');
            $now = SystemClock::sql($this->clock->now());
            $after = $this->seenFrom($before, $instance, $accepted);
            // Two requests of one register may do this at once: whoever finds it changed counts anew.
            $written = $this->database->execute(
                'UPDATE chekpost_register SET seen_at = ?, instances = ? WHERE id = ? AND instances <=> ?',
                [$now, $after, $id, $before]
            );
            if ($written > 0 || $before === $after) {
                return;
            }
        }
    }

    public function sawHeartbeat(string $id, string $body): void
    {
        $now = SystemClock::sql($this->clock->now());
        $this->database->execute(
            'UPDATE chekpost_register SET heartbeat_at = ?, heartbeat = ? WHERE id = ?',
            [$now, $body, $id]
        );
    }

    /** @param ?string $before JSON */
    private function seenFrom(?string $before, string $instance, bool $accepted): string
    {
        $since = $this->clock->now() - self::DAY;
        $instances = array_filter(
            RegisterRow::instancesOf($before),
            static fn (array $seen): bool => (int) strtotime($seen['at']) >= $since
        );
        if (preg_match('/\A[\w.:-]{1,100}\z/', $instance) === 1) {
            $count = ($instances[$instance]['accepted'] ?? 0) + ($accepted ? 1 : 0);
            unset($instances[$instance]);
            $instances[$instance] = ['at' => gmdate('c', $this->clock->now()), 'accepted' => $count];
        }
        $kept = array_slice($instances, -self::INSTANCES_KEPT, null, true);
        return (string) json_encode($kept, JSON_FORCE_OBJECT);
    }
}
