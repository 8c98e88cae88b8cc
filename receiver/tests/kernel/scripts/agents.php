<?php

/** What cron does on a site whose agents do not run on hits. */

declare(strict_types=1);

require __DIR__ . '/begin.php';

CAgent::CheckAgents();
echo 'null';
