<?php

/** Runs the PHP text from standard input within the site and prints what it returns as JSON. */

declare(strict_types=1);

require __DIR__ . '/begin.php';

$returned = eval((string) stream_get_contents(STDIN));
echo json_encode($returned, JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR);
