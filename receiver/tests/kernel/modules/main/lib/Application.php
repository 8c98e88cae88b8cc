<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Bitrix\Main\DB\Connection;

/** The site as a whole. */
final class Application
{
    /** @var ?Connection */
    private static $connection = null;

    public static function getConnection(string $name = ''): Connection
    {
        if (self::$connection === null) {
            $settings = require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/.settings.php';
            self::$connection = new Connection($settings['connections']['value']['default']);
        }
        return self::$connection;
    }

    public static function getDocumentRoot(): string
    {
        return (string) $_SERVER['DOCUMENT_ROOT'];
    }
}
