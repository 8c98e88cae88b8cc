<?php

declare(strict_types=1);

namespace Chekpost;

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Main\DB\Connection;
use Bitrix\Main\DB\ConnectionException;
use Bitrix\Main\Loader;
use Bitrix\Main\Mail\Mail;
use Bitrix\Main\ModuleManager;
use Bitrix\Main\Type\DateTime;
use ReflectionProperty;
use Throwable;

/**
 * Everything that a sale asks of Bitrix stands in this file and in no other.
 *
 * Documents go through `CCatalogDocs`, the module's own in-process API: it runs the site's handlers, keeps the
 * history and recalculates the product. It has neither lock nor transaction (catalog module 22.900:
 * general/store_docs.php); the caller brings both.
 */
final class Bitrix
{
    /** catalog module 22.900, lib/storedocumenttable.php: D takes from a store, R brings back into it; S would add. */
    public const DEDUCT = 'D';
    public const RETURN = 'R';

    /** Bitrix' count of nested transactions before ours. */
    private ?int $level = null;

    // --- the site's database connection ---

    /** @return list<array<string, mixed>> */
    public function rows(string $sql): array
    {
        return $this->guarded(function () use ($sql): array {
            $rows = [];
            $result = $this->connection()->query($sql);
            while (is_array($row = $result->fetch())) {
                $rows[] = array_map([$this, 'plain'], $row);
            }
            return $rows;
        });
    }

    public function run(string $sql): int
    {
        return $this->guarded(function () use ($sql): int {
            $this->connection()->queryExecute($sql);
            return (int) $this->connection()->getAffectedRowsCount();
        });
    }

    public function insertedId(): int
    {
        return $this->guarded(fn (): int => (int) $this->connection()->getInsertedId());
    }

    public function escaped(string $value): string
    {
        return $this->guarded(fn (): string => (string) $this->connection()->getSqlHelper()->forSql($value));
    }

    /** With a count left wrong by somebody else, the second call would set a savepoint in nothing. */
    public function begin(): void
    {
        $this->level = $this->transactionLevel();
        if ($this->level !== null && $this->level < 0) {
            $this->level = 0;
            $this->restoreLevel();
        }
        $this->run('START TRANSACTION');
        $this->guarded(fn () => $this->connection()->startTransaction());
    }

    /**
     * Bitrix counts nested transactions. A handler that opened one and forgot it would leave the count wrong and our
     * work uncommitted, so the database itself is told as well.
     */
    public function commit(): void
    {
        try {
            $this->guarded(fn () => $this->connection()->commitTransaction());
            $this->run('COMMIT');
        } finally {
            $this->restoreLevel();
        }
    }

    public function rollback(): void
    {
        try {
            $this->guarded(fn () => $this->connection()->rollbackTransaction());
        } finally {
            $this->restoreLevel();
            $this->run('ROLLBACK');
        }
    }

    /**
     * A handler that commits or begins without its counterpart leaves the count wrong for the rest of the process:
     * below nought the next `startTransaction` is an error (main module 22: lib/db/mysqlcommonconnection.php).
     */
    private function restoreLevel(): void
    {
        $count = $this->levelCount();
        if ($count !== null && $this->level !== null) {
            $count->setValue($this->connection(), $this->level);
        }
    }

    private function transactionLevel(): ?int
    {
        $count = $this->levelCount();
        $level = $count === null ? null : $count->getValue($this->connection());
        return is_int($level) ? $level : null;
    }

    /** Bitrix shows it to nobody; null where a core keeps it elsewhere. */
    private function levelCount(): ?ReflectionProperty
    {
        $connection = $this->connection();
        if (!property_exists($connection, 'transactionLevel')) {
            return null;
        }
        $count = new ReflectionProperty($connection, 'transactionLevel');
        if (PHP_VERSION_ID < 80100) {
            $count->setAccessible(true);
        }
        return $count;
    }

    public function lock(string $name, int $seconds): bool
    {
        return $this->guarded(fn (): bool => (bool) $this->connection()->lock($name, $seconds));
    }

    public function unlock(string $name): void
    {
        $this->guarded(fn () => $this->connection()->unlock($name));
    }

    // --- options, modules, people ---

    public function option(string $module, string $name, string $default = ''): string
    {
        return $this->guarded(static fn (): string => (string) Option::get($module, $name, $default));
    }

    /** Loads it as well. */
    public function hasModule(string $name): bool
    {
        return $this->guarded(static fn (): bool => (bool) Loader::includeModule($name));
    }

    /** Does not load it. */
    public function isInstalled(string $module): bool
    {
        return $this->guarded(static fn (): bool => (bool) ModuleManager::isModuleInstalled($module));
    }

    /**
     * The technical user's name stands on the documents, and with the option
     * `check_rights_on_decrease_store_quantity` = E it is his right that decides on stock below zero. He is in for the
     * work only.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public function asUser(int $userId, callable $work)
    {
        /** @var \CUser $user */
        $user = $GLOBALS['USER'];
        // Neither remembered nor noted as a visit.
        if (!$this->guarded(static fn (): bool => (bool) $user->Authorize($userId, false, false))) {
            throw new BitrixRefusal('Технический пользователь ' . $userId . ' не найден или отключён');
        }
        try {
            return $work();
        } finally {
            try {
                $user->Logout();
            } catch (Throwable $error) {
                // With the database gone he is out at the end of the request; what the work threw matters more.
            }
        }
    }

    /** @return bool false when the site could not send it */
    public function mail(string $to, string $subject, string $text): bool
    {
        $mail = ['TO' => $to, 'SUBJECT' => $subject, 'BODY' => $text, 'CHARSET' => 'UTF-8', 'CONTENT_TYPE' => 'text'];
        return (bool) Mail::send($mail + ['HEADER' => []]);
    }

    /**
     * A local time `Y-m-dTH:i:s` in the site's own format: `CCatalogDocs::add` takes no other, and puts now in the place
     * of what it cannot read (catalog module 22.900: general/store_docs.php).
     *
     * @return ?string null when there is no such time
     */
    public function siteTime(string $local): ?string
    {
        $moment = \DateTime::createFromFormat('!Y-m-d\TH:i:s', $local);
        return $moment === false || $moment->format('Y-m-d\TH:i:s') !== $local
            ? null
            : DateTime::createFromPhp($moment)->toString();
    }

    // --- stock ---

    /**
     * A draft. A line that could not be written does not make it fail (catalog module 22.900): read them back.
     *
     * @param array<string, mixed> $fields
     * @return int the document's id
     */
    public function addDocument(array $fields): int
    {
        $id = $this->said(static fn () => \CCatalogDocs::add($fields));
        if (!is_numeric($id) || (int) $id <= 0) {
            throw $this->refusal();
        }
        return (int) $id;
    }

    /** Moves the stock. */
    public function conductDocument(int $id, int $userId): void
    {
        if ($this->said(static fn () => \CCatalogDocs::conductDocument($id, $userId)) !== true) {
            throw $this->refusal();
        }
    }

    /** For sites without store control. Negative is allowed. @param string $quantity decimal text */
    public function setQuantity(int $productId, string $quantity): void
    {
        $result = $this->said(
            static fn () => \Bitrix\Catalog\Model\Product::update($productId, ['QUANTITY' => $quantity])
        );
        if (!is_object($result) || $result->isSuccess() !== true) {
            $texts = is_object($result) ? $result->getErrorMessages() : [];
            throw new BitrixRefusal(implode('; ', $texts));
        }
    }

    /**
     * What a set is made of.
     *
     * @return list<array{product: int, quantity: string}> empty when the set is none or is not clear
     */
    public function setParts(int $productId): array
    {
        $sets = $this->said(
            static fn () => \CCatalogProductSet::getAllSetsByProduct($productId, \CCatalogProductSet::TYPE_SET)
        );
        if (!is_array($sets) || count($sets) !== 1) {
            return [];
        }
        $parts = [];
        $set = reset($sets);
        foreach (is_array($set) && is_array($set['ITEMS'] ?? null) ? $set['ITEMS'] : [] as $part) {
            $row = new Row(is_array($part) ? $part : []);
            $parts[] = ['product' => $row->int('ITEM_ID'), 'quantity' => $row->text('QUANTITY')];
        }
        return $parts;
    }

    /** Lists built on tagged cache are made anew. */
    public function clearIblockCache(int $iblockId): void
    {
        \CIBlock::clearIblockTagCache($iblockId);
    }

    /** The kernel's own end: work that modules have put off, and the connection. */
    public function finish(): void
    {
        \CMain::FinalActions();
    }

    // --- how Bitrix says no ---

    /**
     * @template T
     * @param callable(): T $call
     * @return T
     */
    private function said(callable $call)
    {
        $this->page()->ResetException();
        return $this->guarded($call);
    }

    private function refusal(): BitrixRefusal
    {
        $exception = $this->page()->GetException();
        return new BitrixRefusal(is_object($exception) ? trim(strip_tags((string) $exception->GetString())) : '');
    }

    /**
     * Errors of the database become ours, whoever met them; everything else passes.
     *
     * @template T
     * @param callable(): T $call
     * @return T
     */
    private function guarded(callable $call)
    {
        try {
            return $call();
        } catch (DatabaseError $error) {
            throw $error;
        } catch (Throwable $error) {
            $lost = $error instanceof ConnectionException;
            if (!$lost && !$error instanceof \Bitrix\Main\DB\Exception && !$error instanceof \mysqli_sql_exception) {
                throw $error;
            }
            throw new DatabaseError($error->getMessage(), $this->numberOf($error), $lost, $error);
        }
    }

    /** Bitrix keeps MySQL's number in the text only: "Mysql query error: (1062) Duplicate entry …". */
    private function numberOf(Throwable $error): int
    {
        if ($error instanceof \mysqli_sql_exception) {
            return (int) $error->getCode();
        }
        $text = $error->getMessage();
        if ($error instanceof \Bitrix\Main\DB\SqlException) {
            $text .= ' ' . $error->getDatabaseMessage();
        }
        return preg_match('/\((\d{4})\)/', $text, $found) === 1 ? (int) $found[1] : 0;
    }

    private function page(): \CMain
    {
        /** @var \CMain $page */
        $page = $GLOBALS['APPLICATION'];
        return $page;
    }

    private function connection(): Connection
    {
        return Application::getConnection();
    }

    /** Columns of time come as objects of Bitrix. @param mixed $value @return mixed */
    private function plain($value)
    {
        return is_object($value) && method_exists($value, 'format') ? $value->format('Y-m-d H:i:s') : $value;
    }
}
