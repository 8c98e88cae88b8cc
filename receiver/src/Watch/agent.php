<?php

/**
 * The site's agent, every ten minutes. It is included by its own name (see Site::WATCH_AGENT) and answers with it; were
 * the folder gone, there would be no answer, and the kernel would drop the agent.
 */

declare(strict_types=1);

namespace Chekpost\Watch;

use Chekpost\Office\Office;
use Chekpost\Office\Retrying;
use Chekpost\Office\Site;
use Throwable;

require_once dirname(__DIR__) . '/autoload.php';

try {
    $office = Office::open();
    if ($office->isAwake()) {
        (new Watch($office))->look();
        (new Retrying($office))->runDue(PHP_SAPI === 'cli' ? Retrying::SECONDS : Retrying::SECONDS_ON_HIT);
    }
} catch (Throwable $error) {
    // A visitor's page must not break because a letter could not be written; the next run is in ten minutes.
    error_log('chekpost: ' . $error->getMessage());
}

return Site::WATCH_AGENT;
