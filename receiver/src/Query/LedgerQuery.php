<?php

declare(strict_types=1);

namespace Chekpost\Query;

use Chekpost\Database;
use Chekpost\Row;

/**
 * Which document numbers of one register the ledger knows, drive by drive, as ranges. An answer holds at most
 * MOST ranges and as many numbers that wait or were dismissed, so that it stays below 64 KiB; a drive that was cut
 * says in `next` where to go on.
 */
final class LedgerQuery
{
    public const MOST = 2000;
    private const BATCH = 5000;
    /** Tag 1040 is four bytes. */
    private const LAST = 4294967295;

    private Database $database;
    private int $room;

    public function __construct(Database $database)
    {
        $this->database = $database;
        $this->room = self::MOST;
    }

    /**
     * @param string|null $fn only this drive
     * @param int|null $from only from this number; only together with $fn
     * @return array{drives: list<array{fn: string, count: int, first: int, last: int, ranges: list<array{int, int}>,
     *     parked: list<int>, dismissed: list<int>, next: int|null}>, more: bool}
     */
    public function ask(string $register, ?string $fn, ?int $from, ?int $to): array
    {
        $this->room = self::MOST;
        $sql = 'SELECT fn, COUNT(*) AS n, MIN(fd) AS a, MAX(fd) AS b FROM chekpost_event WHERE register_id = ?';
        $drives = $this->database->query(
            $sql . ($fn === null ? '' : ' AND fn = ?') . ' GROUP BY fn ORDER BY fn',
            $fn === null ? [$register] : [$register, $fn]
        );
        $answer = ['drives' => [], 'more' => false];
        foreach ($drives as $columns) {
            $drive = new Row($columns);
            $part = $this->drive($register, $drive->text('fn'), $from ?? 0, $to ?? self::LAST);
            $answer['more'] = $answer['more'] || $part['next'] !== null;
            $answer['drives'][] = [
                'fn' => $drive->text('fn'),
                'count' => $drive->int('n'),
                'first' => $drive->int('a'),
                'last' => $drive->int('b'),
            ] + $part;
        }
        return $answer;
    }

    /** @return array{ranges: list<array{int, int}>, parked: list<int>, dismissed: list<int>, next: int|null} */
    private function drive(string $register, string $fn, int $from, int $to): array
    {
        $part = ['ranges' => [], 'parked' => [], 'dismissed' => [], 'next' => null];
        $known = 0;
        do {
            $rows = $this->database->query(
                'SELECT fd, state FROM chekpost_event WHERE register_id = ? AND fn = ? AND fd BETWEEN ? AND ?'
                    . ' ORDER BY fd LIMIT ' . self::BATCH,
                [$register, $fn, $from, $to]
            );
            foreach ($rows as $columns) {
                $row = new Row($columns);
                $fd = $row->int('fd');
                $state = $row->text('state');
                $isNext = $part['ranges'] !== [] && $known + 1 === $fd;
                $waits = $state === 'parked' || $state === 'dismissed';
                $needs = ($isNext ? 0 : 1) + ($waits ? 1 : 0);
                if ($needs > $this->room) {
                    $part['next'] = $fd;
                    return $part;
                }
                $this->room -= $needs;
                if ($isNext) {
                    $part['ranges'][count($part['ranges']) - 1][1] = $fd;
                } else {
                    $part['ranges'][] = [$fd, $fd];
                }
                if ($waits) {
                    $part[$state][] = $fd;
                }
                $known = $fd;
            }
            $from = $known + 1;
        } while (count($rows) === self::BATCH);
        return $part;
    }
}
