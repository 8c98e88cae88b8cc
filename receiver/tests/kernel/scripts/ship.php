<?php

/** A manager of the site presses "shipped" on an order. Input: {"order": 1, "store": 1, "shipped": true}. */

declare(strict_types=1);

require __DIR__ . '/begin.php';

use Bitrix\Main\Loader;

Loader::includeModule('sale');
$asked = json_decode((string) stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR);
Fake\Shipping::ship((int) $asked['order'], (int) $asked['store'], (bool) ($asked['shipped'] ?? true));
echo 'null';
