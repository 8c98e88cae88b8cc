<?php

/**
 * The beginning of every request: classes are found, the database is opened, the visitor's session begins.
 */

declare(strict_types=1);

use Bitrix\Main\Application;
use Fake\Boot;

error_reporting(E_ALL);

if (!defined('B_PROLOG_INCLUDED')) {
    define('B_PROLOG_INCLUDED', true);
}
if (!defined('SITE_ID')) {
    define('SITE_ID', 's1');
}

$_SERVER['DOCUMENT_ROOT'] = rtrim((string) $_SERVER['DOCUMENT_ROOT'], '/');

/*
 * Classes of main exist at once, those of another module only after its inclusion (main module: Loader::includeModule
 * registers them), so that a forgotten inclusion is as fatal here as there.
 */
spl_autoload_register(static function (string $class): void {
    $modules = dirname(__DIR__);
    if (strncmp($class, 'Fake\\', 5) === 0) {
        $path = $modules . '/fake/' . substr($class, 5) . '.php';
    } elseif (preg_match('/^Bitrix\\\\(\w+)\\\\(.+)$/', $class, $part) === 1) {
        $module = strtolower($part[1]);
        if (!Boot::isIncluded($module)) {
            return;
        }
        $path = $modules . '/' . $module . '/lib/' . str_replace('\\', '/', $part[2]) . '.php';
        if (strncmp($part[2], 'DB\\', 3) === 0 && substr($class, -9) === 'Exception') {
            $path = $modules . '/main/lib/DB/exceptions.php';
        }
    } else {
        foreach (['main', 'iblock', 'catalog', 'sale'] as $module) {
            $path = $modules . '/' . $module . '/classes/' . $class . '.php';
            if (is_file($path) && Boot::isIncluded($module)) {
                break;
            }
            $path = '';
        }
    }
    if ($path !== '' && is_file($path)) {
        require_once $path;
    }
});

require_once __DIR__ . '/tools.php';

/*
 * main 22: an exception nobody caught becomes the site's own error page, an HTML answer with status 500.
 */
set_exception_handler(static function (Throwable $error): void {
    $text = 'uncaught ' . get_class($error) . ': ' . $error->getMessage() . ' at ' . $error->getFile() . ':'
        . $error->getLine();
    if (PHP_SAPI === 'cli') {
        fwrite(STDERR, $text . "\n");
        exit(1);
    }
    error_log($text);
    if (!headers_sent()) {
        http_response_code(500);
        header('Content-Type: text/html; charset=UTF-8');
    }
    echo '<!DOCTYPE html><html><body>Произошла ошибка</body></html>';
});

$GLOBALS['APPLICATION'] = new CMain();
$GLOBALS['USER'] = new CUser();
Boot::start(Application::getConnection());
