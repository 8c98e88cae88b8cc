<?php

/** What the database throws. */

declare(strict_types=1);

namespace Bitrix\Main\DB;

use Bitrix\Main\SystemException;

/**
 * main 22: the database's number stands in the text, as "(1062) Duplicate entry …"; the exception's code is always 400.
 */
class Exception extends SystemException
{
    /** @var string */
    protected $databaseMessage;

    public function __construct(string $message = '', string $databaseMessage = '', ?\Throwable $previous = null)
    {
        $this->databaseMessage = $databaseMessage;
        parent::__construct($databaseMessage === '' ? $message : $message . ': ' . $databaseMessage, 400, $previous);
    }

    public function getDatabaseMessage(): string
    {
        return $this->databaseMessage;
    }
}

class ConnectionException extends Exception
{
}

class SqlException extends Exception
{
}

class SqlQueryException extends SqlException
{
    /** @var string */
    protected $query;

    public function __construct(
        string $message = '',
        string $databaseMessage = '',
        string $query = '',
        ?\Throwable $previous = null
    ) {
        $this->query = $query;
        parent::__construct($message, $databaseMessage, $previous);
    }

    public function getQuery(): string
    {
        return $this->query;
    }
}

/** Newer cores only. */
class DuplicateEntryException extends SqlQueryException
{
}

class TransactionException extends SqlException
{
}
