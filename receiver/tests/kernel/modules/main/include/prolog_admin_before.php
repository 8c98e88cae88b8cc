<?php

/** The beginning of a page of the back office, before its design. Who has not logged in is shown the login form. */

declare(strict_types=1);

define('ADMIN_SECTION', true);
require_once dirname(__DIR__) . '/start.php';

$GLOBALS['USER']->recall();
if (!$GLOBALS['USER']->IsAuthorized()) {
    http_response_code(200); // main 22: the login form is an ordinary answer
    echo '<!DOCTYPE html><html><body><form name="form_auth" method="post">Авторизация</form></body></html>';
    exit;
}
