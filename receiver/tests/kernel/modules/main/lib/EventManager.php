<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Fake\Fault;

/** Who is told of what. */
final class EventManager
{
    /** @var ?self */
    private static $instance = null;
    /** @var array<string, list<array<string, mixed>>> */
    private $added = [];
    /** @var ?array<string, list<array<string, mixed>>> */
    private $registered = null;

    public static function getInstance(): self
    {
        if (self::$instance === null) {
            self::$instance = new self();
        }
        return self::$instance;
    }

    /** @param mixed $file */
    public function addEventHandler(
        string $module,
        string $event,
        callable $callback,
        $file = false,
        int $sort = 100
    ): int {
        return $this->add($module, $event, $callback, $sort, 2);
    }

    /** @param mixed $file */
    public function addEventHandlerCompatible(
        string $module,
        string $event,
        callable $callback,
        $file = false,
        int $sort = 100
    ): int {
        return $this->add($module, $event, $callback, $sort, 1);
    }

    /** @param array<int, mixed> $arguments */
    public function registerEventHandler(
        string $from,
        string $event,
        string $to,
        string $class = '',
        string $method = '',
        int $sort = 100,
        string $path = '',
        array $arguments = []
    ): void {
        $this->register([$from, $event, $to, $class, $method, $path, $this->written($arguments)], $sort, 2);
    }

    /** @param array<int, mixed> $arguments */
    public function registerEventHandlerCompatible(
        string $from,
        string $event,
        string $to,
        string $class = '',
        string $method = '',
        int $sort = 100,
        string $path = '',
        array $arguments = []
    ): void {
        $this->register([$from, $event, $to, $class, $method, $path, $this->written($arguments)], $sort, 1);
    }

    /** main 22: only the row that is equal in every part goes, the path and the arguments included. */
    public function unRegisterEventHandler(
        string $from,
        string $event,
        string $to,
        string $class = '',
        string $method = '',
        string $path = '',
        array $arguments = []
    ): void {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $parts = [];
        $values = [$from, $event, $to, $class, $method, $path, $this->written($arguments)];
        foreach (self::COLUMNS as $index => $column) {
            $parts[] = "COALESCE($column, '') = '" . $helper->forSql($values[$index]) . "'";
        }
        $connection->queryExecute('DELETE FROM b_module_to_module WHERE ' . implode(' AND ', $parts));
        $this->registered = null;
    }

    /** @return list<array<string, mixed>> */
    public function findEventHandlers(string $module, string $event): array
    {
        if ($this->registered === null) {
            $this->load();
        }
        $key = strtoupper($module . '/' . $event);
        $handlers = array_merge($this->registered[$key] ?? [], $this->added[$key] ?? []);
        if (Fault::isSet('handler:' . $event)) {
            $handlers[] = ['SORT' => 100, 'VERSION' => 1, 'CALLBACK' => static function () use ($event) {
                return Fault::handle($event);
            }];
        }
        usort($handlers, static function (array $a, array $b): int {
            return (int) $a['SORT'] <=> (int) $b['SORT'];
        });
        return $handlers;
    }

    public function send(Event $event): void
    {
        foreach ($this->findEventHandlers($event->getModuleId(), $event->getEventType()) as $handler) {
            $event->addResult($this->sendTo($handler, $event));
        }
    }

    private const COLUMNS = [
        'FROM_MODULE_ID', 'MESSAGE_ID', 'TO_MODULE_ID', 'TO_CLASS', 'TO_METHOD', 'TO_PATH', 'TO_METHOD_ARG',
    ];

    /**
     * main 22: a new handler's path is looked for under /local, then under /bitrix (an old one's only under /bitrix).
     *
     * @param array<string, mixed> $handler
     * @return mixed
     */
    private function sendTo(array $handler, Event $event)
    {
        $module = (string) ($handler['TO_MODULE_ID'] ?? '');
        if ($module !== '' && $module !== 'main') {
            if (!Loader::includeModule($module)) {
                return null;
            }
        } elseif (($handler['TO_PATH'] ?? '') !== '') {
            $file = Loader::getLocal(ltrim((string) $handler['TO_PATH'], '/'));
            if ($file !== false) {
                include_once $file;
            }
        }
        $callback = $handler['CALLBACK'] ?? null;
        if ($callback === null) {
            if (!class_exists((string) $handler['TO_CLASS'])) {
                return null;
            }
            $callback = [$handler['TO_CLASS'], $handler['TO_METHOD']];
        }
        $arguments = $handler['TO_METHOD_ARG'] ?? [];
        $told = $handler['VERSION'] > 1 ? [$event] : array_values($event->getParameters());
        return call_user_func_array($callback, array_merge($arguments, $told));
    }

    private function add(string $module, string $event, callable $callback, int $sort, int $version): int
    {
        $key = strtoupper($module . '/' . $event);
        $this->added[$key][] = ['CALLBACK' => $callback, 'SORT' => $sort, 'VERSION' => $version];
        return count($this->added[$key]) - 1;
    }

    /** @param array<int, mixed> $arguments */
    private function written(array $arguments): string
    {
        return $arguments === [] ? '' : serialize($arguments);
    }

    /** @param list<string> $values */
    private function register(array $values, int $sort, int $version): void
    {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $unique = md5(mb_strtolower(implode('.', $values) . '.' . $version));
        $connection->queryExecute(sprintf(
            "INSERT IGNORE INTO b_module_to_module (SORT, %s, VERSION, UNIQUE_ID) VALUES (%d, '%s', %d, '%s')",
            implode(', ', self::COLUMNS),
            $sort,
            implode("', '", array_map([$helper, 'forSql'], $values)),
            $version,
            $unique
        ));
        $this->registered = null;
    }

    /** main 22: handlers of a module that is not installed are not even loaded. */
    private function load(): void
    {
        $this->registered = [];
        $rows = Application::getConnection()->query(
            'SELECT h.* FROM b_module_to_module h INNER JOIN b_module m ON m.ID = h.TO_MODULE_ID ORDER BY h.SORT, h.ID'
        );
        while ($row = $rows->fetch()) {
            $row['TO_METHOD_ARG'] = ($row['TO_METHOD_ARG'] ?? '') === ''
                ? []
                : unserialize((string) $row['TO_METHOD_ARG'], ['allowed_classes' => false]);
            $this->registered[strtoupper($row['FROM_MODULE_ID'] . '/' . $row['MESSAGE_ID'])][] = $row;
        }
    }
}
