<?php

/** The beginning of a page without its design. */

declare(strict_types=1);

require_once dirname(__DIR__) . '/start.php';
