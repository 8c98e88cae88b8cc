<?php

/** Runs every minute while receipts wait that are to be tried again, and ends by answering nothing. */

declare(strict_types=1);

namespace Chekpost\Watch;

use Chekpost\Office\Office;
use Chekpost\Office\Retrying;
use Chekpost\Office\Site;
use Throwable;

require_once dirname(__DIR__) . '/autoload.php';

try {
    $office = Office::open();
    if (!$office->isAwake()) {
        return '';
    }
    $seconds = PHP_SAPI === 'cli' ? Retrying::SECONDS : Retrying::SECONDS_ON_HIT;
    return (new Retrying($office))->runDue($seconds)['rest'] > 0 ? Site::RETRY_AGENT : '';
} catch (Throwable $error) {
    error_log('chekpost: ' . $error->getMessage());
    return Site::RETRY_AGENT;
}
