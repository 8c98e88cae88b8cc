<?php

/** The old functions of the main module. */

declare(strict_types=1);

use Bitrix\Main\EventManager;
use Bitrix\Main\Loader;

/** @return list<array<string, mixed>> */
function GetModuleEvents(string $module, string $event, bool $asArray = false): array
{
    return EventManager::getInstance()->findEventHandlers($module, $event);
}

/**
 * main 22: the handler's own return value goes back to the caller, an exception passes through, and what the handler's
 * row names as path is taken from /bitrix, even for handlers that live under /local.
 *
 * @param array<string, mixed> $handler
 * @param array<int, mixed> $arguments may hold references
 * @return mixed
 */
function ExecuteModuleEventEx(array $handler, array $arguments = [])
{
    $module = (string) ($handler['TO_MODULE_ID'] ?? '');
    if ($module !== '' && $module !== 'main') {
        if (!Loader::includeModule($module)) {
            return null;
        }
    } elseif (($handler['TO_PATH'] ?? '') !== '') {
        $file = $_SERVER['DOCUMENT_ROOT'] . '/bitrix' . $handler['TO_PATH'];
        if (is_file($file)) {
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
    return call_user_func_array($callback, array_merge($handler['TO_METHOD_ARG'] ?? [], $arguments));
}

function AddEventHandler(string $module, string $event, callable $callback, int $sort = 100): int
{
    return EventManager::getInstance()->addEventHandlerCompatible($module, $event, $callback, false, $sort);
}

/** @param array<int, mixed> $arguments */
function RegisterModuleDependences(
    string $from,
    string $event,
    string $to,
    string $class = '',
    string $method = '',
    int $sort = 100,
    string $path = '',
    array $arguments = []
): void {
    EventManager::getInstance()
        ->registerEventHandlerCompatible($from, $event, $to, $class, $method, $sort, $path, $arguments);
}

/** @param array<int, mixed> $arguments */
function UnRegisterModuleDependences(
    string $from,
    string $event,
    string $to,
    string $class = '',
    string $method = '',
    string $path = '',
    array $arguments = []
): void {
    EventManager::getInstance()->unRegisterEventHandler($from, $event, $to, $class, $method, $path, $arguments);
}

function bitrix_sessid(): string
{
    if (!isset($_SESSION['fixed_session_id'])) {
        $_SESSION['fixed_session_id'] = bin2hex(random_bytes(16));
    }
    return $_SESSION['fixed_session_id'];
}

function check_bitrix_sessid(string $name = 'sessid'): bool
{
    return isset($_REQUEST[$name]) && hash_equals(bitrix_sessid(), (string) $_REQUEST[$name]);
}

function bitrix_sessid_get(string $name = 'sessid'): string
{
    return $name . '=' . bitrix_sessid();
}

function bitrix_sessid_post(string $name = 'sessid'): string
{
    return '<input type="hidden" name="' . $name . '" id="' . $name . '" value="' . bitrix_sessid() . '">';
}

function htmlspecialcharsbx(string $text): string
{
    return htmlspecialchars($text, ENT_COMPAT | ENT_SUBSTITUTE, 'UTF-8');
}

function LocalRedirect(string $url): void
{
    header('Location: ' . $url, true, 302);
    exit;
}
