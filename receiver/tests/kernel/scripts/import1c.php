<?php

/**
 * An exchange with 1C: writes absolute amounts per store, whatever Bitrix has booked meanwhile, and tells its handlers.
 * Input: {"amounts": {"<product>": {"<store>": "5"}}}.
 */

declare(strict_types=1);

require __DIR__ . '/begin.php';

use Bitrix\Main\Loader;

Loader::includeModule('catalog');
$exchange = json_decode((string) stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR);
Fake\Import::run($exchange['amounts'] ?? []);
echo 'null';
