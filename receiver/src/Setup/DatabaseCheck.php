<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Clock;
use Chekpost\Database;
use Chekpost\DatabaseError;
use Chekpost\Row;
use RuntimeException;

/** Can this database keep the promise "all or nothing, once"? Leaves nothing behind in it. */
final class DatabaseCheck
{
    /** Everything that is written together with a receipt. */
    private const WRITTEN_TOGETHER = "TABLE_NAME LIKE 'b\\_catalog\\_%' OR TABLE_NAME LIKE 'chekpost\\_%'"
        . " OR TABLE_NAME IN ('b_option', 'b_iblock_element')";
    private const TRIAL_KEY = 'SETUP-CHECK';

    private Database $database;
    private Clock $clock;
    private Schema $schema;

    public function __construct(Database $database, Clock $clock, Schema $schema)
    {
        $this->database = $database;
        $this->clock = $clock;
        $this->schema = $schema;
    }

    /** @return list<Finding> */
    public function findings(bool $isInstalled): array
    {
        return [
            $this->charset(),
            $this->engines(),
            $this->ourTables($isInstalled),
            $this->locks(),
            $this->rollback(),
            $this->durability(),
            $this->clocks(),
        ];
    }

    private function charset(): Finding
    {
        $charset = $this->value('SELECT @@character_set_connection');
        return strncmp($charset, 'utf8', 4) === 0
            ? Finding::ok('Кодировка', 'соединение с базой в ' . $charset)
            : Finding::blocking(
                'Кодировка',
                'сайт работает в ' . $charset . ': названия с касс приходят в UTF-8 и не совпадут с каталогом',
                'переведите сайт на UTF-8 (документация Битрикс, «Перевод проекта на UTF-8»)'
            );
    }

    private function engines(): Finding
    {
        $rows = $this->database->query(
            'SELECT TABLE_NAME AS T, ENGINE AS E FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()'
                . " AND TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' AND (" . self::WRITTEN_TOGETHER . ')'
                . ' ORDER BY 1'
        );
        if ($rows === []) {
            return Finding::ok('Тип таблиц', 'все таблицы каталога, настроек и чеков – InnoDB');
        }
        $commands = $names = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $names[] = $row->text('T') . ' (' . $row->text('E') . ')';
            $commands[] = 'ALTER TABLE ' . $row->text('T') . ' ENGINE=InnoDB;';
        }
        return Finding::blocking(
            'Тип таблиц',
            'не InnoDB: ' . implode(', ', $names) . '. Такие таблицы не отменяют записанное: после сбоя останется'
                . ' половина чека',
            'сделайте копию базы, затем выполните: ' . implode(' ', $commands)
        );
    }

    private function ourTables(bool $isInstalled): Finding
    {
        $missing = $this->schema->missing();
        if ($missing === []) {
            return Finding::ok('Таблицы чеков', 'на месте, все столбцы есть');
        }
        return $isInstalled
            ? Finding::wrong(
                'Таблицы чеков',
                'не хватает: ' . implode(', ', $missing),
                'выполните php local/chekpost/install.php install --yes: недостающие таблицы будут созданы; если не хватает столбца, таблицу'
                    . ' меняли вручную: восстановите её из копии'
            )
            : Finding::ok('Таблицы чеков', 'будут созданы при установке');
    }

    private function locks(): Finding
    {
        $name = 'chekpost-check-' . bin2hex(random_bytes(4));
        try {
            $taken = $this->database->lock($name, 1);
            $this->database->unlock($name);
        } catch (DatabaseError $error) {
            $taken = false;
        }
        return $taken
            ? Finding::ok('Именованные блокировки', 'GET_LOCK работает')
            : Finding::blocking(
                'Именованные блокировки',
                'GET_LOCK не работает (так бывает в кластере Galera и за прокси базы)',
                'направьте сайт на один сервер базы напрямую, без балансировки запросов'
            );
    }

    private function rollback(): Finding
    {
        try {
            $kept = $this->schema->missing() === [] ? $this->triedInOurTable() : $this->triedInTemporaryTable();
        } catch (DatabaseError $error) {
            return Finding::warning(
                'Откат',
                'проверить не удалось: ' . $error->getMessage(),
                'после установки проверьте ещё раз: проверка пройдёт на собственной таблице'
            );
        }
        return $kept
            ? Finding::blocking(
                'Откат',
                'отменённая запись осталась в базе: транзакции не работают',
                'проверьте, что таблицы InnoDB и что между сайтом и базой нет прокси, который делит запросы'
            )
            : Finding::ok('Откат', 'отменённое исчезает');
    }

    private function triedInOurTable(): bool
    {
        $this->attempt("INSERT INTO chekpost_failure (event_key, attempts, last_error, at)"
            . " VALUES ('" . self::TRIAL_KEY . "', 0, '', UTC_TIMESTAMP())");
        $count = "SELECT COUNT(*) FROM chekpost_failure WHERE event_key = '" . self::TRIAL_KEY . "'";
        $kept = $this->value($count) !== '0';
        if ($kept) {
            $this->database->execute('DELETE FROM chekpost_failure WHERE event_key = ?', [self::TRIAL_KEY]);
        }
        return $kept;
    }

    private function triedInTemporaryTable(): bool
    {
        $this->database->execute('CREATE TEMPORARY TABLE chekpost_try (n INT) ENGINE=InnoDB');
        $this->attempt('INSERT INTO chekpost_try VALUES (1)');
        $kept = $this->value('SELECT COUNT(*) FROM chekpost_try') !== '0';
        $this->database->execute('DROP TEMPORARY TABLE chekpost_try');
        return $kept;
    }

    private function attempt(string $sql): void
    {
        try {
            $this->database->transaction(function () use ($sql): void {
                $this->database->execute($sql);
                throw new RuntimeException('taken back on purpose');
            });
        } catch (RuntimeException $error) {
            if ($error instanceof DatabaseError) {
                throw $error;
            }
        }
    }

    private function durability(): Finding
    {
        $flush = $this->value('SELECT @@innodb_flush_log_at_trx_commit');
        return $flush === '1'
            ? Finding::ok('Запись на диск', 'подтверждённое записано')
            : Finding::warning(
                'Запись на диск',
                'innodb_flush_log_at_trx_commit = ' . $flush . ': при отключении питания сервера может пропасть'
                    . ' последняя секунда, в том числе проведённые чеки, о которых касса уже забыла',
                'поставьте innodb_flush_log_at_trx_commit = 1; ночная сверка всё же найдёт пропавшее'
            );
    }

    private function clocks(): Finding
    {
        $apart = abs((int) $this->value('SELECT UNIX_TIMESTAMP()') - $this->clock->now());
        return $apart <= 5
            ? Finding::ok('Часы', 'сайта и базы идут вместе')
            : Finding::warning(
                'Часы',
                'часы сайта и базы расходятся на ' . $apart . ' с',
                'включите синхронизацию времени (chrony, ntpd) на обоих серверах'
            );
    }

    private function value(string $sql): string
    {
        $row = $this->database->query($sql)[0] ?? [];
        return (new Row($row))->textOrNull((string) array_key_first($row)) ?? '';
    }
}
