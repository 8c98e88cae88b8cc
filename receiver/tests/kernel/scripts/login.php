<?php

/** A way into the back office for the tests: /fake/login.php?user=1 gives the session's cookie and its check word. */

declare(strict_types=1);

define('NO_AGENT_CHECK', true);
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

$isIn = $GLOBALS['USER']->Authorize((int) $_GET['user']);
header('Content-Type: application/json');
echo json_encode(['in' => $isIn, 'sessid' => bitrix_sessid()]);
