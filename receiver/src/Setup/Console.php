<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\MapFile;
use Chekpost\Office\Mistake;
use Chekpost\Office\Office;
use Chekpost\Office\Retrying;
use Chekpost\Office\SettingActions;

/** `php local/chekpost/install.php …`: 0 done, 1 not done or something is wrong, 2 wrong use. */
final class Console
{
    public const DONE = 0;
    public const FAILED = 1;
    public const WRONG_USE = 2;

    public const HELP = <<<'TEXT'
    Из корня сайта: php local/chekpost/install.php КОМАНДА

    check                                   проверить сайт; ничего не меняет
    install --user N --host shop.example [--responsible N] [--site s1] [--mail a@b.ru]
            [--hours 09:00-21:00] --yes     установить или обновить; без --yes только проверка
    register add магазин/касса --store-id N [--returns-id N] [--secret whsec_…|-]
    register list
    live --yes [--name "Имя Фамилия" --sentence "…"]     включить приём
    live --off --yes                        выключить: чеки ждут
    map export ФАЙЛ|-                       связи товаров в CSV
    map import ФАЙЛ [--yes]                 проверить файл; с --yes записать верные строки
    uninstall --yes [--drop-ledger]         убрать; журнал чеков остаётся без --drop-ledger

    --docroot ПУТЬ  корень сайта, если папка лежит не в /local/chekpost

    TEXT;

    private Office $office;
    private Arguments $arguments;
    /** @var resource */
    private $out;

    /** @param resource $out */
    public function __construct(Office $office, Arguments $arguments, $out)
    {
        $this->office = $office;
        $this->arguments = $arguments;
        $this->out = $out;
    }

    /** For the kernel: a command is no visitor. */
    public static function prepare(): void
    {
        foreach (['NO_KEEP_STATISTIC', 'NOT_CHECK_PERMISSIONS', 'NO_AGENT_CHECK', 'STOP_STATISTICS'] as $name) {
            defined($name) || define($name, true);
        }
    }

    public function run(): int
    {
        try {
            switch ($this->arguments->word(0) . ' ' . $this->arguments->word(1)) {
                case 'check ':
                    return $this->check();
                case 'install ':
                    return $this->install();
                case 'uninstall ':
                    return $this->uninstall();
                case 'live ':
                    return $this->live();
                case 'register add':
                    return $this->addRegister();
                case 'register list':
                    return $this->listRegisters();
                case 'map export':
                    return $this->exportMap();
                case 'map import':
                    return $this->importMap();
            }
            return $this->misused('Непонятно: «' . implode(' ', $this->arguments->words) . "».\n\n" . self::HELP);
        } catch (Mistake $mistake) {
            $this->say($mistake->getMessage());
            return self::FAILED;
        }
    }

    private function misused(string $text): int
    {
        $this->say($text);
        return self::WRONG_USE;
    }

    private function check(): int
    {
        return $this->print((new Check($this->office))->findings($this->office->settings));
    }

    private function install(): int
    {
        $installation = new Installation($this->office);
        $settings = $installation->proposed($this->arguments->options);
        $findings = (new Check($this->office))->findings($settings);
        $this->print($findings);
        if (Check::blocks($findings)) {
            throw new Mistake('Не установлено: сначала исправьте то, что отмечено «неверно»');
        }
        if (!$this->arguments->has('yes')) {
            throw new Mistake('Ничего не записано. Чтобы установить, повторите с --yes');
        }
        $installation->install($settings, $this->arguments->has('host'));
        $this->say('Установлено. Дальше: добавьте кассу (php local/chekpost/install.php register add), посмотрите на пробные '
            . 'чеки на странице https://' . $settings->host . '/local/chekpost/admin.php и включите приём '
            . '(php local/chekpost/install.php live --yes).');
        return self::DONE;
    }

    private function uninstall(): int
    {
        $drops = $this->arguments->has('drop-ledger');
        if (!$this->arguments->has('yes')) {
            throw new Mistake('Ничего не убрано. Будут удалены обработчики, агенты и настройки'
                . ($drops ? ' И ЖУРНАЛ ЧЕКОВ: присланные снова чеки проведутся ещё раз' : '; журнал чеков останется')
                . '. Повторите с --yes');
        }
        $hasTables = Check::schema($this->office)->exists();
        if (!$this->office->isInstalled() && !($drops && $hasTables)) {
            $this->say('Приёмник не установлен: убирать нечего.' . ($hasTables
                ? ' Журнал чеков остался в таблицах chekpost_*; убрать и его: --drop-ledger.' : ''));
            return self::DONE;
        }
        (new Installation($this->office))->uninstall($drops);
        $this->say('Убрано' . ($drops ? ' вместе с журналом.' : '; журнал чеков остался в таблицах chekpost_*.')
            . ' Папку /local/chekpost теперь можно удалить.');
        return self::DONE;
    }

    private function live(): int
    {
        $this->needInstalled();
        if (!$this->arguments->has('yes')) {
            throw new Mistake('Ничего не изменено. Повторите с --yes');
        }
        $live = new Live($this->office, true);
        if ($this->arguments->has('off')) {
            $live->off();
            $this->say('Приём выключен: чеки ждут.');
            return self::DONE;
        }
        $live->on($this->arguments->options['name'] ?? '', $this->arguments->options['sentence'] ?? '');
        $this->say('Приём включён: чеки проводятся сразу.');
        return self::DONE;
    }

    private function addRegister(): int
    {
        $this->needInstalled();
        $id = $this->arguments->word(2);
        $storeId = $this->arguments->number('store-id');
        if ($storeId === null) {
            throw new Mistake('Укажите склад: --store-id N. Склады: ' . $this->stores());
        }
        if ($this->office->registers->find($id) !== null) {
            throw new Mistake('Касса ' . $id . ' уже есть; склад и секреты меняются на странице «Кассы»');
        }
        $isNew = !$this->arguments->has('secret');
        $secret = $isNew ? 'whsec_' . base64_encode(random_bytes(32)) : $this->arguments->options['secret'];
        if ($secret === '-') {
            $secret = trim((string) fgets(STDIN));
        }
        $register = SettingActions::newRegister($id, $secret, $this->office->now());
        $register->storeId = $this->knownStore($storeId);
        $returnsId = $this->arguments->number('returns-id');
        $register->returnsStoreId = $returnsId === null ? null : $this->knownStore($returnsId);
        $this->office->registers->save($register);
        $this->office->audit('register-added', null, ['id' => $id, 'store' => $storeId, 'returns' => $returnsId]);
        $this->say('Касса ' . $id . ' добавлена.' . ($isNew ? ' Её секрет, больше он не покажется: ' . $secret : ''));
        return self::DONE;
    }

    private function knownStore(int $id): int
    {
        if (!isset($this->office->products->stores()[$id])) {
            throw new Mistake('Склада ' . $id . ' нет. Склады: ' . $this->stores());
        }
        return $id;
    }

    private function stores(): string
    {
        $list = [];
        foreach ($this->office->products->stores() as $id => $title) {
            $list[] = $id . ' – ' . $title;
        }
        return implode(', ', $list);
    }

    private function listRegisters(): int
    {
        $this->needInstalled();
        foreach ($this->office->registers->all() as $register) {
            $this->say(sprintf(
                '%-30s склад %-5s возвраты %-5s %s  на связи %s',
                $register->id,
                $register->storeId ?? '–',
                $register->returnsInto() ?? '–',
                $register->enabled ? 'включена ' : 'отключена',
                $register->seenAt === null ? 'не была' : $register->seenAt . ' UTC'
            ));
        }
        return self::DONE;
    }

    private function exportMap(): int
    {
        $this->needInstalled();
        $csv = (new MapFile($this->office->map, $this->office->products))->export();
        $path = $this->arguments->word(2);
        if ($path === '' || $path === '-') {
            fwrite($this->out, $csv);
            return self::DONE;
        }
        if (@file_put_contents($path, $csv) === false) {
            throw new Mistake('Не записывается ' . $path . ': есть ли такая папка и можно ли в неё писать?');
        }
        $this->say('Записано в ' . $path);
        return self::DONE;
    }

    private function importMap(): int
    {
        $this->needInstalled();
        $path = $this->arguments->word(2);
        if ($path === '') {
            return $this->misused('Укажите файл: php local/chekpost/install.php map import ФАЙЛ [--yes]');
        }
        if (!is_file($path) || !is_readable($path)) {
            throw new Mistake('Не читается файл «' . $path . '»');
        }
        $file = new MapFile($this->office->map, $this->office->products);
        $bytes = (string) file_get_contents($path);
        if (trim($bytes) === '') {
            throw new Mistake('Файл «' . $path . '» пуст');
        }
        $read = $file->read($bytes);
        foreach ($read['wrong'] as $wrong) {
            $this->say('строка ' . $wrong['line'] . ': ' . $wrong['text']);
        }
        if (!$this->arguments->has('yes')) {
            throw new Mistake('Ничего не записано. Верных строк: ' . count($read['rows']) . ', с ошибками: '
                . count($read['wrong']) . '. Чтобы записать верные, повторите с --yes');
        }
        $written = $this->office->database->transaction(function () use ($file, $read): int {
            $written = $file->apply($read['rows'], $this->office->site->who());
            $this->office->audit('map-import', null, ['written' => $written, 'wrong' => count($read['wrong'])]);
            return $written;
        });
        $codes = [];
        foreach ($read['rows'] as $row) {
            $codes[$row['kind'] . "\n" . $row['code']] = true;
        }
        $waiting = (new Retrying($this->office))->markWaitingFor($codes);
        $this->say('Записано строк: ' . $written . '. Чеков, которые сайт повторит в ближайшие минуты: ' . $waiting);
        return $read['wrong'] === [] ? self::DONE : self::FAILED;
    }

    private function needInstalled(): void
    {
        if (!$this->office->isInstalled()) {
            throw new Mistake('Приёмник не установлен: php local/chekpost/install.php install --user НОМЕР'
                . ' --host shop.example --yes');
        }
    }

    /** @param list<Finding> $findings */
    private function print(array $findings): int
    {
        $code = self::DONE;
        foreach ($findings as $finding) {
            $this->say('[' . $finding->word() . '] ' . $finding->title . ': ' . $finding->text);
            if ($finding->mend !== '') {
                $this->say('    → ' . $finding->mend);
            }
            $code = $finding->level === Finding::WRONG ? self::FAILED : $code;
        }
        return $code;
    }

    private function say(string $text): void
    {
        fwrite($this->out, rtrim($text, "\n") . "\n");
    }
}
