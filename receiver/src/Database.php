<?php

declare(strict_types=1);

namespace Chekpost;

use LogicException;
use Throwable;

/**
 * Our SQL, over the site's own connection: only so can our rows and Bitrix's document share one transaction.
 *
 * Values go in at one place, by `?`; a list becomes `1, 2, 3`, so `IN (?)` takes many.
 */
final class Database
{
    private const MARK = 'chekpost_whole';
    /** "SAVEPOINT … does not exist": MySQL and MariaDB drop it with the transaction it stood in. */
    private const NO_SAVEPOINT = 1305;

    private Bitrix $bitrix;
    private bool $endedByOthers = false;

    public function __construct(Bitrix $bitrix)
    {
        $this->bitrix = $bitrix;
    }

    /**
     * @param list<int|string|null|list<int|string>> $params
     * @return list<array<string, mixed>>
     */
    public function query(string $sql, array $params = []): array
    {
        return $this->bitrix->rows($this->filled($sql, $params));
    }

    /**
     * @param list<int|string|null|list<int|string>> $params
     * @return int rows affected
     */
    public function execute(string $sql, array $params = []): int
    {
        return $this->bitrix->run($this->filled($sql, $params));
    }

    public function insertedId(): int
    {
        return $this->bitrix->insertedId();
    }

    /** Waits for the named lock; false when somebody else has it all that time. */
    public function lock(string $name, int $seconds): bool
    {
        return $this->bitrix->lock($name, $seconds);
    }

    /** Never throws: with the connection the lock is gone too. */
    public function unlock(string $name): void
    {
        try {
            $this->bitrix->unlock($name);
        } catch (DatabaseError $error) {
            // The server has ended the session and with it the lock.
        }
    }

    /**
     * All of the work or nothing of it. What the work throws is thrown on, after the rollback.
     *
     * Handlers of other modules run inside and can end our transaction (a raw COMMIT, an ALTER TABLE). A savepoint at
     * its beginning tells: it is gone then. See `wasEndedByOthers()`.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public function transaction(callable $work)
    {
        $this->endedByOthers = false;
        $this->bitrix->begin();
        try {
            $this->bitrix->run('SAVEPOINT ' . self::MARK);
            $value = $work();
            $this->endedByOthers = !$this->markStands();
            $this->commit();
            return $value;
        } catch (Throwable $error) {
            $this->rollback($error);
            throw $error;
        }
    }

    /**
     * Rows that somebody else holds are waited for so long and no longer: the caller can come later. The site's own
     * patience (50 s is usual) is put back afterwards, the connection is the site's.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public function patient(int $seconds, callable $work)
    {
        $rows = $this->query('SELECT @@SESSION.innodb_lock_wait_timeout AS T');
        $before = (new Row($rows[0] ?? []))->int('T');
        $this->execute('SET SESSION innodb_lock_wait_timeout = ?', [$seconds]);
        try {
            return $work();
        } finally {
            try {
                $this->execute('SET SESSION innodb_lock_wait_timeout = ?', [$before]);
            } catch (DatabaseError $error) {
                // With the session its settings are gone.
            }
        }
    }

    /** What was begun and cannot be ended in order: all of it is undone, and others may go on. */
    public function abandon(): void
    {
        try {
            $this->bitrix->rollback();
        } catch (Throwable $error) {
            // A session that is gone is rolled back by the server.
        }
        $this->unlock(Attempt::LOCK);
    }

    /** True when somebody ended the last transaction before we did: what it wrote until then could not be taken back. */
    public function wasEndedByOthers(): bool
    {
        return $this->endedByOthers;
    }

    private function markStands(): bool
    {
        try {
            $this->bitrix->run('RELEASE SAVEPOINT ' . self::MARK);
            return true;
        } catch (DatabaseError $error) {
            if ($error->getCode() === self::NO_SAVEPOINT) {
                return false;
            }
            throw $error;
        }
    }

    private function commit(): void
    {
        try {
            $this->bitrix->commit();
        } catch (DatabaseError $error) {
            // Newer cores refuse to end what a handler has ended; what was written since is ended here.
            if (!$this->endedByOthers || $error->isTransient()) {
                throw $error;
            }
            $this->bitrix->run('COMMIT');
        }
    }

    private function rollback(Throwable $cause): void
    {
        $transient = $cause instanceof DatabaseError && $cause->isTransient();
        try {
            // A deadlock takes the savepoint away as well, and then all is rolled back.
            $this->endedByOthers = !$transient && !$this->markStands();
            $this->bitrix->rollback();
        } catch (Throwable $error) {
            // The cause is thrown on; a session that is gone is rolled back by the server.
        }
    }

    /** @param list<int|string|null|list<int|string>> $params */
    private function filled(string $sql, array $params): string
    {
        $parts = explode('?', $sql);
        if (count($parts) !== count($params) + 1) {
            throw new LogicException('As many values as question marks are wanted: ' . $sql);
        }
        $filled = $parts[0];
        foreach ($params as $at => $value) {
            $filled .= $this->literal($value) . $parts[$at + 1];
        }
        return $filled;
    }

    /** @param int|string|null|list<int|string> $value */
    private function literal($value): string
    {
        if ($value === null || $value === []) {
            return 'NULL';
        }
        if (is_array($value)) {
            return implode(', ', array_map([$this, 'literal'], $value));
        }
        return is_int($value) ? (string) $value : "'" . $this->bitrix->escaped($value) . "'";
    }
}
