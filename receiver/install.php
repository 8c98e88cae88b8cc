<?php

/** The setup check and the installation: as a command (`php local/chekpost/install.php --help`) and, for administrators, as a page. */

declare(strict_types=1);

use Chekpost\Office\Mistake;
use Chekpost\Office\Office;
use Chekpost\Office\Site;
use Chekpost\Setup\Arguments;
use Chekpost\Setup\Console;
use Chekpost\Setup\DocumentRoot;
use Chekpost\Setup\InstallPage;

require_once __DIR__ . '/src/autoload.php';

if (PHP_SAPI === 'cli') {
    try {
        $chekpostArguments = Arguments::of(array_slice($argv, 1));
        if ($chekpostArguments->has('help') || $chekpostArguments->words === []) {
            echo Console::HELP;
            exit($chekpostArguments->has('help') ? Console::DONE : Console::WRONG_USE);
        }
        $_SERVER['DOCUMENT_ROOT'] = DocumentRoot::find(
            $chekpostArguments->options['docroot'] ?? '',
            (string) $argv[0],
            (string) getcwd()
        );
    } catch (Mistake $chekpostMistake) {
        fwrite(STDERR, $chekpostMistake->getMessage() . "\n");
        exit(Console::WRONG_USE);
    }
    Console::prepare();
    require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';
    exit((new Console(Office::open(), $chekpostArguments, STDOUT))->run());
}

require_once $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_admin_before.php';

$chekpostBody = (new InstallPage(Office::open()))->answer((string) $_SERVER['REQUEST_METHOD'], $_POST);
(new Site())->title('Чеки из магазина: установка');

require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_admin_after.php';
echo $chekpostBody;
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/epilog_admin.php';
