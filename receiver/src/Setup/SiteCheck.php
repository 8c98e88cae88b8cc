<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\BelowZero;
use Chekpost\Office\Office;
use Chekpost\Office\Site;
use Chekpost\Office\Words;
use Chekpost\Row;
use Chekpost\Settings;
use Chekpost\Watch\Silence;
use Chekpost\Watch\Watch;

/** Is the site as the receiver needs it? Reads only; what is wrong is mended by a person, never from here. */
final class SiteCheck
{
    private Office $office;
    private Site $site;
    private Settings $settings;

    public function __construct(Office $office, Settings $settings)
    {
        $this->office = $office;
        $this->site = $office->site;
        // Before the installation: the settings as they would be.
        $this->settings = $settings;
    }

    /** @return list<Finding> */
    public function findings(): array
    {
        $findings = array_merge([$this->php(), $this->testsFolder()], $this->modules());
        if (!$this->site->hasModule('catalog')) {
            return $findings;
        }
        return array_merge($findings, [
            $this->storeControl(),
            $this->externalCatalog(),
            $this->edition(),
            $this->orderExchange(),
            $this->user('Технический пользователь', $this->settings->userId, true),
            $this->user('Ответственный за документы', $this->settings->responsibleId, false),
            $this->belowZero(),
            $this->stores(),
            $this->address(),
            $this->ledgerId(),
            $this->mail(),
            $this->agent(),
        ]);
    }

    private function php(): Finding
    {
        $missing = array_filter(['json', 'mbstring', 'ctype', 'mysqli'], static function (string $name): bool {
            return !extension_loaded($name);
        });
        if (PHP_VERSION_ID < 70400) {
            return Finding::blocking('PHP', 'версия ' . PHP_VERSION, 'нужна 7.4 или новее');
        }
        return $missing === []
            ? Finding::ok('PHP', PHP_VERSION . ', расширения на месте')
            : Finding::blocking('PHP', 'нет расширений: ' . implode(', ', $missing), 'установите их на сервере');
    }

    /** What tests a site has no business on one. */
    private function testsFolder(): Finding
    {
        $folder = dirname(__DIR__, 2) . '/tests';
        return is_dir($folder)
            ? Finding::wrong('Папка tests', 'лежит на сайте: она нужна только разработчикам', 'удалите ' . $folder)
            : Finding::ok('Папка tests', 'на сайт не попала');
    }

    /** @return list<Finding> */
    private function modules(): array
    {
        $findings = [];
        foreach (['iblock' => 'Информационные блоки', 'catalog' => 'Торговый каталог'] as $module => $name) {
            $findings[] = $this->site->hasModule($module)
                ? Finding::ok('Модуль ' . $module, 'установлен')
                : Finding::blocking(
                    'Модуль ' . $module,
                    'не установлен',
                    'установите модуль «' . $name . '» (Настройки – Модули)'
                );
        }
        $findings[] = $this->site->hasModule('sale')
            ? Finding::ok('Модуль sale', 'установлен')
            : Finding::warning(
                'Модуль sale',
                'не установлен: заказы сайта, оплаченные в магазине, не узнать, и их чеки спишут товар ещё раз',
                'установите «Интернет-магазин», если сайт принимает заказы'
            );
        return $findings;
    }

    private function storeControl(): Finding
    {
        $on = $this->site->option('catalog', 'default_use_store_control', 'N') === 'Y';
        $way = $this->settings->booking;
        if ($on !== ($way === Settings::BY_DOCUMENTS)) {
            return Finding::wrong(
                'Складской учёт',
                $on ? 'включён, а чеки проводятся без документов' : 'выключен, а чеки проводятся документами',
                'выполните php local/chekpost/install.php install --yes: приёмник выберет способ заново; сам складской учёт'
                    . ' установка не переключает'
            );
        }
        return $on
            ? Finding::ok('Складской учёт', 'включён: чек станет проведённым документом (списание D, возврат R)')
            : Finding::ok(
                'Складской учёт',
                'выключен: чек изменит только количество товара, без документа и без складов. Установка его не'
                    . ' включает: это может обнулить остатки и остановить обмен заказами с 1С'
            );
    }

    private function externalCatalog(): Finding
    {
        $is = $this->site->option('catalog', 'is_external_catalog', 'N') === 'Y'
            || $this->site->option('catalog', 'once_inventory_management', 'N') === 'Y';
        return $is
            ? Finding::blocking(
                'Учёт в 1С',
                'включён режим «складской учёт в 1С»: документы на сайте проводить нельзя',
                'передавайте продажи в 1С; приёмник в этом режиме не нужен'
            )
            : Finding::ok('Учёт в 1С', 'режим внешнего каталога выключен');
    }

    private function edition(): Finding
    {
        if ($this->settings->booking === Settings::BY_QUANTITY) {
            return Finding::ok('Редакция', 'без документов подходит любая');
        }
        $has = $this->site->hasInventoryFeature();
        if ($has === null) {
            return Finding::warning(
                'Редакция',
                'эта версия каталога не говорит, входит ли складской учёт в редакцию',
                'проведите пробный документ списания вручную'
            );
        }
        return $has
            ? Finding::ok('Редакция', 'складской учёт в неё входит')
            : Finding::wrong(
                'Редакция',
                'складской учёт в неё не входит: документы не проведутся, все чеки будут ждать',
                'нужна редакция «Малый бизнес» или выше, либо выключите складской учёт и установите приёмник снова'
            );
    }

    /**
     * sale module, ImportOneCPackage::checkSettings and CSaleOrderLoader::nodeHandlerPartialVersion: orders that come
     * by the package or the partial schema are refused while store control or reservation is on. The schema is chosen
     * in 1C and told with each exchange; the site does not keep it, so all we can know is that orders are exchanged.
     */
    private function orderExchange(): Finding
    {
        $rows = $this->office->database->query(
            "SELECT COUNT(*) AS N FROM b_option WHERE MODULE_ID = 'sale' AND NAME LIKE 'last\\_export\\_time%'"
                . " AND VALUE <> ''"
        );
        if ((new Row($rows[0] ?? ['N' => 0]))->int('N') === 0 || !$this->site->hasModule('sale')) {
            return Finding::ok('Обмен заказами с 1С', 'не ведётся');
        }
        $isOn = $this->site->option('catalog', 'default_use_store_control', 'N') === 'Y'
            || $this->site->option('catalog', 'enable_reservation', 'N') === 'Y';
        return $isOn
            ? Finding::warning(
                'Обмен заказами с 1С',
                'ведётся, а складской учёт или резервирование включены: по пакетной (3.1) и частичной (2.1) схеме'
                    . ' сайт такие заказы не принимает («Необходимо выключить складской учёт и резервирование»)',
                'посмотрите в журнале обмена, приходят ли изменения заказов из 1С; если нет, выберите в 1С схему 2.05'
            )
            : Finding::ok(
                'Обмен заказами с 1С',
                'ведётся; складской учёт выключен, и включать его без проверки схемы обмена не следует'
            );
    }

    private function user(string $title, int $id, bool $isTechnical): Finding
    {
        $rows = $id <= 0 ? [] : $this->office->database->query(
            'SELECT u.LOGIN, u.ACTIVE, (SELECT COUNT(*) FROM b_user_group g WHERE g.USER_ID = u.ID AND g.GROUP_ID = 1)'
                . ' AS ADMIN FROM b_user u WHERE u.ID = ?',
            [$id]
        );
        if ($rows === []) {
            return Finding::blocking(
                $title,
                $id <= 0 ? 'не назначен' : 'пользователя ' . $id . ' нет',
                $this->mendUser($id, $isTechnical)
            );
        }
        $row = new Row($rows[0]);
        $who = $row->text('LOGIN') . ' [' . $id . ']';
        if ($row->text('ACTIVE') !== 'Y') {
            return Finding::wrong($title, $who . ' отключён: документы не проведутся', 'включите его (Пользователи)');
        }
        return $isTechnical && $row->int('ADMIN') > 0
            ? Finding::warning(
                $title,
                $who . ' – администратор: прав больше, чем нужно, и его документы не отличить от документов человека',
                'заведите отдельного пользователя с правом проводить списания и возвраты'
            )
            : Finding::ok($title, $who);
    }

    private function mendUser(int $id, bool $isTechnical): string
    {
        if ($isTechnical) {
            return 'заведите на сайте отдельного пользователя (по нему бухгалтер отберёт документы чеков) и укажите'
                . ' его номер: ' . $this->command('user', 'НОМЕР');
        }
        return $id <= 0
            ? 'им станет технический пользователь; другого укажите в той же команде: --responsible НОМЕР'
            : 'укажите номер действующего пользователя: ' . $this->command('responsible', 'НОМЕР');
    }

    /** One command that works as it is written once the words in capitals are replaced. */
    private function command(string $name, string $value): string
    {
        $options = $this->office->isInstalled() ? [] : [
            'user' => $this->settings->userId > 0 ? (string) $this->settings->userId : 'НОМЕР',
            'host' => $this->settings->host === '' ? 'shop.example' : $this->settings->host,
        ];
        $command = 'php local/chekpost/install.php install';
        foreach ([$name => $value] + $options as $option => $given) {
            $command .= ' --' . $option . ' ' . $given;
        }
        return $command . ' --yes';
    }

    private function belowZero(): Finding
    {
        $verdict = BelowZero::look($this->site, $this->office->database, $this->settings);
        if ($verdict->can) {
            return $verdict->mend === ''
                ? Finding::ok('Продажа в минус', $verdict->text)
                : Finding::warning('Продажа в минус', $verdict->text, $verdict->mend);
        }
        return Finding::warning(
            'Продажа в минус',
            $verdict->text . ($this->settings->shortConfirmed === ''
                ? ': приём не включится, пока владелец не подтвердит, что такие чеки ждут'
                : ': такие чеки ждут, подтвердил ' . $this->settings->shortConfirmed),
            $verdict->mend
        );
    }

    private function stores(): Finding
    {
        if (!$this->office->isInstalled()) {
            return Finding::ok('Кассы и склады', 'кассы добавляются после установки');
        }
        $stores = [];
        foreach ($this->office->database->query('SELECT ID, ACTIVE FROM b_catalog_store') as $columns) {
            $row = new Row($columns);
            $stores[$row->int('ID')] = $row->text('ACTIVE') === 'Y';
        }
        $problems = [];
        $registers = $this->office->registers->all();
        foreach ($registers as $register) {
            foreach ([$register->storeId, $register->returnsInto()] as $store) {
                if ($store === null) {
                    $problems[] = $register->id . ' не привязана к складу';
                } elseif (!($stores[$store] ?? false)) {
                    $what = isset($stores[$store]) ? ' отключён' : ' не найден';
                    $problems[] = $register->id . ': склад ' . $store . $what;
                }
            }
        }
        if ($registers === []) {
            return Finding::warning(
                'Кассы и склады',
                'ни одной кассы: чеки некому принять',
                'выполните php local/chekpost/install.php register add магазин/касса --store-id НОМЕР, или добавьте её на'
                    . ' странице приёмника, «Кассы»'
            );
        }
        return $problems === []
            ? Finding::ok(
                'Кассы и склады',
                Words::count(count($registers), 'касса', 'кассы', 'касс') . ', склады действуют'
            )
            : Finding::wrong(
                'Кассы и склады',
                implode('; ', array_unique($problems)) . ': чеки будут отложены',
                'укажите действующий склад на странице приёмника, «Кассы»'
            );
    }

    private function address(): Finding
    {
        $host = $this->site->host();
        if ($this->office->isInstalled() && !$this->office->isAtHome()) {
            return Finding::wrong(
                'Адрес сайта',
                $host === '' ? 'приёмник установлен с другой машины или из другой папки: письма по cron не уходят'
                    : 'приёмник установлен на ' . $this->office->settings->host . ', а открыт ' . $host
                        . ': чеки здесь не принимаются',
                'если это копия для разработки, так и надо; если сайт переехал, выполните'
                    . ' php local/chekpost/install.php install --host НОВЫЙ --yes; если это ещё одно'
                    . ' имя того же сайта, впишите его в настройках сайта (Настройки – Сайты: «Доменное имя»)'
            );
        }
        if ($this->settings->host === '') {
            return Finding::blocking(
                'Адрес сайта',
                'не известен',
                $this->settings->userId <= 0
                    ? 'укажите его в той же команде: --host shop.example'
                    : 'укажите его: ' . $this->command('host', 'shop.example')
            );
        }
        return $host !== '' && !$this->site->isHttps()
            ? Finding::warning(
                'Адрес сайта',
                $this->settings->host . ', открыт без https: подпись защищает чеки от подделки, но не от чтения',
                'включите https и укажите в программе кассы адрес с https://'
            )
            : Finding::ok('Адрес сайта', $this->settings->host . $this->otherNames());
    }

    /** Handlers and agents work under these, too. */
    private function otherNames(): string
    {
        $others = array_diff($this->office->domains(), [$this->settings->host]);
        return $others === []
            ? '; под другими именами сайта обработчики и сторож не работают (имена – в «Настройки – Сайты»)'
            : '; обработчики и сторож работают и под именами ' . implode(', ', $others);
    }

    private function ledgerId(): Finding
    {
        return $this->settings->ledgerId === ''
            ? Finding::ok('Журнал чеков', 'получит номер при установке')
            : Finding::ok('Журнал чеков', $this->settings->ledgerId);
    }

    private function mail(): Finding
    {
        $mend = 'укажите почту владельца в настройках приёмника';
        if ($this->settings->ownerMail === '') {
            return Finding::warning('Письма', 'адреса нет: о молчании касс и отложенных чеках никто не узнает', $mend);
        }
        if (filter_var($this->settings->ownerMail, FILTER_VALIDATE_EMAIL) === false) {
            return Finding::warning('Письма', 'адрес «' . $this->settings->ownerMail . '» неверен', $mend);
        }
        return Silence::isHours($this->settings->tradingHours)
            ? Finding::ok('Письма', $this->settings->ownerMail . ', часы торговли ' . $this->settings->tradingHours)
            : Finding::warning(
                'Письма',
                'часы торговли «' . $this->settings->tradingHours . '» неверны',
                'например 09:00-21:00'
            );
    }

    private function agent(): Finding
    {
        if (!$this->office->isInstalled()) {
            return Finding::ok('Сторож', 'будет поставлен при установке');
        }
        $rows = $this->office->database->query(
            'SELECT ACTIVE FROM b_agent WHERE NAME = ?',
            [Site::WATCH_AGENT]
        );
        $row = new Row($rows[0] ?? ['ACTIVE' => 'N']);
        if ($row->text('ACTIVE') !== 'Y') {
            return Finding::wrong(
                'Сторож',
                'агента нет или он отключён',
                'выполните php local/chekpost/install.php install --yes: он будет поставлен снова'
            );
        }
        return Watch::idleSeconds($this->office) > Watch::IDLE_SECONDS
            ? Finding::warning(
                'Сторож',
                'не работал больше часа: агенты сайта не выполняются или выполняются под другим адресом, не '
                    . $this->settings->host . '; о молчании касс никто не узнает',
                'переведите агентов на cron (документация Битрикс, «Выполнение всех агентов на cron»)'
            )
            : Finding::ok('Сторож', 'агент выполняется');
    }
}
