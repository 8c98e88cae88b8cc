<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Database;
use Chekpost\EventRow;
use Chekpost\ProductMap;
use Chekpost\Reason;
use Chekpost\Row;

/** What waits, counted and gathered as a person wants to work on it. Reads only. */
final class Parked
{
    public const PAGE = 50;
    /** Reasons that end when somebody says which product the code is. */
    public const MAPPABLE = ['unknown-product', 'ambiguous-product', 'wrong-product-type', 'unit-mismatch'];
    private const BATCH = 500;
    /** Codes are gathered from so many receipts; the next ones show once these are settled. */
    private const SCANNED = 5000;

    private Database $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function count(): int
    {
        return $this->number("SELECT COUNT(*) AS N FROM chekpost_event WHERE state = 'parked'", []);
    }

    /**
     * @return list<array{group: string, count: int, sample: EventRow}> the most frequent first
     */
    public function groups(int $page): array
    {
        $rows = $this->database->query(
            "SELECT COALESCE(reason_group, '') AS G, COUNT(*) AS N, MAX(event_key) AS K FROM chekpost_event"
                . " WHERE state = 'parked' GROUP BY reason_group ORDER BY N DESC, G"
                . ' LIMIT ' . self::PAGE . ' OFFSET ' . ($page * self::PAGE)
        );
        $samples = $this->events(array_column($rows, 'K'));
        $groups = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $sample = $samples[$row->text('K')] ?? null;
            if ($sample !== null) {
                $groups[] = ['group' => $row->text('G'), 'count' => $row->int('N'), 'sample' => $sample];
            }
        }
        return $groups;
    }

    public function groupCount(): int
    {
        return $this->number(
            "SELECT COUNT(DISTINCT COALESCE(reason_group, '')) AS N FROM chekpost_event WHERE state = 'parked'",
            []
        );
    }

    /** @return list<string> keys of a group that still wait, at most so many */
    public function keysOf(string $group, int $most): array
    {
        return $this->keys("COALESCE(reason_group, '') = ?", [$group], $most);
    }

    public function countOf(string $group): int
    {
        return $this->number(
            "SELECT COUNT(*) AS N FROM chekpost_event WHERE state = 'parked' AND COALESCE(reason_group, '') = ?",
            [$group]
        );
    }

    /** @return list<string> keys of receipts that came before the site was live */
    public function trialKeys(int $most): array
    {
        return $this->keys('reasons LIKE ?', ['%"code":"trial"%'], $most);
    }

    public function trialCount(): int
    {
        return $this->number(
            "SELECT COUNT(*) AS N FROM chekpost_event WHERE state = 'parked' AND reasons LIKE ?",
            ['%"code":"trial"%']
        );
    }

    /**
     * Codes and names nobody has said anything about, the most wanted first.
     *
     * @return list<array{kind: string, key: string, name: string, receipts: int, shops: list<string>, example: string}>
     */
    public function unknownCodes(): array
    {
        $codes = [];
        $read = 0;
        $after = '~';
        do {
            $rows = $this->database->query(
                "SELECT event_key, register_id, reasons, updated_at FROM chekpost_event WHERE state = 'parked'"
                    . ' AND event_key < ? ORDER BY event_key DESC LIMIT ' . self::BATCH,
                [$after]
            );
            foreach ($rows as $columns) {
                $row = new Row($columns);
                $after = $row->text('event_key');
                $this->gather($codes, $row);
            }
            $read += count($rows);
        } while (count($rows) === self::BATCH && $read < self::SCANNED);
        usort($codes, static function (array $a, array $b): int {
            return [$b['receipts'], $a['key']] <=> [$a['receipts'], $b['key']];
        });
        return $codes;
    }

    /**
     * What a name suggests: only what is alone in bearing it.
     *
     * @param list<array{kind: string, key: string, name: string, receipts: int, shops: list<string>,
     *     example: string}> $codes
     * @return array<string, int> name => product
     */
    public static function suggestions(array $codes, Products $products): array
    {
        return $products->onlyByName(
            array_values(array_filter(array_column($codes, 'name'))),
            static function (string $onReceipt, string $onSite): bool {
                return ProductMap::normalise('name', $onReceipt) === ProductMap::normalise('name', $onSite);
            }
        );
    }

    public static function isMappable(Reason $reason): bool
    {
        return in_array($reason->code, self::MAPPABLE, true) && $reason->key !== null
            && in_array($reason->kind, ProductMap::KINDS, true);
    }

    /**
     * @param array<string, array{kind: string, key: string, name: string, receipts: int, shops: list<string>,
     *     example: string}> $codes
     */
    private function gather(array &$codes, Row $row): void
    {
        $shop = explode('/', $row->text('register_id'), 2)[0];
        $seen = [];
        $reasons = array_map([Reason::class, 'of'], $row->jsonList('reasons'));
        $isTrial = in_array('trial', Reason::codes($reasons), true);
        foreach ($reasons as $reason) {
            $id = $reason->kind . "\n" . $reason->key;
            if (!self::isMappable($reason) || isset($seen[$id])) {
                continue;
            }
            if ($isTrial && $this->isSaidSince($row->text('updated_at'), $shop, $reason)) {
                continue;
            }
            $seen[$id] = true;
            if (!isset($codes[$id])) {
                $codes[$id] = ['kind' => (string) $reason->kind, 'key' => (string) $reason->key,
                    'name' => $reason->name ?? '', 'receipts' => 0, 'shops' => [],
                    'example' => $row->text('event_key')];
            }
            $codes[$id]['receipts']++;
            if (!in_array($shop, $codes[$id]['shops'], true)) {
                $codes[$id]['shops'][] = $shop;
            }
        }
    }

    /** A receipt of the trial is looked at again only with a person's word; its code may have been settled since. */
    private function isSaidSince(string $judged, string $shop, Reason $reason): bool
    {
        return $this->database->query(
            "SELECT 1 FROM chekpost_map WHERE code_hash = ? AND store IN (?, '') AND created_at >= ? LIMIT 1",
            [ProductMap::hash((string) $reason->kind, (string) $reason->key), $shop, $judged]
        ) !== [];
    }

    /**
     * @param list<mixed> $keys
     * @return array<string, EventRow>
     */
    private function events(array $keys): array
    {
        $events = [];
        $rows = $this->database->query(
            'SELECT * FROM chekpost_event WHERE event_key IN (?)',
            [array_map('strval', $keys)]
        );
        foreach (array_map([EventRow::class, 'of'], $rows) as $event) {
            $events[$event->key] = $event;
        }
        return $events;
    }

    /**
     * @param list<string> $params
     * @return list<string>
     */
    private function keys(string $where, array $params, int $most): array
    {
        $rows = $this->database->query(
            "SELECT event_key FROM chekpost_event WHERE state = 'parked' AND $where ORDER BY event_key LIMIT $most",
            $params
        );
        return array_map('strval', array_column($rows, 'event_key'));
    }

    /** @param list<string> $params */
    private function number(string $sql, array $params): int
    {
        return (new Row($this->database->query($sql, $params)[0] ?? ['N' => 0]))->int('N');
    }
}
