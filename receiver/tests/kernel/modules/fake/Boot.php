<?php

declare(strict_types=1);

namespace Fake;

use Bitrix\Main\DB\Connection;
use CAgent;
use CUser;

/**
 * What the real kernel keeps in caches on disk is read here in one query: installed modules, options, handlers and, for
 * the tests, the faults of this request.
 */
final class Boot
{
    /** @var array<string, true> */
    private static $included = ['main' => true];
    /** @var array<string, true> */
    private static $installed = [];
    /** @var array<string, string> */
    private static $options = [];

    public static function start(Connection $connection): void
    {
        $rows = $connection->query(
            "SELECT 'fault' kind, name a, value b, times c, percent d FROM fake_fault"
            . " UNION ALL SELECT 'module', ID, NULL, NULL, NULL FROM b_module"
            . " UNION ALL SELECT 'option', CONCAT(MODULE_ID, '/', NAME), VALUE, NULL, NULL FROM b_option"
        );
        while ($row = $rows->fetch()) {
            if ($row['kind'] === 'fault') {
                Fault::set((string) $row['a'], (string) $row['b'], $row['c'], $row['d']);
            } elseif ($row['kind'] === 'module') {
                self::$installed[(string) $row['a']] = true;
            } else {
                self::$options[(string) $row['a']] = (string) $row['b'];
            }
        }
        $connection->forgetCount();
        self::openSession();
        /* main 22: agents run on the visitor's hit unless the page forbids it. */
        if (!defined('NO_AGENT_CHECK') && PHP_SAPI !== 'cli') {
            CAgent::CheckAgents();
        }
    }

    /**
     * main 22: every page opens the visitor's session and sends its cookie; with BX_SECURITY_SESSION_VIRTUAL the
     * session lives in memory for this request only.
     */
    private static function openSession(): void
    {
        if (PHP_SAPI === 'cli' || defined('BX_SECURITY_SESSION_VIRTUAL')) {
            $_SESSION = [];
            return;
        }
        session_start();
    }

    public static function isIncluded(string $module): bool
    {
        return isset(self::$included[$module]);
    }

    public static function isInstalled(string $module): bool
    {
        return isset(self::$installed[$module]) && Fault::value('module_missing:' . $module) === null;
    }

    public static function include(string $module): bool
    {
        if (self::isIncluded($module)) {
            return true;
        }
        if (!self::isInstalled($module)) {
            return false;
        }
        /* catalog and sale cannot work without the modules they stand on. */
        foreach (['catalog' => ['iblock'], 'sale' => ['iblock', 'catalog']][$module] ?? [] as $needed) {
            if (!self::include($needed)) {
                return false;
            }
        }
        $file = $_SERVER['DOCUMENT_ROOT'] . '/local/modules/' . $module . '/include.php';
        if (is_file($file)) {
            require_once $file;
        }
        self::$included[$module] = true;
        return true;
    }

    public static function option(string $module, string $name): ?string
    {
        return self::$options[$module . '/' . $name] ?? null;
    }

    public static function keepOption(string $module, string $name, ?string $value): void
    {
        if ($value === null) {
            unset(self::$options[$module . '/' . $name]);
        } else {
            self::$options[$module . '/' . $name] = $value;
        }
    }

    public static function forgetOptions(string $module): void
    {
        foreach (array_keys(self::$options) as $name) {
            if (strncmp($name, $module . '/', strlen($module) + 1) === 0) {
                unset(self::$options[$name]);
            }
        }
    }

    /** For scripts that act as somebody. */
    public static function actAs(int $userId): void
    {
        $user = $GLOBALS['USER'];
        if ($user instanceof CUser) {
            $user->Authorize($userId);
        }
    }
}
