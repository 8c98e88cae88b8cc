<?php

/** A way into the back office for the tests: /fake/login.php?user=1 gives the session's cookie and its check word. */

declare(strict_types=1);

define('NO_AGENT_CHECK', true);
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

if (!class_exists('Fake\\Boot', false)) {
    // Within a real kernel this would be a way in for anybody.
    http_response_code(404);
    exit;
}

$isIn = $GLOBALS['USER']->Authorize((int) $_GET['user']);
header('Content-Type: application/json');
echo json_encode(['in' => $isIn, 'sessid' => bitrix_sessid()]);
