<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Database;
use Chekpost\EventRow;
use Chekpost\ProductMap;
use Chekpost\Row;

/**
 * Receipts that moved nothing because a code of theirs was "not kept on this site": what moves and is no product of the
 * site waits, so an ignored receipt with a moving line of the code was ignored for that word. Reads only.
 */
final class Ignored
{
    public const MOST = 1000;
    private const BATCH = 200;

    private Database $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /**
     * @param string $store whose word it was; empty: every store's
     * @return list<string> keys, at most MOST
     */
    public function keys(string $store, string $kind, string $code): array
    {
        $keys = [];
        $after = '';
        $registers = $store === '' ? '%' : addcslashes($store, '%_\\') . '/%';
        do {
            $rows = $this->database->query(
                "SELECT event_key, body FROM chekpost_event WHERE state = ? AND type <> 'pos.report'"
                    . ' AND register_id LIKE ? AND event_key > ? ORDER BY event_key LIMIT ' . self::BATCH,
                [EventRow::IGNORED, $registers, $after]
            );
            foreach ($rows as $columns) {
                $row = new Row($columns);
                $after = $row->text('event_key');
                if (self::hasCode($row->text('body'), $kind, $code)) {
                    $keys[] = $after;
                }
            }
        } while (count($rows) === self::BATCH && count($keys) < self::MOST);
        return array_slice($keys, 0, self::MOST);
    }

    private static function hasCode(string $body, string $kind, string $code): bool
    {
        $lines = json_decode($body, true)['lines'] ?? [];
        foreach (is_array($lines) ? $lines : [] as $line) {
            $written = $kind === 'name' ? ($line['name'] ?? null) : ($line['code'][$kind] ?? null);
            $moves = ($line['move'] ?? 'none') !== 'none';
            if ($moves && is_string($written) && ProductMap::normalise($kind, $written) === $code) {
                return true;
            }
        }
        return false;
    }
}
