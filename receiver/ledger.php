<?php

/** The address a register asks which of its receipts have arrived: a signed POST. See docs/webhook.md, "The ledger". */

declare(strict_types=1);

use Chekpost\Answer;
use Chekpost\Entry;
use Chekpost\Query\Inquiry;
use Chekpost\Receiver;
use Chekpost\RegisterRow;
use Chekpost\Request;

require_once __DIR__ . '/src/autoload.php';
Entry::begin();
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

Entry::serve(static function (Receiver $receiver, Request $request, RegisterRow $register): Answer {
    return (new Inquiry($receiver, $request, $register))->ledger();
});
