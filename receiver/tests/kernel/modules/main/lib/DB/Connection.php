<?php

declare(strict_types=1);

namespace Bitrix\Main\DB;

use Fake\Fault;
use Fake\Side;
use mysqli;

/** The one connection of a request. */
final class Connection
{
    /** @var array<string, string> */
    private $settings;
    /** @var ?mysqli */
    private $resource = null;
    /** @var int of MysqlCommonConnection in main 22 */
    protected $transactionLevel = 0;
    /** @var int */
    private $queries = 0;

    /** @param array<string, string> $settings */
    public function __construct(array $settings)
    {
        $this->settings = $settings;
    }

    /** @param mixed ...$limits one number is a limit, two are offset and limit */
    public function query(string $sql, ...$limits): Result
    {
        $limits = array_values(array_filter($limits, 'is_int'));
        if ($limits !== [] && end($limits) > 0) {
            $sql .= ' LIMIT ' . implode(', ', $limits);
        }
        $resource = $this->connect();
        $this->dieInTime($resource);
        $result = $resource->query($sql);
        if ($result === false) {
            $text = sprintf('(%s) %s', $resource->errno, $resource->error);
            /* Whether a core has DuplicateEntryException depends on its age: 22.900 had none. */
            throw $resource->errno === 1062 && ($this->settings['core'] ?? 'new') === 'new'
                ? new DuplicateEntryException('Mysql query error', $text, $sql)
                : new SqlQueryException('Mysql query error', $text, $sql);
        }
        return new Result($result);
    }

    public function queryExecute(string $sql): void
    {
        $this->query($sql);
    }

    /** @return ?string */
    public function queryScalar(string $sql)
    {
        $row = $this->query($sql)->fetch();
        return $row === false ? null : array_shift($row);
    }

    public function getAffectedRowsCount(): int
    {
        return (int) $this->connect()->affected_rows;
    }

    public function getInsertedId(): int
    {
        return (int) $this->connect()->insert_id;
    }

    public function getSqlHelper(): SqlHelper
    {
        return new SqlHelper($this->connect());
    }

    public function getDatabase(): string
    {
        return $this->settings['database'];
    }

    public function getType(): string
    {
        return 'mysql';
    }

    public function isTableExists(string $table): bool
    {
        return $this->query("SHOW TABLES LIKE '" . $this->getSqlHelper()->forSql($table) . "'")->fetch() !== false;
    }

    /** main 22: a transaction within another is a savepoint … */
    public function startTransaction(): void
    {
        $this->queryExecute($this->transactionLevel === 0 ? 'START TRANSACTION' : 'SAVEPOINT TRANS' . $this->transactionLevel);
        $this->transactionLevel++;
    }

    /** … its commit does nothing, and nothing guards a commit without a start … */
    public function commitTransaction(): void
    {
        $this->transactionLevel--;
        if ($this->transactionLevel === 0) {
            Fault::crash('crash_before_commit');
            $this->queryExecute('COMMIT');
            Fault::crash('crash_after_commit');
        }
    }

    /** … and its rollback goes to the savepoint and throws. */
    public function rollbackTransaction(): void
    {
        $this->transactionLevel--;
        if ($this->transactionLevel === 0) {
            $this->queryExecute('ROLLBACK');
            return;
        }
        $this->queryExecute('ROLLBACK TO SAVEPOINT TRANS' . $this->transactionLevel);
        throw new TransactionException('Nested rollbacks are unsupported.');
    }

    /** main 22: GET_LOCK, in a name space of the site's own. */
    public function lock(string $name, int $timeout = 0): bool
    {
        return $this->queryScalar("SELECT GET_LOCK('{$this->lockName($name)}', $timeout) L") === '1';
    }

    public function unlock(string $name): bool
    {
        return $this->queryScalar("SELECT RELEASE_LOCK('{$this->lockName($name)}') L") === '1';
    }

    public function disconnect(): void
    {
        if ($this->resource !== null) {
            $this->resource->close();
            $this->resource = null;
        }
    }

    /** For the tests' own purposes. */
    public function another(): mysqli
    {
        mysqli_report(MYSQLI_REPORT_OFF);
        $link = mysqli_init();
        $is = $link !== false && @$link->real_connect(
            'localhost',
            $this->settings['login'],
            $this->settings['password'],
            $this->settings['database'],
            0,
            $this->settings['socket']
        );
        if ($link === false || !$is) {
            throw new ConnectionException(
                'Mysql connect error [' . ($this->settings['host'] ?? 'localhost') . ']',
                $link === false ? '' : sprintf('(%s) %s', $link->connect_errno, $link->connect_error)
            );
        }
        return $link;
    }

    /** The kernel's own start is not counted for `db_gone_after`. */
    public function forgetCount(): void
    {
        $this->queries = 0;
    }

    private function connect(): mysqli
    {
        if ($this->resource === null) {
            try {
                $this->resource = $this->another();
            } catch (ConnectionException $failure) {
                /* Old cores print a page about the missing database and die, before any code of the site runs. */
                if (($this->settings['core'] ?? 'new') === 'old') {
                    echo '<!DOCTYPE html><html><body>Error connecting to database.</body></html>';
                    die();
                }
                throw $failure;
            }
            /*
             * What php_interface/after_connect_d7.php of an ordinary installation says: no strict mode, so that too
             * long texts are cut and numbers out of range are clamped without an error.
             */
            $this->resource->query("SET NAMES 'utf8mb4' COLLATE 'utf8mb4_unicode_ci'");
            $this->resource->query("SET sql_mode = '', innodb_strict_mode = 0");
        }
        return $this->resource;
    }

    private function dieInTime(mysqli $resource): void
    {
        $this->queries++;
        if (!Fault::isSet('db_gone_after')) {
            return;
        }
        if ($this->queries === (int) Fault::limit('db_gone_after') + 1 && Fault::value('db_gone_after') !== null) {
            Side::killMain((int) $resource->thread_id);
        }
    }

    private function lockName(string $name): string
    {
        return md5($this->settings['database']) . md5($name);
    }
}
