<?php

/** Both halves of a back-office page's beginning. */

declare(strict_types=1);

require_once __DIR__ . '/prolog_admin_before.php';
require_once __DIR__ . '/prolog_admin_after.php';
