<?php

/** The webhook's address: a signed receipt becomes a conducted stock document, exactly once. See docs/webhook.md. */

declare(strict_types=1);

use Chekpost\Answer;
use Chekpost\Entry;
use Chekpost\Intake;
use Chekpost\Receiver;
use Chekpost\RegisterRow;
use Chekpost\Request;

require_once __DIR__ . '/src/autoload.php';
Entry::begin();
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

Entry::serve(static function (Receiver $receiver, Request $request, RegisterRow $register): Answer {
    return (new Intake($receiver))->answer($request, $register);
});
