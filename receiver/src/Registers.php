<?php

declare(strict_types=1);

namespace Chekpost;

/** The cash registers that may speak to this site, each with its own secret and store. */
final class Registers
{
    private const DAY = 86400;
    /** More copies than this of one installation are shown as well as all of them. */
    private const INSTANCES_KEPT = 8;

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
        $this->database->transaction(function () use ($id, $instance, $accepted): void {
            $rows = $this->database->query('SELECT * FROM chekpost_register WHERE id = ? FOR UPDATE', [$id]);
            if ($rows === []) {
                return;
            }
            $instances = $this->recent(RegisterRow::of($rows[0])->instances);
            if (preg_match('/\A[\w.:-]{1,100}\z/', $instance) === 1) {
                $count = ($instances[$instance]['accepted'] ?? 0) + ($accepted ? 1 : 0);
                unset($instances[$instance]);
                $instances[$instance] = ['at' => gmdate('c', $this->clock->now()), 'accepted' => $count];
            }
            $this->database->execute(
                'UPDATE chekpost_register SET seen_at = ?, instances = ? WHERE id = ?',
                [
                    SystemClock::sql($this->clock->now()),
                    (string) json_encode(array_slice($instances, -self::INSTANCES_KEPT, null, true)),
                    $id,
                ]
            );
        });
    }

    public function sawHeartbeat(string $id, string $body): void
    {
        $now = SystemClock::sql($this->clock->now());
        $this->database->execute(
            'UPDATE chekpost_register SET heartbeat_at = ?, heartbeat = ? WHERE id = ?',
            [$now, $body, $id]
        );
    }

    /**
     * @param array<string, array{at: string, accepted: int}> $instances
     * @return array<string, array{at: string, accepted: int}>
     */
    private function recent(array $instances): array
    {
        $since = $this->clock->now() - self::DAY;
        return array_filter($instances, static fn (array $seen): bool => (int) strtotime($seen['at']) >= $since);
    }
}
