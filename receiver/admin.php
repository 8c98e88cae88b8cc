<?php

/** The page of the site's back office: registers, receipts that wait, the map of products, settings. */

declare(strict_types=1);

use Chekpost\Office\Office;
use Chekpost\Office\Page;
use Chekpost\Office\Site;

require_once $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_admin_before.php';
require_once __DIR__ . '/src/autoload.php';

// Everything that could refuse or send the browser elsewhere comes before the back office's own markup.
$chekpostBody = (new Site())->isAdmin()
    ? (new Page(Office::open(), $_GET))->answer((string) $_SERVER['REQUEST_METHOD'], $_POST, $_FILES)
    : Page::forbidden();
(new Site())->title('Чеки из магазина');

require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_admin_after.php';
echo $chekpostBody;
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/epilog_admin.php';
